import Foundation
public import GRDB

extension AuditLog {
  /// An entry as it is kept.
  public struct Kept: Hashable, Sendable {
    public let number: Int64
    public let entry: Entry
    /// Whether it is what was written, and bound to the entry before it.
    public let isSound: Bool
  }

  /// An entry as the table has it. A foreign hand may have left anything: what is not there reads as empty.
  struct Stored {
    let number: Int64
    let millis: Int64
    let entry: Entry
    let keyNumber: Int64
    let hash: Data?

    init(_ row: Row) {
      func text(_ name: String) -> String { String.fromDatabaseValue(row[name]) ?? "" }
      number = Int64.fromDatabaseValue(row["number"]) ?? 0
      millis = Int64.fromDatabaseValue(row["at_millis"]) ?? 0
      entry = Entry(
        at: Date(timeIntervalSince1970: Double(millis) / 1000), actor: text("actor"), role: text("role"),
        action: text("action"), subject: text("subject"), detail: text("detail"))
      keyNumber = Int64.fromDatabaseValue(row["key_number"]) ?? -1
      hash = Data.fromDatabaseValue(row["hash"])
    }

    /// Whether it is what was written behind an entry of that code.
    func follows(_ previous: Data, _ keys: AuditKeys) -> Bool {
      let message = message(after: previous, number: number, millis: millis, entry)
      return code(message, key: keyNumber, keys).map { $0 == hash } ?? false
    }
  }

  /// Entries in order.
  ///
  /// - Parameters:
  ///   - subject: only those about it; `nil` for all.
  ///   - after: only those behind this number.
  ///   - keys: what they are verified with.
  public static func entries(
    about subject: String? = nil, after number: Int64, limit: Int, keys: AuditKeys, in db: Database
  ) throws -> [Kept] {
    let condition = subject == nil ? "" : "a.subject = ? AND "
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT a.*, p.number AS previous_number, p.hash AS previous, p.key_number AS previous_key FROM audit_log a
          LEFT JOIN audit_log p ON p.number = a.number - 1
          WHERE \(condition)a.number > ? ORDER BY a.number LIMIT ?
          """), arguments: StatementArguments([subject].compactMap { $0 }) + [number, limit])
    var entries: [Kept] = []
    while let row = try rows.next() {
      let stored = Stored(row)
      let isFirst = stored.number == 1 && row["previous_number"] as Int64? == nil
      let previous = isFirst ? origin : Data.fromDatabaseValue(row["previous"])
      // An entry without a key behind one with a key was made by somebody who has none.
      let isKeyless = stored.keyNumber == 0 && (Int64.fromDatabaseValue(row["previous_key"]) ?? 0) != 0
      entries.append(
        Kept(
          number: stored.number, entry: stored.entry,
          isSound: !isKeyless && (previous.map { stored.follows($0, keys) } ?? false)))
    }
    return entries
  }
}
