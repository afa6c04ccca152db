public import Contracts
import Foundation
public import GRDB
import ServiceKit
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

  private let epochs: [Int64: String]
  private let epoch: Int64
  private let signer: LinkSigner
  private let logs: [String: LogReader]
  /// The sequence that was given out last.
  private let given: Locked<Int64>
  let grown: Signal

  /// - Parameter logs: for each type whose data is told from a log of the service's own, how.
  public init(
    service: ServiceName, authority: String, store: Store, logs: [EventType: LogReader] = [:]
  ) {
    self.service = service
    self.logs = Dictionary(uniqueKeysWithValues: logs.map { ($0.name, $1) })
    topic = service.topic(authority: authority)
    source = service.source(authority: authority)
    epoch = store.epochNumber
    epochs = Dictionary(
      uniqueKeysWithValues: (1...epoch).compactMap { number in store.epochName(number).map { (number, $0) } })
    signer = LinkSigner(store)
    let given = Locked<Int64>(0)
    self.given = given
    grown = Signal { [store] in store.remember(published: given.withLock { $0 }) }
  }

  /// Appends one event: ``UnitOfWork/publish(_:subject:occurredAt:)``.
  func append<Data: EventData>(
    _ data: Data, subject: String, occurredAt: Timestamp?, in unit: UnitOfWork
  ) throws -> Int64 {
    let data = try data.encoded()
    return try insert(Data.self, data, told: data, log: nil, subject: subject, occurredAt: occurredAt, unit)
  }

  /// Appends one event whose data lies in a log of the service's own, where a reader given to this outbox finds it:
  /// ``UnitOfWork/publish(_:logRow:data:remains:subject:)``.
  func append<Data: EventData>(
    _ type: Data.Type, logRow row: Int64, data: [UInt8], remains: Data, subject: String, in unit: UnitOfWork
  ) throws -> Int64 {
    precondition(logs[type.type.name] != nil, "a type told from a log has a reader")
    return try insert(
      type, try remains.encoded(), told: data, log: (row, data.count), subject: subject, occurredAt: nil, unit)
  }

  /// - Parameters:
  ///   - data: what the row keeps.
  ///   - told: what the event says.
  private func insert<Data: EventData>(
    _ type: Data.Type, _ data: [UInt8], told: [UInt8], log: (row: Int64, bytes: Int)?, subject: String,
    occurredAt: Timestamp?, _ unit: UnitOfWork
  ) throws -> Int64 {
    precondition(type.type.service == service, "a service publishes its own events only")
    let db = unit.db
    let end = try linkedEnd(in: db)
    let sequence = end.sequence + 1
    let event = Event(
      id: id(of: sequence, epoch: epoch), source: source, type: type.type.name, subject: subject,
      time: occurredAt ?? unit.at, recordedTime: unit.at, sequence: sequence, traceparent: unit.traceparent,
      classification: type.classification, data: nil, auditHead: try AuditAnchors.own(in: db))
    let digest = EventChain.digest(of: told)
    let link = EventChain.link(of: event, data: digest, after: end.link)
    try db.cachedStatement(
      sql: """
        INSERT INTO outbox (sequence, type, subject, time_millis, recorded_millis, traceparent, classification, data,
          log_row, log_bytes, audit_head, epoch, data_digest, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      sequence, event.type, subject, event.time.millis, event.recordedTime.millis, event.traceparent,
      event.classification.rawValue, Foundation.Data(data), log?.row, log?.bytes, event.auditHead?.description, epoch,
      Foundation.Data(digest.bytes), Foundation.Data(link.bytes),
    ])
    given.withLock { $0 = sequence }
    grown.send(after: db)
    return sequence
  }

  /// The last event's sequence and link, with what an older release left without links linked first.
  private func linkedEnd(in db: Database) throws -> (sequence: Int64, link: EventDigest) {
    let end = try Self.end(in: db)
    if let link = end.link { return (end.sequence, link) }
    while try linkPast(limit: Self.pastSlice, in: db) {}
    return (end.sequence, try Self.end(in: db).link ?? .origin)
  }

  private static func end(in db: Database) throws -> (sequence: Int64, link: EventDigest?) {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT sequence, link FROM outbox ORDER BY sequence DESC LIMIT 1"))
    guard let row else { return (0, EventDigest.origin) }
    return (row["sequence"], (row["link"] as Foundation.Data?).flatMap { EventDigest($0) })
  }

  /// The link of a sequence; `nil` when there is no such event. Of 0 it is what stands before the first.
  static func link(of sequence: Int64, in db: Database) throws -> EventDigest? {
    if sequence == 0 { return EventDigest.origin }
    return try Foundation.Data.fetchOne(
      db.cachedStatement(sql: "SELECT link FROM outbox WHERE sequence = ? AND link IS NOT NULL"), arguments: [sequence]
    ).flatMap { EventDigest($0) }
  }

  /// A page of the feed, with its last event signed: each link holds the one before, so that one signature is enough.
  ///
  /// - Parameter link: the link of the event `after`, as the reader has it; `nil` when it does not say.
  /// - Throws: ``FeedError/forked`` when it is another here, or there is none.
  func page(
    after sequence: Int64, link: EventDigest?, limit: Int, maximumBytes: Int, epoch: String, in db: Database
  ) throws -> FeedPage {
    if let link, try Self.link(of: sequence, in: db) != link { throw FeedError.forked }
    var events = try self.events(after: sequence, limit: limit, maximumBytes: maximumBytes, in: db)
    if let last = events.popLast() { events.append(try signed(last)) }
    let end = try Self.lastSequence(in: db)
    return FeedPage(events: events, isLast: (events.last?.sequence ?? sequence) >= end, epoch: epoch)
  }

  /// What this source says of itself, with its links of so many sequences up to one.
  func chain(through sequence: Int64, limit: Int, epochs: [String], in db: Database) throws -> SourceChain {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT sequence, link FROM outbox WHERE sequence BETWEEN ? AND ? AND link IS NOT NULL ORDER BY sequence
          """), arguments: [sequence - Int64(limit) + 1, sequence])
    return SourceChain(
      epochs: epochs, key: EventDigest(publicKey)?.description ?? "", last: try Self.lastSequence(in: db),
      links: rows.map { .init(sequence: $0["sequence"], link: ($0["link"] as Foundation.Data).hex) })
  }

  /// How many events of an older release are linked in one transaction.
  static let pastSlice = 5_000

  /// Whether an older release left events without links.
  static func hasUnlinked(in db: Database) throws -> Bool { try end(in: db).link == nil }

  /// Links the first events that an older release wrote without links.
  ///
  /// - Returns: whether there are more.
  func linkPast(limit: Int, in db: Database) throws -> Bool {
    let rows = try Row.fetchAll(
      db, sql: "SELECT * FROM outbox WHERE link IS NULL ORDER BY sequence LIMIT ?", arguments: [limit])
    guard let first = rows.first.map({ $0["sequence"] as Int64 }) else { return false }
    var link = try Self.link(of: first - 1, in: db) ?? .origin
    for row in rows {
      let event = try self.event(row, db)
      let digest = EventChain.digest(of: event.data ?? [])
      link = EventChain.link(of: event, data: digest, after: link)
      try db.cachedStatement(sql: "UPDATE outbox SET data_digest = ?, link = ? WHERE sequence = ?").execute(
        arguments: [Foundation.Data(digest.bytes), Foundation.Data(link.bytes), event.sequence])
    }
    return rows.count == limit
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

  /// The id of the event of a sequence: what tells a log filled by this store from another's. It is made of the name
  /// of the store's epoch, so that it is known without being kept, and never given out twice.
  private func id(of sequence: Int64, epoch: Int64) -> String { "\(epochs[epoch] ?? "?")-\(sequence)" }

  /// An event with the source's signature, as it goes to others.
  func signed(_ event: Event) throws -> Event { try signer.sign(event) }

  /// The public key by which readers know this source.
  var publicKey: [UInt8] { signer.publicKey }

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
    var seal: EventSeal?
    if let link = (row["link"] as Foundation.Data?).flatMap({ EventDigest($0) }) {
      let digest = (row["data_digest"] as Foundation.Data?).flatMap { EventDigest($0) }
      // What is told from a log changes once a child's records are disposed of: the link stands for what was said.
      let isChanged = row["log_row"] as Int64? != nil && digest != EventChain.digest(of: data)
      seal = EventSeal(link: link, dataDigest: isChanged ? digest : nil)
    }
    return Event(
      id: id(of: sequence, epoch: row["epoch"]), source: source, type: type, subject: row["subject"],
      time: Timestamp(millis: row["time_millis"]), recordedTime: Timestamp(millis: row["recorded_millis"]),
      sequence: sequence, traceparent: row["traceparent"], classification: classification,
      data: data, auditHead: (row["audit_head"] as String?).flatMap { AuditAnchor($0) }, seal: seal)
  }
}
