import Contracts
import EnforcementDomain
import GRDB
import Letters
import RollCopy
import Rulebook
import Store

/// A penalty notice that is considered or was issued.
struct StoredNotice: Sendable {
  /// What its issue fixed.
  struct Issue: Sendable {
    let document: DocumentNumber
    let on: Day
    /// 1 for a first notice, 2 for a second.
    let level: Int
    /// The day of receipt that the notice names; proof of another day takes its place.
    let namedReceipt: Day
  }

  let number: Int64
  /// The identifier under which the parent was named; ``RollCopy/Roll/current(_:in:)`` says who that is now.
  let person: PersonID
  let pupil: PupilID
  let school: URN
  let proposal: String?
  let issue: Issue?
  let withdrawal: DocumentNumber?
  let withdrawnOn: Day?
  /// What is known of child and parent that stands in the way.
  let circumstances: Set<Conflicts.Circumstance>
  /// `nil` while its case is being opened.
  let state: PenaltyNoticeCase.State?
  let caseNumber: Int64?

  /// What there is one open case about.
  var subject: String { "n\(number)" }
  /// The identifier that is shown and published.
  var id: String { caseNumber.map { "c\($0)" } ?? subject }
}

/// Questions to the tables of notices.
enum Notices {
  private static let select = """
    SELECT n.*, f.state FROM notice n LEFT JOIN case_file f ON f.number = n.case_number
    """

  static func find(subject: String, in db: Database) throws -> StoredNotice? {
    try Row.fetchOne(
      db.cachedStatement(sql: "\(select) WHERE n.number = ?"), arguments: [Int64(subject.dropFirst()) ?? 0]
    ).map(stored)
  }

  static func find(_ document: DocumentNumber, in db: Database) throws -> StoredNotice? {
    try Row.fetchOne(
      db.cachedStatement(sql: "\(select) WHERE n.document = ?"), arguments: [document.text]
    ).map(stored)
  }

  /// All about a child, oldest first.
  static func all(about pupil: PupilID, in db: Database) throws -> [StoredNotice] {
    try Row.fetchAll(
      db.cachedStatement(sql: "\(select) WHERE n.pupil = ? ORDER BY n.number"), arguments: [pupil]
    ).map(stored)
  }

  /// The children about whom there are notices to a person, under any of the person's identifiers.
  static func pupils(ofPerson person: PersonID, in db: Database) throws -> [PupilID] {
    try PupilID.fetchAll(
      db,
      sql: """
        SELECT DISTINCT pupil FROM notice
        WHERE person = ?1 OR person IN (SELECT merged FROM roll_person_merged WHERE person = ?1) ORDER BY pupil
        """, arguments: [person])
  }

  /// Those of a proposal that are not issued.
  static func considered(ofProposal proposal: String, in db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db.cachedStatement(sql: "SELECT number FROM notice WHERE proposal = ? AND document IS NULL"),
      arguments: [proposal])
  }

  /// - Parameter condition: of `notice n`, with what orders and limits it.
  static func find(_ condition: String, _ arguments: StatementArguments, in db: Database) throws -> [StoredNotice] {
    try Row.fetchAll(db, sql: "\(select) WHERE \(condition)", arguments: arguments).map(stored)
  }

  static func insert(
    to person: PersonID, about pupil: PupilID, at school: URN, proposal: String?,
    _ circumstances: Set<Conflicts.Circumstance>, _ sessions: [ProposalGrounds.CountedSession], in db: Database
  ) throws -> StoredNotice {
    try db.execute(
      sql: "INSERT INTO notice (person, pupil, school, proposal, circumstances) VALUES (?, ?, ?, ?, ?)",
      arguments: [person, pupil, school, proposal, try circumstances.stored()])
    let number = db.lastInsertedRowID
    try list(sessions, of: number, in: db)
    return StoredNotice(
      number: number, person: person, pupil: pupil, school: school, proposal: proposal, issue: nil, withdrawal: nil,
      withdrawnOn: nil, circumstances: circumstances, state: nil, caseNumber: nil)
  }

  static func set(_ circumstances: Set<Conflicts.Circumstance>, of notice: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE notice SET circumstances = ? WHERE number = ?", arguments: [try circumstances.stored(), notice])
  }

  static func setCase(_ caseNumber: Int64, of notice: Int64, in db: Database) throws {
    try db.execute(sql: "UPDATE notice SET case_number = ? WHERE number = ?", arguments: [caseNumber, notice])
  }

  static func setIssue(_ issue: StoredNotice.Issue, of notice: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE notice SET document = ?, issued = ?, level = ?, named_receipt = ? WHERE number = ?",
      arguments: [issue.document.text, issue.on, issue.level, issue.namedReceipt, notice])
  }

  static func setWithdrawal(_ document: DocumentNumber, on day: Day, of notice: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE notice SET withdrawal = ?, withdrawn = ? WHERE number = ?", arguments: [document.text, day, notice])
  }

  // MARK: Sessions

  /// Sets the sessions of a notice that is not issued.
  static func list(_ sessions: [ProposalGrounds.CountedSession], of notice: Int64, in db: Database) throws {
    try db.execute(sql: "DELETE FROM notice_session WHERE notice = ?", arguments: [notice])
    for session in sessions {
      try db.cachedStatement(sql: "INSERT INTO notice_session (notice, date, session, code) VALUES (?, ?, ?, ?)")
        .execute(arguments: [notice, session.date, session.session, session.code])
    }
  }

  /// The sessions that a notice is for, in order.
  static func sessions(of notice: Int64, in db: Database) throws -> [ProposalGrounds.CountedSession] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT date, session, code FROM notice_session WHERE notice = ? ORDER BY date, session"),
      arguments: [notice]
    ).map { .init(date: try $0.get("date"), session: try $0.get("session"), code: try $0.get("code")) }
  }

  /// The sessions for which a notice about a child was issued, to whomever, whatever became of it: none of them
  /// gives rise to another proposal by itself (PN-6, EN-6).
  static func noticed(about pupil: PupilID, in db: Database) throws -> Set<RegisterSession> {
    try Set(
      Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT s.date, s.session FROM notice n JOIN notice_session s ON s.notice = n.number
            WHERE n.pupil = ? AND n.document IS NOT NULL
            """), arguments: [pupil]
      ).map { RegisterSession(try $0.get("date"), try $0.get("session")) })
  }

  // MARK: Notices to improve

  /// The newest notice to improve of a notice.
  static func improvement(of notice: Int64, in db: Database) throws -> (
    document: DocumentNumber, weeks: Int, received: Day
  )? {
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT * FROM improvement WHERE notice = ? ORDER BY document DESC LIMIT 1"),
        arguments: [notice]), let number = DocumentNumber(row["document"] as String)
    else { return nil }
    return (number, row["weeks"], try row.get("named_receipt"))
  }

  static func addImprovement(
    _ document: DocumentNumber, of notice: Int64, weeks: Int, received: Day, in db: Database
  ) throws {
    try db.execute(
      sql: "INSERT INTO improvement (document, notice, weeks, named_receipt) VALUES (?, ?, ?, ?)",
      arguments: [document.text, notice, weeks, received])
  }

  private static func stored(_ row: Row) throws -> StoredNotice {
    let document = (row["document"] as String?).flatMap { DocumentNumber($0) }
    return StoredNotice(
      number: row["number"], person: try row.get("person"), pupil: try row.get("pupil"), school: try row.get("school"),
      proposal: row["proposal"],
      issue: try document.map {
        .init(
          document: $0, on: try row.get("issued"), level: row["level"], namedReceipt: try row.get("named_receipt"))
      }, withdrawal: (row["withdrawal"] as String?).flatMap { DocumentNumber($0) },
      withdrawnOn: try row.get("withdrawn"), circumstances: try Set(stored: row["circumstances"]),
      state: (row["state"] as String?).flatMap(PenaltyNoticeCase.State.init),
      caseNumber: row["case_number"])
  }
}
