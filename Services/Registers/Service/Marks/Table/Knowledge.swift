import Contracts
import GRDB
import Store

/// What the registers knew of marks at a moment: the log up to and with a receipt and an amendment. The log only grows,
/// so that what was known then can be told for ever.
struct Knowledge: Hashable, Sendable {
  let receipt: Int64
  let amendment: Int64

  /// What is known now.
  static func now(in db: Database) throws -> Knowledge {
    Knowledge(
      receipt: try db.value("SELECT max(number) FROM receipts", as: Int64.self) ?? 0,
      amendment: try db.value("SELECT max(number) FROM amendments", as: Int64.self) ?? 0)
  }

  /// What was known at a moment.
  static func at(_ moment: Timestamp, in db: Database) throws -> Knowledge {
    Knowledge(
      receipt: try last(of: "receipts", at: moment, in: db), amendment: try last(of: "amendments", at: moment, in: db))
  }

  /// The last row of a log that was there at a moment; 0 when there was none. A log's moments go up with its numbers, so
  /// that a few of its rows tell, however long it is.
  static func last(of log: String, at moment: Timestamp, in db: Database) throws -> Int64 {
    let next = try db.cachedStatement(
      sql: "SELECT number, at_millis FROM \(log) WHERE number >= ? ORDER BY number LIMIT 1")
    // The row is from `low` on and before `high`.
    var low: Int64 = 0
    var high = (try db.value("SELECT max(number) FROM \(log)", as: Int64.self) ?? 0) + 1
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if let row = try Row.fetchOne(next, arguments: [middle]), (row[1] as Int64) <= moment.millis {
        low = row[0]
      } else {
        high = middle
      }
    }
    return low
  }
}
