import CaseworkDomain
import Contracts
import GRDB
import RollCopy
import Rulebook
import Store

/// The marks that casework keeps, by opaque identifier.
///
/// Attendance at referral is counted over the twelve school weeks before it, and frozen in the transaction that receives the
/// referral: so what registers published lately is kept of every child, as it came, for ``recentDays``. Of a child with a
/// case the marks are kept as long as the case, because corrections of them move figures that were shown.
enum KeptMarks {
  /// For how many days what registers published is kept of children without a case: twelve school weeks with the longest
  /// holidays between them, and some to spare (CW-13).
  static let recentDays: Dated<Int> = [InForce(200, source: "CW-13")]

  // MARK: What was published lately

  /// Keeps marks as they were published, by code, and forgets what the school published too long ago.
  static func publish(
    _ marks: [String: [PupilID]], at school: URN, on day: Day, _ session: Session, today: Day, in db: Database
  ) throws {
    let first = today.adding(days: -recentDays.value(on: today))
    try db.cachedStatement(sql: "DELETE FROM recent_register WHERE school = ? AND date < ?")
      .execute(arguments: [school, first])
    guard first <= day else { return }
    try db.cachedStatement(sql: "INSERT INTO recent_register (school, date, session, marks) VALUES (?, ?, ?, ?)")
      .execute(arguments: [school, day, session, String(json: marks)])
  }

  // MARK: Children with a case

  /// Keeps a child's marks at a school from now on, and those of late.
  static func track(_ pupil: PupilID, at school: URN, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO tracked (pupil, school) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .execute(arguments: [pupil, school])
    guard db.changesCount > 0 else { return }
    for mark in try recent(of: pupil, at: school, in: db) {
      try set(mark.code, of: pupil, at: school, on: mark.date, mark.session, in: db)
    }
  }

  /// A child's marks at a school as they were published lately: of each session what was published last.
  private static func recent(of pupil: PupilID, at school: URN, in db: Database) throws -> [KeptMark] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT r.date, r.session, m.key AS code, max(r.id)
          FROM recent_register r, json_each(r.marks) m, json_each(m.value) p
          WHERE r.school = ? AND p.value IN (SELECT value FROM json_each(?)) GROUP BY r.date, r.session
          """), arguments: [school, String(json: Roll.identifiers(of: pupil, in: db))]
    ).compactMap { row in
      // An empty code is a mark that was withdrawn.
      guard let code = AttendanceCode(row["code"] as String) else { return nil }
      return KeptMark(date: try row.get("date"), session: try row.get("session"), code: code)
    }
  }

  /// The children whose marks at a school are kept, by every identifier that they had.
  static func tracked(at school: URN, in db: Database) throws -> [PupilID: PupilID] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT pupil AS id, pupil FROM tracked WHERE school = ?1
          UNION ALL SELECT m.merged, m.pupil FROM roll_merged m JOIN tracked t ON t.pupil = m.pupil WHERE t.school = ?1
          """), arguments: [school])
    return Dictionary(try rows.map { (try $0.get("id"), try $0.get("pupil")) }, uniquingKeysWith: { first, _ in first })
  }

  /// The schools at which a child's marks are kept, in order.
  static func schools(of pupil: PupilID, in db: Database) throws -> [URN] {
    try URN.fetchAll(
      db.cachedStatement(sql: "SELECT school FROM tracked WHERE pupil = ? ORDER BY school"), arguments: [pupil])
  }

  /// Sets a mark, or takes it away.
  static func set(
    _ code: AttendanceCode?, of pupil: PupilID, at school: URN, on day: Day, _ session: Session, in db: Database
  ) throws {
    guard let code else {
      try db.cachedStatement(sql: "DELETE FROM kept_mark WHERE pupil = ? AND school = ? AND date = ? AND session = ?")
        .execute(arguments: [pupil, school, day, session])
      return
    }
    try db.cachedStatement(
      sql: """
        INSERT INTO kept_mark (pupil, school, date, session, code) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET code = excluded.code, disposal = NULL
        """
    ).execute(arguments: [pupil, school, day, session, code])
  }

  /// A child's marks at a school in a range of days, those that a disposal took left out; of a child without a case those
  /// of late.
  static func all(of pupil: PupilID, at school: URN, in days: DayRange, _ db: Database) throws -> [KeptMark] {
    guard try schools(of: pupil, in: db).contains(school) else {
      return try recent(of: pupil, at: school, in: db).filter { days.contains($0.date) }
    }
    return try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT date, session, code FROM kept_mark
          WHERE pupil = ? AND school = ? AND date BETWEEN ? AND ? AND disposal IS NULL ORDER BY date, session
          """), arguments: [pupil, school, days.first, days.last]
    ).map { KeptMark(date: try $0.get("date"), session: try $0.get("session"), code: try $0.get("code")) }
  }

  // MARK: Disposal in registers

  static func dispose(
    _ disposal: Int64, of pupil: PupilID, at school: URN, _ year: SchoolYear, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE kept_mark SET disposal = ? WHERE pupil = ? AND school = ? AND date BETWEEN ? AND ? AND disposal IS NULL
        """
    ).execute(arguments: [disposal, pupil, school, year.first, year.last])
  }

  static func restore(
    _ disposal: Int64, of pupil: PupilID, at school: URN, _ year: SchoolYear, in db: Database
  ) throws {
    try db.cachedStatement(
      sql:
        "UPDATE kept_mark SET disposal = NULL WHERE pupil = ? AND school = ? AND date BETWEEN ? AND ? AND disposal = ?"
    ).execute(arguments: [pupil, school, year.first, year.last, disposal])
  }

  static func erase(_ disposal: Int64, at school: URN, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM kept_mark WHERE disposal = ? AND school = ?")
      .execute(arguments: [disposal, school])
  }
}
