import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Store

/// A school as the registers keep it.
struct SchoolRecord: Hashable, Sendable {
  let urn: URN
  let name: String
  let phase: SchoolPhase
  let kind: SchoolKind
  let openedOn: Day?

  var event: SchoolRecorded { SchoolRecorded(urn: urn, name: name, phase: phase, kind: kind) }
}

/// The tables of schools and their calendars.
enum Schools {
  static func find(_ urn: URN, in db: Database) throws -> SchoolRecord? {
    let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM schools WHERE urn = ?"), arguments: [urn])
    return try row.map(school)
  }

  /// A row of the table.
  static func school(_ row: Row) throws -> SchoolRecord {
    guard let phase = SchoolPhase(rawValue: row["phase"]), let kind = SchoolKind(rawValue: row["kind"]) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT)
    }
    return SchoolRecord(
      urn: try row.get("urn"), name: row["name"], phase: phase, kind: kind,
      openedOn: try row.get("opened_on"))
  }

  /// Every school, by URN.
  static func all(in db: Database) throws -> [URN] {
    try String.fetchAll(db.cachedStatement(sql: "SELECT urn FROM schools ORDER BY urn")).map { try URN($0) }
  }

  static func exists(_ urn: URN, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM schools WHERE urn = ?)"), arguments: [urn]) ?? false
  }

  static func save(_ school: SchoolRecord, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO schools (urn, name, phase, kind, opened_on) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (urn) DO UPDATE SET
          name = excluded.name, phase = excluded.phase, kind = excluded.kind, opened_on = excluded.opened_on
        """
    ).execute(arguments: [
      school.urn, school.name, school.phase.rawValue, school.kind.rawValue, school.openedOn,
    ])
  }

  /// How full a school's register of one session is.
  struct Register: Hashable, Sendable {
    let school: URN
    let name: String
    let onRoll: Int
    let marked: Int
    /// When its first marks came in a file; `nil` before.
    let firstReceived: Timestamp?
  }

  /// The registers that are due for a session by the schools' calendars, by URN.
  static func registersDue(_ day: Day, _ session: Session, in db: Database) throws -> [Register] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT s.urn, s.name, c.calendar,
          (SELECT count(*) FROM standing_registrations r
            WHERE r.school = s.urn AND r.enrolled_on <= :day AND (r.left_on IS NULL OR r.left_on >= :day)) AS on_roll,
          (SELECT coalesce(sum(length(e.marks) / 5), 0) FROM entries e
            WHERE e.day = :day AND e.session = :session AND e.school = s.urn) AS marked,
          (SELECT count(*) FROM amendments a JOIN standing_registrations r ON r.number = a.registration
            WHERE r.school = s.urn AND a.day = :day AND a.session = :session AND a.from_code IS NULL) AS added,
          (SELECT min(r.at_millis) FROM entries e JOIN receipts r ON r.number = e.receipt
            WHERE e.day = :day AND e.session = :session AND e.school = s.urn) AS first_received
        FROM schools s JOIN calendars c ON c.school = s.urn AND c.start_year = :year ORDER BY s.urn
        """,
      arguments: [
        "day": day, "session": session, "year": SchoolYear(containing: day).startYear,
      ])
    return try rows.compactMap { row in
      let calendar = try CalendarMemo.plan(row["calendar"], SchoolYear(containing: day)).calendar
      guard calendar.hasSession(day, session) else { return nil }
      let school: URN = try row.get("urn")
      // Nearly never is a school open to some only.
      let isPartly = calendar.yearGroupClosures.contains { $0.covers(day) }
      let due = isPartly ? try Pupils.roll(of: school, in: db).due(day, session, calendar) : row["on_roll"]
      let withdrawn = try countWithdrawn(school, day, session, in: db)
      return Register(
        school: school, name: row["name"], onRoll: due,
        marked: (row["marked"] as Int) + (row["added"] as Int) - withdrawn,
        firstReceived: try row.get("first_received"))
    }
  }

  /// How many marks of a session are of entries that were made by mistake: they count nowhere.
  private static func countWithdrawn(_ school: URN, _ day: Day, _ session: Session, in db: Database) throws -> Int {
    let withdrawn = Set(
      try Int64.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT number FROM registrations INDEXED BY registrations_withdrawn
            WHERE school = ? AND withdrawn_millis IS NOT NULL
            """), arguments: [school]))
    guard !withdrawn.isEmpty else { return 0 }
    var count = 0
    let batches = try Data.fetchCursor(
      db.cachedStatement(sql: "SELECT marks FROM entries WHERE day = ? AND session = ? AND school = ?"),
      arguments: [day, session, school])
    while let marks = try batches.next() {
      guard let batch = EntryBatch(bytes: Array(marks)) else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
      batch.forEachEntry { registration, _ in if withdrawn.contains(registration) { count += 1 } }
    }
    return count
  }
}
