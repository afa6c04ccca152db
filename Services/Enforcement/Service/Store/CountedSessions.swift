import Contracts
import EnforcementDomain
import GRDB
import Rulebook

/// The sessions that may count, by pupil and school.
enum CountedSessions {
  static func set(_ code: AttendanceCode, pupil: PupilID, school: URN, date: Day, session: Session, in db: Database)
    throws
  {
    try db.cachedStatement(
      sql: """
        INSERT INTO counted_session (pupil, school, date, session, code) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (pupil, school, date, session) DO UPDATE SET code = excluded.code
        """
    ).execute(arguments: [pupil.text, school.text, date.ordinal, session.index, Int(code.registerByte)])
  }

  static func remove(pupil: PupilID, school: URN, date: Day, session: Session, in db: Database) throws {
    try db.cachedStatement(
      sql: "DELETE FROM counted_session WHERE pupil = ? AND school = ? AND date = ? AND session = ?"
    ).execute(arguments: [pupil.text, school.text, date.ordinal, session.index])
  }

  static func all(pupil: PupilID, school: URN, in db: Database) throws -> [ProposalGrounds.CountedSession] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT date, session, code FROM counted_session WHERE pupil = ? AND school = ?"),
      arguments: [pupil.text, school.text])
    var sessions: [ProposalGrounds.CountedSession] = []
    while let row = try rows.next() {
      let byte: Int = row["code"]
      guard let code = AttendanceCode(registerByte: UInt8(truncatingIfNeeded: byte)) else { continue }
      sessions.append(.init(date: Day(ordinal: row["date"]), session: Session(index: row["session"]), code: code))
    }
    return sessions
  }

  static func pupils(ofSchool school: URN, in db: Database) throws -> [PupilID] {
    try String.fetchAll(
      db, sql: "SELECT DISTINCT pupil FROM counted_session WHERE school = ?", arguments: [school.text]
    ).compactMap { PupilID($0) }
  }

  static func schools(ofPupil pupil: PupilID, in db: Database) throws -> [URN] {
    try String.fetchAll(
      db, sql: "SELECT DISTINCT school FROM counted_session WHERE pupil = ?", arguments: [pupil.text]
    ).compactMap { try? URN($0) }
  }
}
