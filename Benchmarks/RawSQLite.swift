import Foundation
import GRDBSQLite

/// The ceilings for intake: one prepared upsert a mark through SQLite's C interface, one row a mark, unique by pupil,
/// date and session, 10,000 rows a transaction, WAL and `synchronous = FULL`.
struct RawSQLite {
  /// How the table keeps a mark unique.
  enum Form {
    /// A row and an entry of a unique index: the ordinary table.
    case indexed
    /// The row within the key's own tree: the fastest table there is for it.
    case clustered

    var sql: String {
      let columns = "pupil INTEGER NOT NULL, date INTEGER NOT NULL, session INTEGER NOT NULL, code INTEGER NOT NULL"
      return switch self {
      case .indexed: "CREATE TABLE mark (\(columns), UNIQUE (pupil, date, session)) STRICT"
      case .clustered: "CREATE TABLE mark (\(columns), PRIMARY KEY (pupil, date, session)) STRICT, WITHOUT ROWID"
      }
    }
  }

  let directory: String

  /// The sessions of a week.
  private static let week = 10

  /// Upserts the marks of so many weekly files into a fresh database, in the order in which the files have them.
  ///
  /// - Returns: marks a second.
  func upsertRate(pupils: Int, weeks: Int, _ form: Form) throws -> Double {
    let path = "\(directory)/raw-\(UUID().uuidString).sqlite"
    var handle: OpaquePointer?
    guard sqlite3_open(path, &handle) == SQLITE_OK, let db = handle else { throw BenchError("cannot open \(path)") }
    defer { sqlite3_close(db) }
    for sql in [
      "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
      form.sql,
    ] {
      guard sqlite3_exec(db, sql, nil, nil, nil) == SQLITE_OK else { throw BenchError("cannot run: \(sql)") }
    }
    var statement: OpaquePointer?
    let upsert = """
      INSERT INTO mark (pupil, date, session, code) VALUES (?, ?, ?, ?)
      ON CONFLICT (pupil, date, session) DO UPDATE SET code = excluded.code
      """
    guard sqlite3_prepare_v3(db, upsert, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK else {
      throw BenchError("cannot prepare")
    }
    defer { sqlite3_finalize(statement) }
    let start = ContinuousClock.now
    var inTransaction = 0
    for mark in 0..<weeks * pupils * Self.week {
      let (week, inFile) = mark.quotientAndRemainder(dividingBy: pupils * Self.week)
      let (pupil, session) = inFile.quotientAndRemainder(dividingBy: Self.week)
      if inTransaction == 0 { sqlite3_exec(db, "BEGIN IMMEDIATE", nil, nil, nil) }
      sqlite3_bind_int64(statement, 1, Int64(pupil))
      sqlite3_bind_int64(statement, 2, Int64(20_000 + 7 * week + session / 2))
      sqlite3_bind_int64(statement, 3, Int64(session & 1))
      sqlite3_bind_int64(statement, 4, session % 14 == 0 ? 73 : 47)
      guard sqlite3_step(statement) == SQLITE_DONE else { throw BenchError("cannot upsert") }
      sqlite3_reset(statement)
      inTransaction += 1
      if inTransaction == 10_000 {
        sqlite3_exec(db, "COMMIT", nil, nil, nil)
        inTransaction = 0
      }
    }
    if inTransaction > 0 { sqlite3_exec(db, "COMMIT", nil, nil, nil) }
    return Double(weeks * pupils * Self.week) / start.duration(to: .now).seconds
  }
}

extension RawSQLite {
  /// How many bytes each table and index of a store takes.
  static func bytesByTable(_ path: String) throws -> [String: Int] {
    var handle: OpaquePointer?
    defer { sqlite3_close(handle) }
    guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
      throw BenchError("cannot open \(path)")
    }
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    let sql = "SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name"
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw BenchError("no dbstat") }
    var bytes: [String: Int] = [:]
    while sqlite3_step(statement) == SQLITE_ROW {
      bytes[String(cString: sqlite3_column_text(statement, 0))] = Int(sqlite3_column_int64(statement, 1))
    }
    return bytes
  }
}

extension RawSQLite {
  /// A question to a store that a program is writing to, asked as often as it takes.
  final class Question {
    private var handle: OpaquePointer?
    private var statement: OpaquePointer?

    init(_ path: String, _ sql: String, writes: Bool = false) throws {
      let mode = writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
      guard sqlite3_open_v2(path, &handle, mode, nil) == SQLITE_OK else { throw BenchError("cannot open \(path)") }
      sqlite3_busy_timeout(handle, 60_000)
      guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
        throw BenchError(String(cString: sqlite3_errmsg(handle)))
      }
    }

    deinit {
      sqlite3_finalize(statement)
      sqlite3_close(handle)
    }

    /// Whether there is a row now.
    func hasAnswer() throws -> Bool {
      defer { sqlite3_reset(statement) }
      return try next() != nil
    }

    /// The next row, as texts; `nil` behind the last.
    func next() throws -> [String]? {
      switch sqlite3_step(statement) {
      case SQLITE_DONE: return nil
      case SQLITE_ROW:
        return (0..<sqlite3_column_count(statement)).map { column in
          sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        }
      default: throw BenchError(String(cString: sqlite3_errmsg(handle)))
      }
    }
  }

  /// All rows of an answer, as texts.
  static func rows(_ path: String, _ sql: String) throws -> [[String]] {
    let question = try Question(path, sql)
    var rows: [[String]] = []
    while let row = try question.next() { rows.append(row) }
    return rows
  }

  /// Changes a store.
  static func run(_ path: String, _ sql: String) throws { _ = try Question(path, sql, writes: true).next() }
}

/// A measurement could not be made.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
