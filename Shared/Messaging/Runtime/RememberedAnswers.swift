public import Contracts
import Foundation
public import GRDB
import Hummingbird
import ServiceKit

extension UnitOfWork {
  /// What was answered when the request came before under its key.
  ///
  /// - Throws: `Problem` when the key was used for another request.
  func remembered(_ key: IdempotencyKey?) throws -> [UInt8]? { try RememberedAnswers.find(key, in: db) }

  /// Keeps an answer for as long as a request may be sent again, in the transaction of its effects.
  ///
  /// - Returns: the answer as JSON.
  func remember(_ answer: some Encodable, for key: IdempotencyKey?) throws -> [UInt8] {
    let json = try Response.encoded(answer)
    try RememberedAnswers.keep(json, for: key, at: at, in: db)
    return json
  }
}

/// What was answered to requests with an `Idempotency-Key`, kept for a week.
public enum RememberedAnswers {
  private static let keptMillis: Int64 = 7 * 86_400_000
  /// The most that are forgotten at once.
  private static let forgotten = 100

  static func find(_ key: IdempotencyKey?, in db: Database) throws -> [UInt8]? {
    guard let key else { return nil }
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT fingerprint, body FROM remembered_answers WHERE scoped_key = ?"),
      arguments: [key.scopedKey])
    guard let row else { return nil }
    guard row["fingerprint"] as Data? == key.fingerprint else { throw IdempotencyKey.reused }
    return (row["body"] as Data?).map(Array.init)
  }

  /// Forgets some of the answers that have had their time.
  ///
  /// - Returns: how many.
  @discardableResult
  public static func forget(at: Timestamp, in db: Database) throws -> Int {
    try db.cachedStatement(
      sql: """
        DELETE FROM remembered_answers WHERE scoped_key IN (
          SELECT scoped_key FROM remembered_answers WHERE at_millis < ? ORDER BY at_millis LIMIT ?)
        """
    ).execute(arguments: [at.millis - keptMillis, forgotten])
    return db.changesCount
  }

  static func keep(_ json: [UInt8], for key: IdempotencyKey?, at: Timestamp, in db: Database) throws {
    guard let key else { return }
    try forget(at: at, in: db)
    try db.cachedStatement(
      sql: "INSERT INTO remembered_answers (scoped_key, fingerprint, body, at_millis) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [key.scopedKey, key.fingerprint, Data(json), at.millis])
  }
}
