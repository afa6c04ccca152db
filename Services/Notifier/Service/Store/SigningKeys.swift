import Contracts
import Foundation
import GRDB
import NotifierDomain
import Store

/// A subscription's signing keys in the store, sealed.
struct SigningKeys: Sendable {
  let seal: SecretSeal

  /// How many keys sign at once at most: the current one and those replaced within their overlap.
  static let most = 5

  /// Adds a key and lets those before it sign until a moment.
  ///
  /// - Returns: the key's number.
  @discardableResult
  func add(
    _ key: SigningKey, to subscription: String, at time: Timestamp, othersExpireMillis: Int64, in db: Database
  ) throws -> Int64 {
    try db.run(
      "UPDATE signing_key SET expires_millis = min(?, coalesce(expires_millis, ?)) WHERE subscription = ?",
      [othersExpireMillis, othersExpireMillis, subscription])
    try db.run(
      "INSERT INTO signing_key (subscription, algorithm, sealed, created_millis) VALUES (?, ?, ?, ?)",
      [subscription, key.algorithm.rawValue, try seal.seal(key.rawBytes, for: subscription), time.millis])
    return db.lastInsertedRowID
  }

  /// The keys that sign at a moment, the current one first.
  func current(of subscription: String, at time: Timestamp, in db: Database) throws -> [SigningKey] {
    let rows = try db.rows(
      """
      SELECT algorithm, sealed FROM signing_key
      WHERE subscription = ? AND (expires_millis IS NULL OR expires_millis > ?) ORDER BY number DESC LIMIT ?
      """, [subscription, time.millis, Self.most])
    return try rows.map { try key($0, of: subscription) }
  }

  /// The key of a number; `nil` once it was removed.
  func find(_ number: Int64, of subscription: String, in db: Database) throws -> SigningKey? {
    try db.row(
      "SELECT algorithm, sealed FROM signing_key WHERE number = ? AND subscription = ?", [number, subscription]
    ).map { try key($0, of: subscription) }
  }

  private func key(_ row: Row, of subscription: String) throws -> SigningKey {
    guard let algorithm = SigningAlgorithm(rawValue: row["algorithm"]),
      let key = SigningKey(algorithm, rawBytes: try seal.open(row["sealed"], for: subscription))
    else { throw SecretSeal.Failure.cannotOpen }
    return key
  }

  /// Removes the keys of a subscription that was deleted.
  static func removeAll(of subscription: String, in db: Database) throws {
    try db.run("DELETE FROM signing_key WHERE subscription = ?", [subscription])
  }

  /// Removes the keys that sign no longer.
  static func removeExpired(at time: Timestamp, in db: Database) throws {
    try db.run("DELETE FROM signing_key WHERE expires_millis <= ?", [time.millis])
  }

  /// Whether any key was ever sealed and kept.
  static func isEmpty(in db: Database) throws -> Bool {
    try db.value("SELECT count(*) FROM (SELECT 1 FROM signing_key LIMIT 1)", as: Int.self) == 0
  }
}
