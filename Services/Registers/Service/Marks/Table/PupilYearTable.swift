import Foundation
import GRDB
import GRDBSQLite
import RegistersDomain
import Rulebook
import Store

/// The pupil-year rows, read and written through prepared statements of SQLite itself: the path that every mark takes.
/// For one transaction only.
struct PupilYearTable: PupilYearShelf {
  private let select: Statement
  private let upsert: Statement
  private let db: Database

  init(_ db: Database) throws {
    self.db = db
    select = try db.cachedStatement(sql: "SELECT codes FROM pupil_years WHERE number = ?")
    upsert = try db.cachedStatement(
      sql: """
        INSERT INTO pupil_years (number, codes) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET codes = excluded.codes
        """)
  }

  /// The years that a row can be of; a calendar of another cannot be recorded.
  static let years = 1900...2155

  /// The row's number in the table; `nil` for a year that has none.
  private static func number(_ registration: Int64, _ year: SchoolYear) -> Int64? {
    years.contains(year.startYear) ? registration << 8 | Int64(year.startYear - years.lowerBound) : nil
  }

  func read(_ registration: Int64, _ year: SchoolYear) throws -> PupilYear {
    try find(registration, year) ?? PupilYear(year: year)
  }

  /// The row of a registration and year; `nil` when there is none.
  func find(_ registration: Int64, _ year: SchoolYear) throws -> PupilYear? {
    guard let number = Self.number(registration, year) else { return nil }
    let statement = select.sqliteStatement
    defer { sqlite3_reset(statement) }
    try check(sqlite3_bind_int64(statement, 1, number))
    switch sqlite3_step(statement) {
    case SQLITE_DONE: return nil
    case SQLITE_ROW:
      let count = Int(sqlite3_column_bytes(statement, 0))
      let bytes = UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, 0), count: count)
      guard let row = PupilYear(year: year, codes: Array(bytes)) else { throw failure(SQLITE_CORRUPT) }
      return row
    case let code: throw failure(code)
    }
  }

  /// The rows of the school years of a span, in order.
  func read(_ registration: Int64, _ span: DayRange) throws -> [PupilYear] {
    let (first, last) = (SchoolYear(containing: span.first), SchoolYear(containing: span.last))
    return try (first.startYear...last.startYear).map { try read(registration, SchoolYear(startYear: $0)) }
  }

  func write(_ registration: Int64, _ row: PupilYear) throws {
    guard let number = Self.number(registration, row.year) else { throw failure(SQLITE_RANGE) }
    let statement = upsert.sqliteStatement
    defer { sqlite3_reset(statement) }
    try check(sqlite3_bind_int64(statement, 1, number))
    let code = row.codes.withUnsafeBytes { bytes in
      // Without a destructor: the bytes outlive the step.
      let bound = sqlite3_bind_blob(statement, 2, bytes.baseAddress, Int32(bytes.count), nil)
      return bound == SQLITE_OK ? sqlite3_step(statement) : bound
    }
    sqlite3_clear_bindings(statement)
    guard code == SQLITE_DONE else { throw failure(code) }
  }

  /// All years of a registration, in order.
  static func all(of registration: Int64, in db: Database) throws -> [PupilYear] {
    let rows = try db.cursor(
      "SELECT number & 255 AS year, codes FROM pupil_years WHERE number BETWEEN ? AND ? ORDER BY number",
      [registration << 8, registration << 8 | 255])
    var years: [PupilYear] = []
    while let row = try rows.next() {
      let year = SchoolYear(startYear: (row["year"] as Int) + Self.years.lowerBound)
      let found = try PupilYear(year: year, codes: Array(row["codes"] as Data)).orDamaged()
      years.append(found)
    }
    return years
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw failure(code) }
  }

  private func failure(_ code: Int32) -> DatabaseError { DatabaseError(resultCode: ResultCode(rawValue: code)) }
}
