import Contracts
import EnforcementDomain
import GRDB
import Rulebook
import Store

/// What other authorities were asked about earlier notices to a parent about a child, and what they told (EN-7).
enum Enquiries {
  struct Stored: Sendable {
    let number: Int64
    let pupil: PupilID
    let person: PersonID
    let authority: AuthorityCode
    let purpose: String
    let asked: Day
    /// The last day on which an answer is waited for.
    let due: Day
    let answered: Day?
  }

  /// How many working days another authority has to answer before the officer decides without (EN-7).
  static let reply: Dated<Int> = [InForce(5, source: "interpretation EN-7")]

  static func ask(
    _ authority: AuthorityCode, about pupil: PupilID, _ person: PersonID, purpose: String, on day: Day, in db: Database
  ) throws -> Int64 {
    try db.execute(
      sql: "INSERT INTO enquiry (pupil, person, authority, purpose, asked, due) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [
        pupil, person, authority.text, purpose, day, WorkingDays.add(reply.value(on: day), to: day),
      ])
    return db.lastInsertedRowID
  }

  /// - Returns: whether there was such an enquiry without an answer.
  static func answer(
    _ number: Int64, with notices: [(issued: Day, standing: NoticeStanding)], on day: Day, in db: Database
  ) throws -> Bool {
    try db.execute(
      sql: "UPDATE enquiry SET answered = ? WHERE number = ? AND answered IS NULL", arguments: [day, number])
    guard db.changesCount == 1 else { return false }
    for notice in notices {
      try db.execute(
        sql: """
          INSERT INTO outside_notice (enquiry, pupil, person, issued, standing)
          SELECT number, pupil, person, ?, ? FROM enquiry WHERE number = ?
          """, arguments: [notice.issued, notice.standing.rawValue, number])
    }
    return true
  }

  static func find(_ number: Int64, in db: Database) throws -> Stored? {
    try Row.fetchOne(db, sql: "SELECT * FROM enquiry WHERE number = ?", arguments: [number]).map(stored)
  }

  static func all(about pupil: PupilID, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM enquiry WHERE pupil = ? ORDER BY number"), arguments: [pupil]
    ).map(stored)
  }

  /// Those without an answer, the oldest first.
  static func waiting(after number: Int64, limit: Int, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM enquiry WHERE answered IS NULL AND number > ? ORDER BY number LIMIT ?"),
      arguments: [number, limit]
    ).map(stored)
  }

  private static func stored(_ row: Row) throws -> Stored {
    Stored(
      number: row["number"], pupil: try row.get("pupil"), person: try row.get("person"),
      authority: try AuthorityCode(row["authority"] as String), purpose: row["purpose"], asked: try row.get("asked"),
      due: try row.get("due"), answered: try row.get("answered"))
  }

  /// What they told, as entries of the ledger.
  ///
  /// - Parameter day: what came later is left out.
  static func notices(
    to person: PersonID, about pupil: PupilID, toldBy day: Day? = nil, in db: Database
  ) throws -> [NoticeLedger.Entry] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT o.number, o.issued, o.standing FROM outside_notice o JOIN enquiry e ON e.number = o.enquiry
          LEFT JOIN roll_person_merged m ON m.merged = o.person
          WHERE o.pupil = ? AND coalesce(m.person, o.person) = ? AND e.answered <= ? ORDER BY o.number
          """), arguments: [pupil, person, day?.ordinal ?? Int32.max]
    ).map { row in
      guard let standing = NoticeStanding(rawValue: row["standing"]) else {
        throw ContractError.invalidData(path: "outside_notice")
      }
      return NoticeLedger.Entry(
        id: "outside-\(row["number"] as Int64)", issued: try row.get("issued"), standing: standing, sessions: [])
    }
  }
}
