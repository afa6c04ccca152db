import Contracts
import Foundation
import GRDB
import ServiceKit

/// What was answered to requests with an `Idempotency-Key`, kept for a week, in the transaction of their effects.
enum IdempotentAnswers {
  private static let keptMillis: Int64 = 7 * 86_400_000
  /// The most that are forgotten at once.
  private static let forgotten = 100

  /// The answer to the same request before.
  ///
  /// - Throws: `Problem` when the key was used for another request.
  static func find(_ key: IdempotencyKey?, in db: Database) throws -> [UInt8]? {
    guard let key else { return nil }
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT fingerprint, body FROM answers WHERE scoped_key = ?"),
      arguments: [key.scopedKey])
    guard let row else { return nil }
    guard row["fingerprint"] as Data == key.fingerprint else { throw IdempotencyKey.reused }
    return Array(row["body"] as Data)
  }

  /// Forgets some of the answers that have had their time.
  ///
  /// - Returns: how many.
  @discardableResult
  static func forget(at: Timestamp, in db: Database) throws -> Int {
    try db.cachedStatement(
      sql: """
        DELETE FROM answers WHERE scoped_key IN (
          SELECT scoped_key FROM answers WHERE at_millis < ? ORDER BY at_millis LIMIT ?)
        """
    ).execute(arguments: [at.millis - keptMillis, forgotten])
    return db.changesCount
  }

  static func keep(_ body: [UInt8], for key: IdempotencyKey?, at: Timestamp, in db: Database) throws {
    guard let key else { return }
    try forget(at: at, in: db)
    try db.cachedStatement(
      sql: "INSERT INTO answers (scoped_key, fingerprint, body, at_millis) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [key.scopedKey, key.fingerprint, body.databaseBlob, at.millis])
  }
}

extension [UInt8] {
  /// The bytes as SQLite keeps them.
  var databaseBlob: Data { Data(self) }
}
