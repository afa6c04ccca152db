import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Store

/// A school as the registers keep it.
struct SchoolRecord: StoredRow, Hashable, Sendable {
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
    try db.first("SELECT * FROM schools WHERE urn = ?", [urn])
  }

  /// Every school, by URN.
  static func all(in db: Database) throws -> [URN] {
    try db.values("SELECT urn FROM schools ORDER BY urn")
  }

  static func exists(_ urn: URN, in db: Database) throws -> Bool {
    try db.has("SELECT 1 FROM schools WHERE urn = ?", [urn])
  }

  static func save(_ school: SchoolRecord, in db: Database) throws {
    try db.put(
      "schools", ["urn": school.urn],
      [
        "name": school.name, "phase": school.phase.rawValue, "kind": school.kind.rawValue,
        "opened_on": school.openedOn,
      ])
  }

  /// The names of all schools.
  static func names(in db: Database) throws -> [URN: String] {
    let rows = try db.rows("SELECT urn, name FROM schools")
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("urn"), $0["name"] as String) })
  }

  /// How full a school's register of one session is.
  struct Register: Hashable, Sendable {
    let school: URN
    let name: String
    /// Children for whom the session takes place.
    let onRoll: Int
    /// Those of them who have a mark.
    let marked: Int
    /// When the first mark of one of them came in a file; `nil` before.
    let firstReceived: Timestamp?
  }

  /// The registers that are due for a session by the schools' calendars, by URN. Only marks that count are counted: not
  /// those of entries that were made by mistake, nor of children who were not on the roll on the day.
  static func registersDue(_ day: Day, _ session: Session, in db: Database) throws -> [Register] {
    let rows = try db.rows(
      """
      SELECT s.urn, s.name, c.calendar FROM schools s
      JOIN calendars c ON c.school = s.urn AND c.start_year = ? ORDER BY s.urn
      """, [SchoolYear(containing: day).startYear])
    return try rows.compactMap { row in
      let calendar = try CalendarMemo.plan(row["calendar"], SchoolYear(containing: day)).calendar
      guard calendar.hasSession(day, session) else { return nil }
      let school: URN = try row.get("urn")
      let due = try registrations(of: school, due: day, session, calendar, in: db)
      let (marked, firstReceived) = try marks(of: due, school, day, session, in: db)
      return Register(
        school: school, name: row["name"], onRoll: due.count, marked: marked, firstReceived: firstReceived)
    }
  }

  /// The registrations for which a session takes place.
  private static func registrations(
    of school: URN, due day: Day, _ session: Session, _ calendar: SchoolCalendar, in db: Database
  ) throws -> Set<Int64> {
    // Nearly never is a school open to some only.
    if calendar.yearGroupClosures.contains(where: { $0.covers(day) }) {
      let entries = try Pupils.roll(of: school, in: db).entries
      return Set(entries.lazy.filter { $0.time.counts(day, session, in: calendar) }.map(\.registration))
    }
    return try Int64.fetchSet(
      db.cachedStatement(
        sql: """
          SELECT number FROM standing_registrations
          WHERE school = ?1 AND enrolled_on <= ?2 AND (left_on IS NULL OR left_on >= ?2)
          """), arguments: [school, day])
  }

  /// How many of some registrations have a mark of a session, and when the first of a file came.
  private static func marks(
    of due: Set<Int64>, _ school: URN, _ day: Day, _ session: Session, in db: Database
  ) throws -> (count: Int, firstReceived: Timestamp?) {
    var marked: Set<Int64> = []
    var first: Timestamp?
    let batches = try db.cursor(
      """
      SELECT e.marks, r.at_millis FROM entries e JOIN receipts r ON r.number = e.receipt
      WHERE e.day = ? AND e.session = ? AND e.school = ? ORDER BY r.at_millis
      """, [day, session, school])
    while let row = try batches.next() {
      let batch = try EntryBatch(bytes: Array(row[0] as Data)).orDamaged()
      batch.forEachEntry { registration, _ in
        if due.contains(registration) { marked.insert(registration) }
      }
      if first == nil, !marked.isEmpty { first = try row.get(1) }
    }
    let added = try Int64.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT a.registration FROM amendments a JOIN standing_registrations r ON r.number = a.registration
          WHERE r.school = ? AND a.day = ? AND a.session = ? AND a.from_code IS NULL
          """), arguments: [school, day, session])
    while let registration = try added.next() { if due.contains(registration) { marked.insert(registration) } }
    return (marked.count, first)
  }
}
