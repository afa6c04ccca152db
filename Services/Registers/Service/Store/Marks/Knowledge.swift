import Contracts
import GRDB

/// What the registers knew of marks at a moment: the log up to and with a receipt and an amendment. The log only grows,
/// so that what was known then can be told for ever.
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
}
