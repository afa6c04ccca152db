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

  /// Entries in order.
  ///
  /// - Parameters:
  ///   - subject: only those about it; `nil` for all.
  ///   - after: only those behind this number.
  public static func entries(
    about subject: String? = nil, after number: Int64, limit: Int, in db: Database
  ) throws -> [Kept] {
    let condition = subject == nil ? "" : "a.subject = ? AND "
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT a.*, p.hash AS previous FROM audit_log a LEFT JOIN audit_log p ON p.number = a.number - 1
          WHERE \(condition)a.number > ? ORDER BY a.number LIMIT ?
          """), arguments: StatementArguments([subject].compactMap { $0 }) + [number, limit])
    var entries: [Kept] = []
    while let row = try rows.next() {
      let (number, millis): (Int64, Int64) = (row["number"], row["at_millis"])
      let entry = Entry(
        at: Date(timeIntervalSince1970: Double(millis) / 1000), actor: row["actor"], role: row["role"],
        action: row["action"], subject: row["subject"], detail: row["detail"])
      let previous: Data? = number == 1 ? Data(count: 32) : row["previous"]
      let isSound = previous.map { hash(after: $0, number: number, millis: millis, entry) == row["hash"] } ?? false
      entries.append(Kept(number: number, entry: entry, isSound: isSound))
    }
    return entries
  }
}
