import Contracts
import GRDB
import RegistersDomain
import Rulebook
import Store

/// What the sources of marks said last, and what they said against amendments that stand.
enum SourceCodes {
  /// What the sources of a school said last within some days, for what one of them says now.
  static func book(_ source: MarkSource, of school: URN, in days: DayRange?, db: Database) throws -> SourceBook {
    guard let days else { return SourceBook(source) }
    let rows = try db.cursor(
      """
      SELECT registration, day, session, files, entries, is_persons FROM source_codes
      WHERE school = ? AND day BETWEEN ? AND ?
      """, [school, days.first, days.last])
    var said: [SourceBook.Key: SaidCodes] = [:]
    while let row = try rows.next() {
      let key = SourceBook.Key(registration: row[0], day: try row.get(1), session: try row.get(2))
      said[key] = SaidCodes(files: byte(row[3]), entries: byte(row[4]), isPersons: row[5])
    }
    return SourceBook(source, said: said, isOtherUsed: try isUsed(source == .files ? .entries : .files, school, db))
  }

  private static func isUsed(_ source: MarkSource, _ school: URN, _ db: Database) throws -> Bool {
    try db.has("SELECT 1 FROM receipts WHERE school = ? AND source = ?", [school, source.rawValue])
  }

  /// Writes what has changed.
  static func keep(_ book: SourceBook, of school: URN, in db: Database) throws {
    for (key, codes) in book.changes {
      guard let codes else {
        try db.run(
          "DELETE FROM source_codes WHERE registration = ? AND day = ? AND session = ?",
          [key.registration, key.day, key.session])
        continue
      }
      try db.run(
        """
        INSERT INTO source_codes (registration, day, session, school, files, entries, is_persons)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (registration, day, session)
        DO UPDATE SET files = excluded.files, entries = excluded.entries, is_persons = excluded.is_persons
        """, [key.registration, key.day, key.session, school, text(codes.files), text(codes.entries), codes.isPersons])
    }
  }

  /// Writes down what a source said against amendments that stand.
  static func add(
    _ differences: [Settlement.Difference], from source: MarkSource, of school: URN, receipt: Int64, in db: Database
  ) throws {
    for difference in differences {
      try db.run(
        """
        INSERT INTO differences (receipt, registration, day, session, school, source, said, stood)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          receipt, difference.entry.registration, difference.day, difference.session, school, source.rawValue,
          difference.said, difference.stands,
        ])
    }
  }

  /// What a source said against an amendment.
  struct Said: StoredRow, Codable, Sendable {
    /// The code that was sent.
    let said: AttendanceCode
    /// The amended code that stood.
    let stood: AttendanceCode
    let source: MarkSource
    let receipt: String
    let at: Timestamp
  }

  private static let words = "d.said, d.stood, d.source, 'r' || d.receipt AS receipt, r.at_millis AS at"

  /// What was said against the amendments of a child's marks in a span, each mark's oldest first.
  static func said(
    of registration: Int64, in span: DayRange, known: Knowledge? = nil, in db: Database
  ) throws -> [EntryLog.SessionKey: [Said]] {
    let rows = try db.rows(
      """
      SELECT d.day, d.session, \(words) FROM differences d
      JOIN receipts r ON r.number = d.receipt
      WHERE d.registration = ? AND d.day BETWEEN ? AND ? AND d.receipt <= ? ORDER BY d.number
      """, [registration, span.first, span.last, known?.receipt ?? .max])
    return try Dictionary(grouping: rows) {
      EntryLog.SessionKey(day: try $0.get("day"), session: try $0.get("session"))
    }.mapValues { try $0.map(Said.init(row:)) }
  }

  /// One mark of which a source says another code than a person's amendment, still.
  struct Open: StoredRow {
    let number: Int64
    let registration: Int64
    let pupil: PupilID
    let day: Day
    let session: Session
    let word: Said
  }

  /// The marks of a school of which a source's last word is not what a person amended them to, in the order in which it
  /// was said.
  static func open(_ school: URN, after number: Int64, limit: Int, in db: Database) throws -> [Open] {
    try db.all(
      """
      SELECT d.number, d.registration, p.id AS pupil, d.day, d.session, \(words) FROM differences d INDEXED BY differences_school
      JOIN receipts r ON r.number = d.receipt
      JOIN standing_registrations g ON g.number = d.registration JOIN pupils p ON p.number = g.pupil
      JOIN source_codes w ON w.registration = d.registration AND w.day = d.day AND w.session = d.session
      WHERE d.school = ? AND d.number > ? AND w.is_persons = 1
        AND CASE d.source WHEN 'files' THEN w.files ELSE w.entries END = d.said
        AND NOT EXISTS (SELECT 1 FROM differences n WHERE n.registration = d.registration AND n.day = d.day
          AND n.session = d.session AND n.source = d.source AND n.number > d.number)
      ORDER BY d.number LIMIT ?
      """, [school, number, limit])
  }

  private static func byte(_ code: String) -> UInt8 { AttendanceCode(code)?.registerByte ?? AttendanceCode.noMark }

  private static func text(_ byte: UInt8) -> String { AttendanceCode(registerByte: byte)?.text ?? "" }
}
