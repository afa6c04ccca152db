import Contracts
import Foundation
public import GRDB
public import Store

/// Proves that a store's file is whole: for a backup, before anybody needs it.
public struct StoreProof: Hashable, Sendable {
  /// What is not as it should be, in words that hold nothing of a person; empty when all is.
  public private(set) var faults: [String] = []
  /// How many events it published, and how many entries its audit log has.
  public private(set) var events: Int64 = 0
  public private(set) var auditEntries: Int64 = 0

  /// Reads the whole store.
  ///
  /// - Parameters:
  ///   - owner: whose it must be, for example `880.registers`.
  ///   - auditKeys: what the audit log is keyed with; `nil` to leave its chain out.
  /// - Throws: GRDB's `DatabaseError` when the file cannot be read at all.
  public init(owner: String, auditKeys: AuditKeys?, in db: Database) throws {
    let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
    if integrity != ["ok"] { faults.append("SQLite finds the file damaged in \(integrity.count) places") }
    let dangling = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
    if dangling > 0 { faults.append("\(dangling) rows refer to rows that are not there") }
    let found = try String.fetchOne(db, sql: "SELECT owner FROM store_owner") ?? "nobody"
    if found != owner { faults.append("it belongs to \(found), not to \(owner)") }
    try proveEvents(owner: owner, in: db)
    if let auditKeys { try proveAudit(auditKeys, in: db) }
  }

  private mutating func proveEvents(owner: String, in db: Database) throws {
    let epochs = Dictionary(
      uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT number, name FROM epochs").map {
        ($0["number"] as Int64, $0["name"] as String)
      })
    let source = "/" + owner.replacing(".", with: "/")
    var link = EventDigest.origin
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM outbox ORDER BY sequence")
    while let row = try rows.next() {
      let sequence: Int64 = row["sequence"]
      guard sequence == events + 1 else { return faults.append("event \(events + 1) is missing") }
      guard let kept = (row["link"] as Data?).flatMap({ EventDigest($0) }) else {
        return faults.append("event \(sequence) has no link")
      }
      guard let digest = (row["data_digest"] as Data?).flatMap({ EventDigest($0) }),
        let epoch = epochs[row["epoch"] as Int64],
        let classification = DataClassification(rawValue: row["classification"])
      else { return faults.append("event \(sequence) cannot be read") }
      let event = Event(
        id: "\(epoch)-\(sequence)", source: source, type: row["type"], subject: row["subject"],
        time: Timestamp(millis: row["time_millis"]), recordedTime: Timestamp(millis: row["recorded_millis"]),
        sequence: sequence, traceparent: row["traceparent"], classification: classification, data: nil,
        auditHead: (row["audit_head"] as String?).flatMap { AuditAnchor($0) })
      let isTold = row["log_row"] as Int64? != nil
      guard isTold || EventChain.digest(of: Array(row["data"] as Data)) == digest,
        EventChain.link(of: event, data: digest, after: link) == kept
      else { return faults.append("event \(sequence) is not what was written") }
      (link, events) = (kept, sequence)
    }
  }

  private mutating func proveAudit(_ keys: AuditKeys, in db: Database) throws {
    var walk = AuditWalk()
    while try walk.step(limit: 10_000, keys: keys, in: db) {}
    try walk.finish(keys: keys, in: db)
    auditEntries = walk.number
    let acknowledged = Set(
      try AuditLog.noted(limit: AuditWalk.mostBreaks, keys: keys, in: db).filter { $0.acknowledgement != nil }.map(
        \.name))
    let standing = walk.breaks.filter { !acknowledged.contains($0.name) }
    if !standing.isEmpty {
      faults.append("the audit log is broken: \(standing.prefix(3).map(\.name).joined(separator: ", "))")
    }
  }
}
