import Contracts
import EnforcementDomain
import GRDB
import RollCopy
import Rulebook
import Store

/// A prosecution as it is kept beside its case.
struct StoredProsecution: Sendable {
  /// A session of the charge, or one that was taken out of it.
  struct Charged: Sendable {
    let place: RegisterSession
    let code: AttendanceCode
    let bar: Charge.Bar?
  }

  let number: Int64
  /// The identifier under which the parent was named.
  let person: PersonID
  let pupil: PupilID
  let school: URN
  /// The day on which an order was not complied with; `nil` where absences are charged.
  let breach: Day?
  let circumstances: Set<Conflicts.Circumstance>
  let laid: Day?
  let caseNumber: Int64?

  /// What there is one open case about.
  var subject: String { "p\(number)" }
}

/// Questions to the tables of prosecutions.
enum StoredProsecutions {
  static func find(subject: String, in db: Database) throws -> StoredProsecution? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM prosecution WHERE number = ?"),
      arguments: [Int64(subject.dropFirst()) ?? 0]
    ).map(stored)
  }

  /// All about a child, oldest first.
  static func all(about pupil: PupilID, in db: Database) throws -> [StoredProsecution] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM prosecution WHERE pupil = ? ORDER BY number"), arguments: [pupil]
    ).map(stored)
  }

  static func insert(
    against person: PersonID, about pupil: PupilID, at school: URN, breach: Day?,
    _ circumstances: Set<Conflicts.Circumstance>, _ sessions: [ProposalGrounds.CountedSession], in db: Database
  ) throws -> StoredProsecution {
    try db.execute(
      sql: "INSERT INTO prosecution (person, pupil, school, breach, circumstances) VALUES (?, ?, ?, ?, ?)",
      arguments: [person, pupil, school, breach, try circumstances.stored()])
    let number = db.lastInsertedRowID
    for session in sessions {
      try db.cachedStatement(
        sql: "INSERT INTO prosecution_session (prosecution, date, session, code) VALUES (?, ?, ?, ?)"
      ).execute(arguments: [number, session.date, session.session, session.code])
    }
    return StoredProsecution(
      number: number, person: person, pupil: pupil, school: school, breach: breach, circumstances: circumstances,
      laid: nil, caseNumber: nil)
  }

  static func setCase(_ caseNumber: Int64, of number: Int64, in db: Database) throws {
    try db.execute(sql: "UPDATE prosecution SET case_number = ? WHERE number = ?", arguments: [caseNumber, number])
  }

  static func setLaid(on day: Day, _ number: Int64, in db: Database) throws {
    try db.execute(sql: "UPDATE prosecution SET laid = ? WHERE number = ?", arguments: [day, number])
  }

  static func set(_ circumstances: Set<Conflicts.Circumstance>, of number: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE prosecution SET circumstances = ? WHERE number = ?", arguments: [try circumstances.stored(), number])
  }

  /// The sessions that are charged and those that were taken out, in order.
  static func sessions(of number: Int64, in db: Database) throws -> [StoredProsecution.Charged] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT date, session, code, bar FROM prosecution_session WHERE prosecution = ? ORDER BY date, session"),
      arguments: [number]
    ).map { row in
      .init(
        place: RegisterSession(try row.get("date"), try row.get("session")), code: try row.get("code"),
        bar: (row["bar"] as String?).flatMap(Charge.Bar.init))
    }
  }

  static func bar(_ sessions: [RegisterSession: Charge.Bar], of number: Int64, in db: Database) throws {
    for (place, bar) in sessions {
      try db.cachedStatement(
        sql: "UPDATE prosecution_session SET bar = ? WHERE prosecution = ? AND date = ? AND session = ?"
      ).execute(arguments: [bar.rawValue, number, place.date, place.session])
    }
  }

  /// The sessions that a person's prosecutions about a child were laid for, whatever became of them.
  ///
  /// - Parameter number: a prosecution that is left out.
  static func laid(
    against person: PersonID, about pupil: PupilID, besides number: Int64? = nil, in db: Database
  ) throws -> Set<RegisterSession> {
    let laid = try all(about: pupil, in: db).filter {
      try $0.number != number && $0.laid != nil && Roll.current($0.person, in: db) == person
    }
    return Set(try laid.flatMap { try sessions(of: $0.number, in: db).filter { $0.bar == nil }.map(\.place) })
  }

  private static func stored(_ row: Row) throws -> StoredProsecution {
    StoredProsecution(
      number: row["number"], person: try row.get("person"), pupil: try row.get("pupil"), school: try row.get("school"),
      breach: try row.get("breach"), circumstances: try Set(stored: row["circumstances"]),
      laid: try row.get("laid"), caseNumber: row["case_number"])
  }
}
