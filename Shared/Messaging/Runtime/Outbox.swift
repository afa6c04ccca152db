public import Contracts
import Foundation
public import GRDB
public import Store

/// Where a service's units of work write its events (``UnitOfWork/publish(_:subject:occurredAt:)``). The relay sends
/// them in order.
public struct Outbox: Sendable {
  /// The service that publishes.
  public let service: ServiceName
  /// The topic it publishes to.
  public let topic: String
  /// The CloudEvents source of its events.
  public let source: String

  /// Tells the data of an event from the row of a log and the event's sequence: the same bytes every time; `nil` once
  /// the row has been disposed of.
  public typealias LogReader = @Sendable (_ row: Int64, _ sequence: Int64, Database) throws -> [UInt8]?

  private let identity: String
  private let logs: [String: LogReader]
  let grown = Signal()

  /// - Parameter logs: for each type whose data is told from a log of the service's own, how.
  public init(
    service: ServiceName, authority: String, store: Store, logs: [EventType: LogReader] = [:]
  ) {
    self.service = service
    self.logs = Dictionary(uniqueKeysWithValues: logs.map { ($0.name, $1) })
    topic = service.topic(authority: authority)
    source = service.source(authority: authority)
    identity = store.identity
  }

  /// Appends one event: ``UnitOfWork/publish(_:subject:occurredAt:)``.
  func append<Data: EventData>(
    _ data: Data, subject: String, occurredAt: Timestamp?, in unit: UnitOfWork
  ) throws -> Int64 {
    try insert(Data.self, try data.encoded(), log: nil, subject: subject, occurredAt: occurredAt, unit)
  }

  /// Appends one event whose data lies in a log of the service's own, where a reader given to this outbox finds it:
  /// ``UnitOfWork/publish(_:logRow:bytes:remains:subject:)``.
  func append<Data: EventData>(
    _ type: Data.Type, logRow row: Int64, bytes: Int, remains: Data, subject: String, in unit: UnitOfWork
  ) throws -> Int64 {
    precondition(logs[type.type.name] != nil, "a type told from a log has a reader")
    return try insert(type, try remains.encoded(), log: (row, bytes), subject: subject, occurredAt: nil, unit)
  }

  private func insert<Data: EventData>(
    _ type: Data.Type, _ data: [UInt8], log: (row: Int64, bytes: Int)?, subject: String, occurredAt: Timestamp?,
    _ unit: UnitOfWork
  ) throws -> Int64 {
    precondition(type.type.service == service, "a service publishes its own events only")
    let db = unit.db
    let sequence = try Self.lastSequence(in: db) + 1
    try db.cachedStatement(
      sql: """
        INSERT INTO outbox (sequence, type, subject, time_millis, recorded_millis, traceparent, classification, data,
          log_row, log_bytes, audit_head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      sequence, type.type.name, subject, (occurredAt ?? unit.at).millis, unit.at.millis, unit.traceparent,
      type.classification.rawValue, Foundation.Data(data), log?.row, log?.bytes,
      try AuditAnchors.own(in: db)?.description,
    ])
    grown.send(after: db)
    return sequence
  }

  /// The sequence of the last event written; 0 when there is none.
  public static func lastSequence(in db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(sequence) FROM outbox")) ?? 0
  }

  /// The events after a sequence, in order, at least one where there is one, and no more than the limits say.
  public func events(after sequence: Int64, limit: Int, maximumBytes: Int, in db: Database) throws -> [Event] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT * FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?"),
      arguments: [sequence, limit])
    var events: [Event] = []
    var bytes = 0
    while let row = try rows.next() {
      let event = try self.event(row, db)
      bytes += event.data?.count ?? 0
      if bytes > maximumBytes, !events.isEmpty { break }
      events.append(event)
    }
    return events
  }

  /// The id of the event of a sequence: what tells a log filled by this store from another's. It is made of the
  /// store's identity, so that it is known without being kept.
  public func id(of sequence: Int64) -> String { "\(identity)-\(sequence)" }

  /// The sequence from which to fill an empty log: the last events whose data together is within the budget.
  func refillStart(maximumBytes: Int, in db: Database) throws -> Int64 {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT sequence, coalesce(log_bytes, length(data)) AS size FROM outbox ORDER BY sequence DESC")
    var first: Int64 = 1
    var bytes = 0
    var isFirst = true
    while let row = try rows.next() {
      bytes += (row["size"] as Int) + Self.envelopeBytes
      if bytes > maximumBytes, !isFirst { break }
      first = row["sequence"]
      isFirst = false
    }
    return first
  }

  /// About what the headers of one record take in the log.
  static let envelopeBytes = 400

  private func event(_ row: Row, _ db: Database) throws -> Event {
    let sequence: Int64 = row["sequence"]
    let type: String = row["type"]
    guard let classification = DataClassification(rawValue: row["classification"]) else {
      throw ContractError.invalidAttribute("dataclassification")
    }
    let data: [UInt8]
    if let logRow = row["log_row"] as Int64? {
      guard let read = logs[type] else { throw ContractError.invalidData(path: "") }
      data = try read(logRow, sequence, db) ?? Array(row["data"] as Foundation.Data)
    } else {
      data = Array(row["data"] as Foundation.Data)
    }
    return Event(
      id: id(of: sequence), source: source, type: type, subject: row["subject"],
      time: Timestamp(millis: row["time_millis"]), recordedTime: Timestamp(millis: row["recorded_millis"]),
      sequence: sequence, traceparent: row["traceparent"], classification: classification,
      data: data, auditHead: (row["audit_head"] as String?).flatMap { AuditAnchor($0) })
  }
}
