import Contracts
import Foundation
import GRDB
import Keeping
import RegistersDomain
import Rulebook
import Store

/// The entries of the register one line a mark: a batch opened up.
enum EntryLines {
  /// The shape of the lines: they are not the table's rows.
  static let table = KeptTable(
    "entries", "Entries as they were made, one line a mark.", source: "entries t", pageSize: 10,
    [
      .init("entry", .integer, from: "t.number", "The batch that the mark came in."),
      .init("receipt", .numbered("r"), "The upload."), .init("school", .urn, "The school."),
      .init("day", .day, "The day."),
      .init("session", .session, "The session."),
      .init("registration", .integer, from: "0", "The child's time on roll."),
      .init("pupil", .pupil, from: "''", "The child."), .init("code", .code, from: "''", "The code as entered."),
      .init("token", .text, optional: true, from: "NULL", "The code as sent, where it came with words or was another."),
      .init("detail", .text, optional: true, from: "NULL", "What was said beside it."),
      .init("at", .moment, from: "0", "When it was entered."), .init("actor", .text, from: "''", "By whom: opaque."),
      .init("role", .text, from: "''", "In which role."),
    ], reading: page)

  private static let selected = """
    SELECT e.number, e.receipt, e.school, e.day, e.session, e.marks, r.at_millis, r.actor, r.role FROM entries e
    JOIN receipts r ON r.number = e.receipt
    """

  /// Calls the body for the lines of the next batches, in order.
  ///
  /// - Returns: the last batch's number; `nil` at the end.
  private static func page(after: Int64, in db: Database, _ body: ([ExportCell]) throws -> Void) throws -> Int64? {
    let rows = try db.rows(selected + " WHERE e.number > ? ORDER BY e.number LIMIT ?", [after, table.pageSize])
    var pupils: [String: [Int64: String]] = [:]
    for row in rows {
      let school: String = row["school"]
      let known = try pupils[school] ?? Self.pupils(of: school, in: db)
      pupils[school] = known
      try forEach(row, in: db, pupils: known, body)
    }
    return rows.last?["number"]
  }

  /// Calls the body for every entry of some registrations at a school, in order.
  static func forEachLine(
    of registrations: [Int64: String], at school: URN, in db: Database, _ body: ([ExportCell]) throws -> Void
  ) throws {
    let rows = try db.cursor(selected + " WHERE e.school = ? ORDER BY e.day, e.session, e.number", [school])
    while let row = try rows.next() { try forEach(row, in: db, only: true, pupils: registrations, body) }
  }

  private static func forEach(
    _ row: Row, in db: Database, only: Bool = false, pupils: [Int64: String], _ body: ([ExportCell]) throws -> Void
  ) throws {
    let marks = try EntryBatch(bytes: Array(row["marks"] as Data)).orDamaged()
    let number: Int64 = row["number"]
    var found: [(Int64, UInt8)] = []
    marks.forEachEntry { registration, byte in
      if !only || pupils[registration] != nil { found.append((registration, byte)) }
    }
    guard !found.isEmpty else { return }
    let words = Dictionary(
      uniqueKeysWithValues: try db.rows("SELECT registration, token, detail FROM entry_words WHERE entry = ?", [number])
        .map { ($0["registration"] as Int64, ($0["token"] as String, $0["detail"] as String)) })
    let session: Int = row["session"]
    let head: [ExportCell] = [
      .integer(number), .integer(number), .text(EntryLog.name(ofReceipt: row["receipt"])), .text(row["school"]),
      .text((try row.get("day") as Day).iso), .text(Session.allCases[session].rawValue),
    ]
    let tail: [ExportCell] = [
      .text((try row.get("at_millis") as Timestamp).description), .text(row["actor"]), .text(row["role"]),
    ]
    for (registration, byte) in found {
      guard let code = AttendanceCode(registerByte: byte), let pupil = pupils[registration] else {
        throw DatabaseError.damaged
      }
      let said = words[registration].map { [ExportCell.text($0.0), .text($0.1)] } ?? [.null, .null]
      try body(head + [.integer(registration), .text(pupil), .text(code.text)] + said + tail)
    }
  }

  /// The children of a school by registration.
  private static func pupils(of school: String, in db: Database) throws -> [Int64: String] {
    let rows = try db.rows(
      "SELECT r.number, p.id FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.school = ?", [school])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
  }
}
