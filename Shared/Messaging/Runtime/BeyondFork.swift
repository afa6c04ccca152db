public import Contracts
import Foundation
import GRDB
import ServiceKit

/// What a reader had applied when its source was restored, and the source does not have since.
public enum BeyondFork {
  /// What became of one of them.
  public enum State: String, Codable, CaseIterable, Sendable {
    /// Nobody has decided.
    case open
    /// It is so all the same: the source told it again, or a person knows.
    case confirmed
    /// A person took back what it brought about.
    case undone
  }

  /// One of them, without its data.
  public struct Row: Codable, Hashable, Sendable {
    /// The number under which a person names it.
    public let id: Int64
    public let topic: String
    /// Its sequence in the part of the source's life that was left.
    public let sequence: Int64
    public let type: String
    public let subject: String
    public let foundAt: Timestamp
    public let state: State
    /// The sequence under which the source told it again, where it did.
    public let bySequence: Int64?
  }

  /// What `GET /reconciliations` answers.
  struct List: WholeList, Sendable {
    let reconciliations: [Row]
    var list: (name: String, rows: [Row]) { ("reconciliations", reconciliations) }
  }

  /// All of them, those that are open first.
  static func all(limit: Int, in db: Database) throws -> [Row] {
    try GRDB.Row.fetchAll(
      db, sql: "SELECT * FROM beyond_fork ORDER BY state <> 'open', id LIMIT ?", arguments: [limit]
    ).map {
      Row(
        id: $0["id"], topic: $0["topic"], sequence: $0["sequence"], type: $0["type"], subject: $0["subject"],
        foundAt: Timestamp(millis: $0["found_millis"]), state: State(rawValue: $0["state"]) ?? .open,
        bySequence: $0["by_sequence"])
    }
  }

  /// How many are open.
  static func open(topic: String, in db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM beyond_fork WHERE topic = ? AND state = 'open'"),
      arguments: [topic]) ?? 0
  }

  /// Goes back to the last event that reader and source have in common: what was applied behind it is listed, and what
  /// is parked of it is forgotten.
  ///
  /// - Parameter epochs: the parts of the source's life, oldest first.
  /// - Returns: how many were listed.
  static func goBack(
    from before: SourcePosition, to after: SourcePosition, of epochs: [String], topic: String, at time: Timestamp,
    in db: Database
  ) throws -> Int {
    try db.execute(
      sql: """
        INSERT INTO beyond_fork (topic, epoch, sequence, link, type, subject, content, found_millis, state)
        SELECT topic, ?, sequence, link, type, subject, content, ?, 'open' FROM dealt_with
        WHERE topic = ? AND sequence > ? AND outcome = 'applied' ORDER BY sequence
        """, arguments: [before.epoch ?? "", time.millis, topic, after.sequence])
    let listed = db.changesCount
    try db.execute(
      sql: "DELETE FROM dealt_with WHERE topic = ? AND sequence > ?", arguments: [topic, after.sequence])
    try db.execute(sql: "DELETE FROM parked WHERE topic = ? AND sequence > ?", arguments: [topic, after.sequence])
    try Positions.keep(after, of: epochs, topic: topic, in: db)
    return listed
  }

  /// The source tells a fact again that was listed: it is so.
  static func confirm(_ event: Event, topic: String, in db: Database) throws {
    guard try open(topic: topic, in: db) > 0 else { return }
    try db.execute(
      sql: """
        UPDATE beyond_fork SET state = 'confirmed', by_sequence = ? WHERE id = (
          SELECT min(id) FROM beyond_fork WHERE topic = ? AND content = ? AND state = 'open')
        """, arguments: [event.sequence, topic, EventChain.content(of: event)])
  }

  /// A person says what became of one.
  ///
  /// - Throws: `Problem` not found when there is none that is open.
  static func settle(_ id: Int64, _ state: State, _ reason: String, in unit: UnitOfWork) throws {
    let topic = try String.fetchOne(
      unit.db, sql: "SELECT topic FROM beyond_fork WHERE id = ? AND state = 'open'", arguments: [id])
    guard let topic else { throw Problem.notFound("Open reconciliation") }
    try unit.db.execute(sql: "UPDATE beyond_fork SET state = ? WHERE id = ?", arguments: [state.rawValue, id])
    try unit.audit(
      AuditAction("reconciliation.\(state.rawValue)"), of: .record("reconciliation-\(id)"), words: "\(topic) \(reason)")
  }
}
