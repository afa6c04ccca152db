import Contracts
import Foundation
import GRDB
import Store

/// Where audit logs stood, as published: this program's own, and the latest of each topic that it reads.
enum AuditAnchors {
  /// Where this store's own log stands; `nil` while it is empty.
  static func own(in db: Database) throws -> AuditAnchor? {
    try AuditLog.last(in: db).flatMap { AuditAnchor(count: $0.number, head: head(of: $0.hash)) }
  }

  /// What this store published last; `nil` when that is nothing.
  static func published(in db: Database) throws -> AuditAnchor? {
    try String.fetchOne(
      db.cachedStatement(
        sql: "SELECT audit_head FROM outbox WHERE audit_head IS NOT NULL ORDER BY sequence DESC LIMIT 1")
    ).flatMap { AuditAnchor($0) }
  }

  /// Whether this store's log has the entry that an anchor speaks of.
  static func holds(_ anchor: AuditAnchor, in db: Database) throws -> Bool {
    try AuditLog.hash(of: anchor.count, in: db).map { head(of: $0) == anchor.head } ?? false
  }

  /// The latest anchor of a topic.
  static func latest(of topic: String, in db: Database) throws -> AuditAnchor? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT count, head FROM audit_anchors WHERE topic = ?"), arguments: [topic]
    ).flatMap { AuditAnchor(count: $0["count"], head: $0["head"]) }
  }

  /// Keeps what a topic's events said, in their order.
  ///
  /// - Returns: the anchor that was held and that a later event contradicts: its log has fewer entries, or another.
  static func keep(_ events: some Sequence<Event>, topic: String, in db: Database) throws -> AuditAnchor? {
    var held = try latest(of: topic, in: db)
    var contradicted: AuditAnchor?
    var newest: (anchor: AuditAnchor, sequence: Int64)?
    for event in events {
      guard let anchor = event.auditHead else { continue }
      if let held, anchor.count < held.count || (anchor.count == held.count && anchor.head != held.head) {
        contradicted = contradicted ?? held
        continue
      }
      held = anchor
      newest = (anchor, event.sequence)
    }
    if let newest {
      try db.cachedStatement(
        sql: """
          INSERT INTO audit_anchors (topic, count, head, sequence) VALUES (?, ?, ?, ?)
          ON CONFLICT (topic) DO UPDATE SET count = excluded.count, head = excluded.head, sequence = excluded.sequence
          """
      ).execute(arguments: [topic, newest.anchor.count, newest.anchor.head, newest.sequence])
    }
    return contradicted
  }

  private static func head(of hash: Data) -> String { String(hash.hex.prefix(AuditAnchor.headDigits)) }
}
