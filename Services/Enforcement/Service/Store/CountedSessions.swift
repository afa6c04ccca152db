import Contracts
import EnforcementDomain
import GRDB
import RollCopy
import Rulebook

/// The sessions whose code counts, by pupil and school, under the time on roll that each belongs to. Whether it counts
/// is not decided here: see ``CountedRegister``.
enum CountedSessions {
  /// One session of a school.
  struct Place {
    let school: URN
    let date: Day
    let session: Session
  }

  /// Children have codes that count: an event tells of many at once.
  ///
  /// - Parameter codes: each child's, under the identifier that it has now.
  static func set(_ codes: [(pupil: PupilID, code: AttendanceCode)], at place: Place, in db: Database) throws {
    guard !codes.isEmpty else { return }
    let pupils = codes.map(\.pupil)
    let numbers = try Roll.numbers(covering: place.date, of: pupils, at: place.school, in: db)
    if try hasUnregistered(in: db) {
      try db.cachedStatement(
        sql: """
          DELETE FROM counted_session WHERE pupil IN (SELECT value FROM json_each(?)) AND school = ? AND date = ?
            AND session = ? AND registration = 0
          """
      ).execute(arguments: [pupils.list, place.school.text, place.date.ordinal, place.session.index])
    }
    let rows = codes.map { "[\"\($0.pupil.text)\",\(numbers[$0.pupil] ?? 0),\($0.code.registerByte)]" }
    try db.cachedStatement(
      sql: """
        INSERT INTO counted_session (school, pupil, date, session, registration, code)
        SELECT ?, value ->> 0, ?, ?, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
        ON CONFLICT (school, pupil, date, session, registration) DO UPDATE SET code = excluded.code, disposal = NULL
        """
    ).execute(arguments: [
      place.school.text, place.date.ordinal, place.session.index, "[\(rows.joined(separator: ","))]",
    ])
  }

  /// Whether there are any that belong to no registration: only a store has them that was told of marks before registrations
  /// had numbers, or before the child was enrolled.
  private static func hasUnregistered(in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM counted_session INDEXED BY counted_session_unregistered WHERE registration = 0)
          """)) ?? false
  }

  /// A child has another code in the session or none.
  static func remove(of pupil: PupilID, at place: Place, in db: Database) throws {
    let number = try Roll.number(covering: place.date, of: pupil, at: place.school, in: db) ?? 0
    try db.cachedStatement(
      sql: """
        DELETE FROM counted_session WHERE pupil = ? AND school = ? AND date = ? AND session = ? AND registration IN (0, ?)
        """
    ).execute(arguments: [pupil.text, place.school.text, place.date.ordinal, place.session.index, number])
  }

  /// Those of a pupil at a school that the register has now.
  static func all(pupil: PupilID, school: URN, in db: Database) throws -> [CountedRegister.Told] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT date, session, registration, code FROM counted_session
          WHERE pupil = ? AND school = ? AND disposal IS NULL
          """), arguments: [pupil.text, school.text])
    var sessions: [CountedRegister.Told] = []
    while let row = try rows.next() {
      let byte: Int = row["code"]
      guard let code = AttendanceCode(registerByte: UInt8(truncatingIfNeeded: byte)) else { continue }
      sessions.append(
        .init(
          registration: row["registration"],
          session: .init(date: Day(ordinal: row["date"]), session: Session(index: row["session"]), code: code)))
    }
    return sessions
  }

  static func pupils(ofSchool school: URN, in db: Database) throws -> [PupilID] {
    try String.fetchAll(
      db, sql: "SELECT DISTINCT pupil FROM counted_session WHERE school = ?", arguments: [school.text]
    ).compactMap { PupilID($0) }
  }

  static func schools(ofPupil pupil: PupilID, in db: Database) throws -> Set<URN> {
    Set(
      try String.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT school FROM counted_session WHERE pupil = ?1 AND registration = 0
            UNION SELECT r.school FROM roll_registration r WHERE r.pupil = ?1 AND EXISTS (
              SELECT 1 FROM counted_session c WHERE c.school = r.school AND c.pupil = ?1)
            """), arguments: [pupil.text]
      ).compactMap { try? URN($0) })
  }

  /// Whether sessions of a school are kept that the registers disposed of and may restore.
  static func hasDisposed(ofSchool school: URN, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM counted_session WHERE school = ? AND disposal IS NOT NULL)"),
      arguments: [school.text]) ?? false
  }

  /// The registers disposed of a child's marks of a year.
  static func dispose(
    _ disposal: Int64, of child: DisposedRegistration, _ pupil: PupilID, _ year: SchoolYear, at school: URN,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE counted_session SET disposal = ? WHERE pupil = ? AND school = ? AND date BETWEEN ? AND ?
          AND registration IN (0, ?) AND disposal IS NULL
        """
    ).execute(arguments: [
      disposal, pupil.text, school.text, year.first.ordinal, year.last.ordinal, child.registration,
    ])
  }

  /// The registers restored a child's marks of a year; what came instead of them meanwhile stands.
  static func restore(
    _ disposal: Int64, of child: DisposedRegistration, _ pupil: PupilID, _ year: SchoolYear, at school: URN,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE counted_session SET disposal = NULL WHERE pupil = ? AND school = ? AND date BETWEEN ? AND ?
          AND registration IN (0, ?) AND disposal = ?
        """
    ).execute(arguments: [
      pupil.text, school.text, year.first.ordinal, year.last.ordinal, child.registration, disposal,
    ])
  }

  /// Removes what a disposal took: it does not come back.
  static func erase(disposal: Int64, ofSchool school: URN, in db: Database) throws {
    try db.execute(
      sql: "DELETE FROM counted_session WHERE school = ? AND disposal = ?", arguments: [school.text, disposal])
  }
}
