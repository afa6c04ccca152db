import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Store

/// The derived rows that are not what the log makes of them: found by a check, and there until an operator has them made
/// anew.
enum RowFaults {
  /// One of them.
  struct Fault: Hashable, Sendable {
    let registration: Int64
    let year: SchoolYear
    let found: Timestamp
  }

  /// The registrations of a school whose rows of a year are not what the log makes of them, and what it makes.
  static func differing(
    _ school: URN, _ year: SchoolYear, in db: Database
  ) throws -> [(registration: Int64, expected: PupilYear)] {
    let registrations = try db.values(
      "SELECT number FROM registrations WHERE school = ? ORDER BY number", [school], as: Int64.self)
    let expected = try rows(school, year, in: db)
    let shelf = try PupilYearTable(db)
    return try registrations.compactMap { registration in
      let expected = expected[.init(registration: registration, year: year)] ?? PupilYear(year: year)
      let stored: PupilYear?
      do { stored = try shelf.find(registration, year) } catch let error as DatabaseError
        where error.resultCode == .SQLITE_CORRUPT
      {
        // A row of another length: a foreign hand's.
        return (registration, expected)
      }
      return (stored ?? PupilYear(year: year)) == expected ? nil : (registration, expected)
    }
  }

  /// The rows that the log makes of one school's year.
  private static func rows(
    _ school: URN, _ year: SchoolYear, in db: Database
  ) throws -> [RegisterReplay.Key: PupilYear] {
    let batches = try SchoolYearLog(school, year, in: db).batches.map {
      (day: Day(ordinal: $0.day), session: Session(index: $0.session), batch: $0.marks)
    }
    let amendments = try db.rows(
      """
      SELECT a.registration, a.day, a.session, a.to_code FROM registrations r
      JOIN amendments a ON a.registration = r.number WHERE r.school = ? AND a.day BETWEEN ? AND ? ORDER BY a.number
      """, [school, year.first, year.last]
    ).map { row in
      let code = try AttendanceCode(row["to_code"] as String).orDamaged()
      return RegisterReplay.Amendment(
        registration: row["registration"], day: try row.get("day"), session: try row.get("session"),
        to: code)
    }
    return RegisterReplay.rows(batches: batches, amendments: amendments)
  }

  /// The school years that a school can have rows of: those that it has, and those whose log is kept.
  static func years(of school: URN, today: Day, in db: Database) throws -> [SchoolYear] {
    let current = SchoolYear(containing: today).startYear
    let longest = Retention.entries.years.map(\.value).max() ?? 0
    let kept = (current - longest - 1...current + 1).map { SchoolYear(startYear: $0) }
    let stored = try KeptYears.years(of: school, upTo: SchoolYear(startYear: PupilYearTable.years.upperBound), in: db)
    return Set(kept + stored).sorted { $0.startYear < $1.startYear }
  }

  /// Puts a differing row on record.
  static func note(_ registration: Int64, _ year: SchoolYear, at: Timestamp, in db: Database) throws {
    try db.run(
      "INSERT INTO row_faults (registration, start_year, found_millis) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [registration, year.startYear, at])
  }

  /// Takes one off the record: its row was made anew.
  static func remove(_ registration: Int64, _ year: SchoolYear, in db: Database) throws {
    try db.run("DELETE FROM row_faults WHERE registration = ? AND start_year = ?", [registration, year.startYear])
  }

  /// All of them in order, up to a limit.
  static func all(limit: Int, in db: Database) throws -> [Fault] {
    try db.rows(
      "SELECT registration, start_year, found_millis FROM row_faults ORDER BY registration, start_year LIMIT ?", [limit]
    ).map {
      Fault(
        registration: $0["registration"], year: SchoolYear(startYear: $0["start_year"]),
        found: try $0.get("found_millis"))
    }
  }

  static func count(in db: Database) throws -> Int {
    try db.value("SELECT count(*) FROM row_faults", as: Int.self) ?? 0
  }
}
