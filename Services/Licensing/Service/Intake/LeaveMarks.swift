import Contracts
import GRDB
import LicensingDomain
import Rulebook

/// The days on which a child has a licence or an exemption.
enum LicensedDays {
  /// - Parameter counts: whether they are licensed; `false` for days that are only applied for. Their marks are kept too,
  ///   so that those which came before the licence are compared once it is there.
  static func replace(
    _ days: [Day], of pupil: PupilID, in number: Int64, counts: Bool = true, _ db: Database
  ) throws {
    try db.cachedStatement(sql: "DELETE FROM licensed_day WHERE case_number = ?").execute(arguments: [number])
    for day in days {
      try db.cachedStatement(sql: "INSERT INTO licensed_day (case_number, pupil, on_day, counts) VALUES (?, ?, ?, ?)")
        .execute(arguments: [number, pupil.text, day.ordinal, counts])
    }
  }

  /// The children with a day on a date that is licensed or applied for.
  static func pupils(on day: Day, in db: Database) throws -> Set<PupilID> {
    Set(
      try String.fetchAll(
        db.cachedStatement(sql: "SELECT pupil FROM licensed_day WHERE on_day = ?"), arguments: [day.ordinal]
      ).compactMap { PupilID($0) })
  }

  static func days(of pupil: PupilID, in db: Database) throws -> Set<Day> {
    Set(
      try Int32.fetchAll(
        db.cachedStatement(sql: "SELECT on_day FROM licensed_day WHERE pupil = ? AND counts = 1"),
        arguments: [pupil.text]
      ).map(Day.init(ordinal:)))
  }
}

/// The marks that licences are compared with: leave for a performance, and those of licensed days.
enum LeaveMarks {
  /// Keeps a mark or, without a code, forgets it.
  static func set(
    _ code: AttendanceCode?, of pupil: PupilID, at school: URN, _ day: Day, _ session: Session, in db: Database
  ) throws {
    guard let code else {
      try db.cachedStatement(sql: "DELETE FROM leave_mark WHERE pupil = ? AND on_day = ? AND session = ?")
        .execute(arguments: [pupil.text, day.ordinal, session.index])
      return
    }
    try db.cachedStatement(
      sql: """
        INSERT INTO leave_mark (pupil, on_day, session, school, code) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (pupil, on_day, session) DO UPDATE SET code = excluded.code, school = excluded.school
        """
    ).execute(arguments: [pupil.text, day.ordinal, session.index, school.text, code.text])
  }

  /// Forgets a child's marks of a school and a school year.
  static func forget(_ pupil: PupilID, at school: URN, in year: SchoolYear, _ db: Database) throws {
    try db.execute(
      sql: "DELETE FROM leave_mark WHERE pupil = ? AND school = ? AND on_day BETWEEN ? AND ?",
      arguments: [pupil.text, school.text, year.first.ordinal, year.last.ordinal])
  }

  /// A child's marks of some days against the days of its licences.
  static func match(_ pupil: PupilID, on days: Set<Day>, in db: Database) throws -> LeaveMatch {
    let marks = try all(of: pupil, in: db).map(\.mark).filter { days.contains($0.date) }
    return LeaveMatch(marks, licensed: try LicensedDays.days(of: pupil, in: db).union(days))
  }

  /// A child's marks, each with its school.
  static func all(of pupil: PupilID, in db: Database) throws -> [(school: URN, mark: LeaveMatch.Mark)] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT on_day, session, code, school FROM leave_mark WHERE pupil = ?"),
      arguments: [pupil.text]
    ).compactMap { row in try mark(row).map { (try URN(row["school"] as String), $0) } }
  }

  /// The children with marks on some days, at most so many marks.
  static func all(
    from first: Day, to last: Day, limit: Int, in db: Database
  ) throws -> [(pupil: PupilID, school: URN, mark: LeaveMatch.Mark)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT on_day, session, code, pupil, school FROM leave_mark WHERE on_day BETWEEN ? AND ?
          ORDER BY on_day, pupil, session LIMIT ?
          """), arguments: [first.ordinal, last.ordinal, limit]
    ).compactMap { row in
      guard let mark = mark(row), let pupil = PupilID(row["pupil"] as String) else { return nil }
      return (pupil, try URN(row["school"] as String), mark)
    }
  }

  private static func mark(_ row: Row) -> LeaveMatch.Mark? {
    AttendanceCode(row["code"] as String).map {
      LeaveMatch.Mark(Day(ordinal: row["on_day"]), Session(index: row["session"]), $0)
    }
  }
}
