public import Contracts
import Foundation
public import GRDB
import ServiceKit

/// Events kept aside until a person decides.
public enum ParkedEvents {
  /// One of them, without its data.
  public struct Summary: Codable, Hashable, Sendable {
    /// The number under which a person names it.
    public let id: Int64
    public let topic: String
    public let sequence: Int64
    public let subject: String
    public let type: String
    /// A slug.
    public let reason: String
    public let parkedAt: Timestamp
  }

  /// What `GET /parked` answers.
  struct List: WholeList, Sendable {
    let parked: [Summary]
    var list: (name: String, rows: [Summary]) { ("parked", parked) }
  }

  /// All of them in order, up to a limit.
  public static func all(limit: Int, in db: Database) throws -> [Summary] {
    try Row.fetchAll(db, sql: "SELECT * FROM parked ORDER BY topic, sequence LIMIT ?", arguments: [limit]).map(summary)
  }

  static func find(_ id: Int64, in db: Database) throws -> Summary? {
    try Row.fetchOne(db, sql: "SELECT * FROM parked WHERE id = ?", arguments: [id]).map(summary)
  }

  private static func summary(_ row: Row) -> Summary {
    Summary(
      id: row["id"], topic: row["topic"], sequence: row["sequence"], subject: row["subject"], type: row["type"],
      reason: row["reason"], parkedAt: Timestamp(millis: row["parked_millis"]))
  }

  static func bySubject(topic: String, in db: Database) throws -> [String: [Int64]] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT subject, sequence FROM parked WHERE topic = ? ORDER BY sequence"),
      arguments: [topic])
    var parked: [String: [Int64]] = [:]
    while let row = try rows.next() { parked[row["subject"], default: []].append(row["sequence"]) }
    return parked
  }

  static func insert(_ event: Event, topic: String, reason: String, at time: Timestamp, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO parked (topic, sequence, subject, type, reason, parked_millis, event) VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        topic, event.sequence, event.subject, event.type, reason, time.millis,
        Data(try JSONBatchFormat.encode([event])),
      ])
  }

  static func event(topic: String, sequence: Int64, in db: Database) throws -> Event? {
    let bytes = try Data.fetchOne(
      db, sql: "SELECT event FROM parked WHERE topic = ? AND sequence = ?", arguments: [topic, sequence])
    return try bytes.flatMap { try JSONBatchFormat.decode(Array($0)).first }
  }

  static func setReason(_ reason: String, topic: String, sequence: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE parked SET reason = ? WHERE topic = ? AND sequence = ?", arguments: [reason, topic, sequence])
  }

  static func remove(topic: String, sequence: Int64, in db: Database) throws {
    try db.execute(sql: "DELETE FROM parked WHERE topic = ? AND sequence = ?", arguments: [topic, sequence])
  }
}
