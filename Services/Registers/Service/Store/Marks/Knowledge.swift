import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook

/// What the registers knew at a moment: the log up to and with a receipt and an amendment. The log only grows, so that
/// what was known then can be told for ever.
struct Knowledge: Hashable, Sendable {
  let receipt: Int64
  let amendment: Int64

  /// What is known now.
  static func now(in db: Database) throws -> Knowledge {
    Knowledge(
      receipt: try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(number) FROM receipts")) ?? 0,
      amendment: try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(number) FROM amendments")) ?? 0)
  }

  /// What was known at a moment.
  static func at(_ moment: Timestamp, in db: Database) throws -> Knowledge {
    Knowledge(
      receipt: try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT max(number) FROM receipts WHERE at_millis <= ?"), arguments: [moment.millis])
        ?? 0,
      amendment: try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT max(number) FROM amendments WHERE at_millis <= ?"), arguments: [moment.millis])
        ?? 0)
  }

  /// A row as it stood: what came later is taken back, newest first.
  func row(
    _ current: PupilYear, of registration: Int64, school: URN, in db: Database
  ) throws -> PupilYear {
    var row = current
    let later = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT day, session, from_code FROM amendments
          WHERE registration = ? AND day BETWEEN ? AND ? AND number > ? ORDER BY number DESC
          """),
      arguments: [registration, row.year.first.ordinal, row.year.last.ordinal, amendment])
    while let change = try later.next() {
      row[Day(ordinal: change[0]), Self.session(change[1])] = (change[2] as String?).flatMap { AttendanceCode($0) }
    }
    let entries = try Row.fetchCursor(
      db.cachedStatement(
        sql: "SELECT day, session, marks FROM entries WHERE school = ? AND receipt > ? AND day BETWEEN ? AND ?"),
      arguments: [school.text, receipt, row.year.first.ordinal, row.year.last.ordinal])
    while let entry = try entries.next() {
      guard let batch = EntryBatch(bytes: Array(entry[2] as Data)), batch.code(of: registration) != nil else {
        continue
      }
      row[Day(ordinal: entry[0]), Self.session(entry[1])] = nil
    }
    return row
  }

  private static func session(_ index: Int) -> Session { index == 0 ? .am : .pm }
}
