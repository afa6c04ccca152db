import Contracts
import Foundation
import GRDB
import NotifierDomain
import Store

/// The attempts that have begun and not ended: written down before anything is sent, so that a message under which the
/// program ended is known at the next start.
enum Attempts {
  /// One of them.
  struct Begun: Sendable {
    /// The `webhook-id`.
    let message: String
    let subscription: String
    /// The message's place in the queue; `nil` for a test message.
    let place: Int64?
    let level: DisclosureLevel
    let fields: [DisclosedField]
    let bodyHash: String
    let officer: String
  }

  /// How often the program may end during attempts of one subscription before it is suspended.
  static let mostDeaths = 2

  static func begin(_ attempt: Begun, at time: Timestamp, in db: Database) throws {
    try db.run(
      """
      INSERT INTO attempt (message, subscription, place, begun_millis, level, fields, body_sha256, officer)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (message) DO UPDATE SET place = excluded.place, begun_millis = excluded.begun_millis,
        level = excluded.level, fields = excluded.fields, body_sha256 = excluded.body_sha256
      """,
      [
        attempt.message, attempt.subscription, attempt.place, time.millis, attempt.level.rawValue,
        attempt.fields.map(\.rawValue).joined(separator: " "), attempt.bodyHash, attempt.officer,
      ])
  }

  /// The program outlived an attempt: its receiver is no suspect any more.
  static func end(_ message: String, of subscription: String, in db: Database) throws {
    try db.run("DELETE FROM attempt WHERE message = ?", [message])
    guard db.changesCount > 0 else { return }
    try db.run("UPDATE subscription SET deaths = 0 WHERE id = ? AND deaths > 0", [subscription])
  }

  /// All of them, in the order of their messages.
  static func all(in db: Database) throws -> [Begun] {
    try db.rows("SELECT * FROM attempt ORDER BY message").map { row in
      Begun(
        message: row["message"], subscription: row["subscription"], place: row["place"],
        level: DisclosureLevel(rawValue: row["level"]) ?? .nothing,
        fields: (row["fields"] as String).split(separator: " ").compactMap { DisclosedField(rawValue: String($0)) },
        bodyHash: row["body_sha256"], officer: row["officer"])
    }
  }

  /// Forgets all, when the program ends in order or has taken stock.
  static func forgetAll(in db: Database) throws { try db.run("DELETE FROM attempt") }

  /// Counts one more end of the program.
  ///
  /// - Returns: how many there were since an attempt was completed.
  static func countDeath(of subscription: String, in db: Database) throws -> Int {
    try db.value(
      "UPDATE subscription SET deaths = deaths + 1 WHERE id = ? RETURNING deaths", [subscription], as: Int.self)
      ?? 0
  }

  /// A person has looked into it.
  static func forgive(_ subscription: String, in db: Database) throws {
    try db.run("UPDATE subscription SET deaths = 0 WHERE id = ?", [subscription])
  }
}
