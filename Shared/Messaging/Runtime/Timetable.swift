public import Contracts
public import GRDB
import MessagingMachines
public import Store

/// What a service has to do later, in its own store: a row is put on and taken off in the transaction of its cause, and
/// runs once, at its moment or as soon after it as the program is there (``ScheduleLoop``).
///
/// ```swift
/// try timetable.plan("reminder 12", at: Timestamp(CivilTime.moment(due.adding(days: 1), minutes: 0)), in: unit.db)
/// ```
public struct Timetable: Sendable {
  public static let migrations = [
    Migration(
      "timetable 0001",
      sql: """
        -- What is to be done and when; a row that has run is gone. After a failure it is tried again later.
        CREATE TABLE timetable (
          name TEXT PRIMARY KEY, due_millis INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
          next_millis INTEGER NOT NULL CHECK (next_millis >= due_millis)) STRICT, WITHOUT ROWID;
        CREATE INDEX timetable_next ON timetable (next_millis);
        """)
  ]

  let changed = Signal()

  public init() {}

  /// Puts something on, or moves it to another moment.
  public func plan(_ name: String, at moment: Timestamp, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO timetable (name, due_millis, next_millis) VALUES (?1, ?2, ?2)
        ON CONFLICT (name) DO UPDATE SET due_millis = ?2, next_millis = ?2, failures = 0
        """
    ).execute(arguments: [name, moment.millis])
    changed.send(after: db)
  }

  /// Takes something off; nothing when it is not on.
  public func cancel(_ name: String, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM timetable WHERE name = ?").execute(arguments: [name])
    changed.send(after: db)
  }

  /// The earliest moment; `nil` when there is nothing.
  static func earliest(in db: Database) throws -> Int64? {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT min(next_millis) FROM timetable"))
  }

  /// What is due, the earliest first.
  static func due(untilMillis: Int64, limit: Int, in db: Database) throws -> [String] {
    try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT name FROM timetable WHERE next_millis <= ? ORDER BY next_millis, name LIMIT ?"),
      arguments: [untilMillis, limit])
  }

  /// A row failed: it is tried again after a pause that grows, and nothing else waits for it.
  static func postpone(_ name: String, untilMillis now: Int64, in db: Database) throws {
    let failures =
      try Int.fetchOne(
        db.cachedStatement(sql: "SELECT failures FROM timetable WHERE name = ?"), arguments: [name]) ?? 0
    var generator = SystemRandomNumberGenerator()
    let pause = retries.pauseMillis(attempt: failures + 1, using: &generator)
    try db.cachedStatement(sql: "UPDATE timetable SET failures = ?, next_millis = ? WHERE name = ?")
      .execute(arguments: [failures + 1, now + pause, name])
  }

  /// How many rows have failed and wait.
  static func failing(in db: Database) throws -> Int {
    try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM timetable WHERE failures > 0")) ?? 0
  }

  private static let retries = Backoff(firstMillis: 1_000, longestMillis: 3_600_000)
}
