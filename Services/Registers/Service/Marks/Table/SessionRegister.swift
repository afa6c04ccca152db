import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Store

/// One school's register of one session as it stands.
enum SessionRegister {
  /// What a child's mark says beside its code.
  struct Words: Hashable, Sendable {
    var token: String?
    var detail: String?
    var minutesLate: Int?
    var isAmended = false
  }

  /// A page of the children who are on roll on a day, in the order of entry.
  static func onRoll(
    of school: URN, on day: Day, asOf: AsOf? = nil, after number: Int64, limit: Int, in db: Database
  ) throws -> [Pupils.Line] {
    var lines: [Pupils.Line] = []
    var after = number
    while lines.count < limit {
      let page = try Pupils.page(of: school, after: after, limit: limit, ever: asOf != nil, in: db)
      lines += try page.filter { line in
        let registration = try asOf.map { try $0.registration(line.registration, in: db) } ?? line.registration
        return registration?.covers(day) ?? false
      }
      guard page.count == limit, let last = page.last else { break }
      after = last.registration.number
    }
    return Array(lines.prefix(limit))
  }

  /// What the marks of a session say beside their codes, by registration; the newest amendment counts.
  static func words(
    _ school: URN, _ day: Day, _ session: Session, known: Knowledge? = nil, in db: Database
  ) throws -> [Int64: Words] {
    var words: [Int64: Words] = [:]
    let entries = try db.rows(
      "SELECT number, marks, tokens FROM entries WHERE day = ? AND session = ? AND school = ? AND receipt <= ?",
      [day, session, school, known?.receipt ?? .max])
    for entry in entries {
      if let tokens = entry["tokens"] as String?, let batch = EntryBatch(bytes: Array(entry["marks"] as Data)) {
        let usual = try JSONDecoder().decode([String: String].self, from: Data(tokens.utf8))
        batch.forEachEntry { registration, byte in
          words[registration] = Words(token: AttendanceCode(registerByte: byte).flatMap { usual[$0.text] })
        }
      }
      let rows = try db.rows("SELECT * FROM entry_words WHERE entry = ?", [entry["number"] as Int64])
      for row in rows {
        words[row["registration"]] = Words(
          token: row["token"], detail: row["detail"], minutesLate: row["minutes_late"])
      }
    }
    let amendments = try db.rows(
      """
      SELECT a.registration, a.token, a.detail, a.minutes_late FROM registrations r
      JOIN amendments a ON a.registration = r.number AND a.day = ? AND a.session = ?
      WHERE r.school = ? AND a.number <= ? ORDER BY a.number
      """, [day, session, school, known?.amendment ?? .max])
    for row in amendments {
      words[row["registration"]] = Words(
        token: row["token"], detail: row["detail"], minutesLate: row["minutes_late"], isAmended: true)
    }
    return words
  }

  /// Keeps when a register was open.
  static func keep(
    _ window: RegisterWindow, _ school: URN, _ day: Day, _ session: Session, receipt: Int64, in db: Database
  ) throws {
    try db.run(
      """
      INSERT INTO register_windows (receipt, school, day, session, opened_millis, closed_millis)
      VALUES (?, ?, ?, ?, ?, ?)
      """, [receipt, school, day, session, window.openedAt, window.closedAt])
  }

  /// When a register was open, as its school said last.
  static func window(
    _ school: URN, _ day: Day, _ session: Session, known: Knowledge? = nil, in db: Database
  ) throws -> RegisterWindow? {
    try db.row(
      """
      SELECT opened_millis, closed_millis FROM register_windows WHERE school = ? AND day = ? AND session = ?
        AND receipt <= ? ORDER BY number DESC LIMIT 1
      """, [school, day, session, known?.receipt ?? .max]
    ).flatMap {
      RegisterWindow(
        openedAt: try $0.get("opened_millis"), closedAt: try $0.get("closed_millis"))
    }
  }
}
