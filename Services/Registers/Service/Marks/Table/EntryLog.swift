import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The counts of one upload. Every row is in exactly one of them.
struct IntakeCounts: Hashable, Sendable {
  var received = 0
  var recorded = 0
  var amended = 0
  var unchanged = 0
  var missing = 0
  var quarantined = 0
  var rejected = 0
}

/// The append-only log: receipts, the entries of a session as they came, amendments one by one. Kept six years at least
/// (School Attendance (Pupil Registration) (England) Regulations 2024; ATT-3).
enum EntryLog {
  enum Kind: String { case file, release }

  /// Adds a receipt and returns its number.
  static func addReceipt(
    _ kind: Kind, school: URN, _ counts: IntakeCounts, from source: MarkSource, dialect: String? = nil,
    in unit: UnitOfWork
  ) throws -> Int64 {
    try unit.insert(
      "receipts",
      [
        "school": school, "kind": kind.rawValue, "received": counts.received, "recorded": counts.recorded,
        "amended": counts.amended, "unchanged": counts.unchanged, "missing": counts.missing,
        "quarantined": counts.quarantined, "rejected": counts.rejected, "dialect": dialect, "source": source.rawValue,
      ])
  }

  /// Adds the new marks of one session and returns the entry's number.
  static func add(
    _ batch: Settlement.Batch, roll: Roll, school: URN, receipt: Int64, in db: Database
  ) throws -> Int64 {
    var marks = EntryBatch(capacity: batch.marks.count)
    for mark in batch.marks { marks.append(roll.entries[Int(mark.entry)].registration, mark.code) }
    let entry = try db.insert(
      "entries",
      [
        "receipt": receipt, "school": school, "day": batch.day, "session": batch.session, "marks": Data(marks.bytes),
        "tokens": try batch.tokens.isEmpty ? nil : String(json: batch.tokens),
      ])
    for words in batch.annotations {
      try db.run(
        "INSERT INTO entry_words (entry, registration, token, detail, minutes_late) VALUES (?, ?, ?, ?, ?)",
        [entry, roll.entries[words.entry].registration, words.token, words.detail, words.minutesLate])
    }
    return entry
  }

  /// About how many bytes of JSON tell of one mark.
  static let bytesPerMark = 13

  /// The data of the marks-recorded event that an entry was published as, under a sequence of the outbox. The children
  /// have the identifiers that they had then; those whose time is over are left out. `nil` when nothing is left.
  static func event(
    _ number: Int64, sequence: Int64, _ identifiers: PublishedIdentifiers, in db: Database
  ) throws -> [UInt8]? {
    let row = try db.row("SELECT school, day, session, marks FROM entries WHERE number = ?", [number])
    guard let row else { return nil }
    let batch = try EntryBatch(bytes: Array(row[3] as Data)).orDamaged()
    let school: URN = try row.get(0)
    let pupils = try identifiers.find(of: school, publishedUnder: sequence, in: db)
    return MarksRecordedJSON.encode(
      school: school, day: try row.get(1), session: try row.get(2),
      marks: batch.entries.compactMap { entry in pupils[entry.registration].map { (pupil: $0, code: entry.code) } })
  }

  /// One amendment to be kept.
  struct NewAmendment {
    let registration: Int64
    let day: Day
    let session: Session
    /// `nil` when there was no mark.
    let from: AttendanceCode?
    let to: AttendanceCode
    let kind: MarksAmended.Amendment.Reason
    let reason: String
    let detail: String
    /// How the code was written, where it was another way.
    var token: String?
    var minutesLate: Int?
  }

  /// Adds an amendment and returns its number.
  @discardableResult
  static func add(_ amendment: NewAmendment, receipt: Int64?, in unit: UnitOfWork) throws -> Int64 {
    try unit.insert(
      "amendments",
      [
        "receipt": receipt, "registration": amendment.registration, "day": amendment.day,
        "session": amendment.session, "from_code": amendment.from, "to_code": amendment.to,
        "kind": amendment.kind.rawValue, "reason": amendment.reason, "detail": amendment.detail,
        "token": amendment.token, "minutes_late": amendment.minutesLate,
      ])
  }

  /// An entry as it was made first.
  struct Original: Codable, Sendable {
    let receipt: String
    let code: AttendanceCode
    /// The token as it was sent, where it was another than the code.
    let token: String?
    let detail: String?
    let minutesLate: Int?
    let at: Timestamp
    let actor: String
    let role: String
  }

  /// The original entry of a mark; `nil` when it began with an amendment or there is none.
  static func original(
    _ registration: Registration, _ day: Day, _ session: Session, known: Knowledge? = nil, in db: Database
  ) throws -> Original? {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT e.number, e.receipt, e.marks, e.tokens, r.at_millis, r.actor, r.role FROM entries e
        JOIN receipts r ON r.number = e.receipt WHERE e.day = ? AND e.session = ? AND e.school = ?
          AND e.receipt <= ? ORDER BY e.number
        """, arguments: [day, session, registration.school, known?.receipt ?? .max])
    while let row = try rows.next() {
      guard let batch = EntryBatch(bytes: Array(row["marks"] as Data)), let code = batch.code(of: registration.number)
      else { continue }
      let words = try db.row(
        "SELECT token, detail, minutes_late FROM entry_words WHERE entry = ? AND registration = ?",
        [row["number"] as Int64, registration.number])
      let token = try words?["token"] as String? ?? usualToken(code, row["tokens"])
      let detail = words?["detail"] as String?
      return Original(
        receipt: Self.name(ofReceipt: row["receipt"]), code: code, token: token == code.text ? nil : token,
        detail: detail?.isEmpty == true ? nil : detail, minutesLate: words?["minutes_late"] as Int?,
        at: try row.get("at_millis"), actor: row["actor"], role: row["role"])
    }
    return nil
  }

  /// How the entries of a code were written in a batch with these tokens.
  static func usualToken(_ code: AttendanceCode, _ tokens: String?) throws -> String? {
    try tokens.flatMap { try JSONDecoder().decode([String: String].self, from: Data($0.utf8))[code.text] }
  }

  /// An amendment as the law wants it shown: what it was, what it is, why, when and by whom.
  struct Amendment: StoredRow, Codable, Sendable {
    let from: String?
    let to: String
    let kind: String
    let reason: String
    let detail: String?
    /// How the code was written, where it was another way.
    let token: String?
    let minutesLate: Int?
    let receipt: String?
    let at: Timestamp
    let actor: String
    let role: String
  }

  /// The amendments of a mark, oldest first.
  static func amendments(
    of registration: Int64, _ day: Day, _ session: Session, known: Knowledge? = nil, in db: Database
  ) throws -> [Amendment] {
    try db.all(
      shown + "WHERE registration = ? AND day = ? AND session = ? AND number <= ? ORDER BY number",
      [registration, day, session, known?.amendment ?? .max])
  }

  private static let shown = """
    SELECT from_code AS "from", to_code AS "to", kind, reason, nullif(detail, '') AS detail, token, minutes_late,
      'r' || receipt AS receipt, at_millis AS at, actor, role, day, session FROM amendments\u{20}
    """

  /// A session of a child.
  struct SessionKey: Hashable {
    let day: Day
    let session: Session
  }

  /// The amendments of a child's marks in a span, each mark's oldest first.
  static func amendments(
    of registration: Int64, in span: DayRange, known: Knowledge? = nil, in db: Database
  ) throws -> [SessionKey: [Amendment]] {
    let rows = try db.rows(
      shown + "WHERE registration = ? AND day BETWEEN ? AND ? AND number <= ? ORDER BY number",
      [registration, span.first, span.last, known?.amendment ?? .max])
    return try Dictionary(grouping: rows) {
      SessionKey(day: try $0.get("day"), session: try $0.get("session"))
    }.mapValues { try $0.map(Amendment.init(row:)) }
  }

  /// A receipt's number as callers see it.
  static func name(ofReceipt number: Int64) -> String { "r\(number)" }
}
