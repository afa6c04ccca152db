public import AsyncHTTPClient
public import Contracts
import CoreMetrics
import Foundation
import GRDB
import Hummingbird
import Kafka
import Logging
import Schemas
public import ServiceKit
public import ServiceLifecycle
import Store

/// All of a service's messaging: its outbox and relay, a reader for each topic it follows, its feed and its status.
public struct Messaging: Sendable {
  /// One topic that a service follows.
  public struct Subscription: Sendable {
    public let service: ServiceName
    public let handler: any EventHandler
    public let feed: any EventFeed

    public init(_ service: ServiceName, handler: any EventHandler, feed: any EventFeed) {
      self.service = service
      self.handler = handler
      self.feed = feed
    }
  }

  /// The loops, to be run beside the HTTP server.
  public var services: [any Service] { [resources, relay] + intakes + [reader, audit] }

  private let relay: RelayLoop
  private let intakes: [IntakeLoop]
  private let transactions: Transactions
  private let settings: MessagingSettings
  private let reader: LogEnds
  private let audit: AuditWatch
  private let resources: ResourceWatch

  private var store: Store { transactions.store }
  private var outbox: Outbox { transactions.outbox }

  /// - Parameters:
  ///   - service: the service itself.
  ///   - subscriptions: the topics it follows.
  public init(
    _ service: ServiceName, _ transactions: Transactions, subscriptions: [Subscription],
    environment: ServiceEnvironment, settings: MessagingSettings = MessagingSettings()
  ) {
    let configuration = environment.configuration
    let kafka = KafkaConfiguration(
      bootstrapServers: configuration.kafkaBootstrapServers, propertyList: configuration.kafkaProperties)
    let (store, clock) = (transactions.store, transactions.clock)
    self.transactions = transactions
    self.settings = settings
    relay = RelayLoop(
      outbox: transactions.outbox, store: store, kafka: kafka, settings: settings, logger: environment.logger)
    intakes = subscriptions.map {
      IntakeLoop(
        service: $0.service, authority: configuration.authority, handler: $0.handler, transactions: transactions,
        kafka: kafka, feed: $0.feed, settings: settings, logger: environment.logger)
    }
    reader = LogEnds(kafka)
    audit = AuditWatch(
      transactions,
      sources: subscriptions.map {
        .init(topic: $0.service.topic(authority: configuration.authority), feed: $0.feed)
      }, alarms: environment.alarms, settings: settings, logger: environment.logger)
    resources = ResourceWatch(
      store: store, clock: clock, alarms: environment.alarms, freeWarningBytes: configuration.freeWarningBytes,
      walWarningBytes: configuration.walWarningBytes, clockBackSeconds: configuration.clockBackSeconds,
      everyMillis: settings.resourceMillis)
    register(environment)
  }

  /// All of a program's messaging, with the topics that the list of programs has it read. A topic is not followed where
  /// its feed may be left out and is.
  ///
  /// - Parameters:
  ///   - handlers: what is done with the events of each topic of ``ServiceKit/Program/reads``.
  ///   - source: where the addresses of the feeds are read.
  /// - Throws: `ConfigurationError` when an address is missing.
  public init(
    _ service: ServiceName, _ transactions: Transactions, reading handlers: [ServiceName: any EventHandler],
    _ source: ConfigurationSource, environment: ServiceEnvironment, http: HTTPClient = OutgoingHTTP.shared
  ) throws(ConfigurationError) {
    let reads = Programs[service].reads
    precondition(
      Set(handlers.keys) == Set(reads.map(\.source)), "\(service.rawValue) reads what the list of programs says")
    var subscriptions: [Subscription] = []
    for reading in reads {
      let address = try source.string(reading.feedKey)
      guard !address.isEmpty, let handler = handlers[reading.source] else { continue }
      let feed = Self.feed(base: address, environment: environment, http: http)
      subscriptions.append(Subscription(reading.source, handler: handler, feed: feed))
    }
    self.init(service, transactions, subscriptions: subscriptions, environment: environment)
  }

  /// The feed of another service over HTTP, with this service's token.
  public static func feed(
    base: String, environment: ServiceEnvironment, http: HTTPClient = OutgoingHTTP.shared,
    settings: MessagingSettings = MessagingSettings()
  ) -> any EventFeed {
    FeedClient(base: base, http: http, settings: settings) { try environment.feedToken() }
  }

  private func register(_ environment: ServiceEnvironment) {
    environment.health.require("relay") { [relay] in await relay.state.stopped == nil }
    environment.health.require("store") { [store] in (try? await store.read { try store.isCurrent($0) }) ?? false }
    environment.health.requireNo { [resources] in await resources.look() }
    environment.metrics.gauge("store_wal_bytes") { [store] in [([], Double(store.walBytes))] }
    environment.metrics.gauge("store_free_bytes") { [store] in [([], Double(store.freeBytes ?? -1))] }
    environment.metrics.gauge("audit_breaks") { [audit] in
      let state = try? await audit.state()
      return [([], Double(state?.breaks.filter { $0.acknowledgement == nil }.count ?? -1))]
    }
    environment.metrics.gauge("outbox_depth") { [relay] in [([], Double(await relay.state.depth))] }
    environment.metrics.gauge("intake_position") { [intakes] in
      var values: [(labels: [(String, String)], Double)] = []
      for intake in intakes { values.append(([("topic", intake.topic)], Double(await intake.state.lastSequence))) }
      return values
    }
    environment.metrics.gauge("parked_events") { [store] in
      let count = try? await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM parked") ?? 0 }
      return [([], Double(count ?? -1))]
    }
  }

  /// What `GET /status` answers.
  public struct Status: Codable, Sendable {
    public struct Topic: Codable, Sendable {
      public let topic: String
      /// The offset of the next record, and the sequence of the last event that took effect.
      public let nextOffset, lastSequence: Int64
      /// Records in the topic that were not read yet; absent when the broker does not answer.
      public let lag: Int64?
      public let connected, repairing: Bool
    }
    public struct Parked: Codable, Sendable {
      public let topic, subject: String
      public let events: Int
    }
    /// How the audit log stands.
    public struct Audit: Codable, Sendable {
      /// Whether no break stands.
      public let sound: Bool
      /// The number of the last entry.
      public let entries: Int64
      /// When the whole log was verified last; absent before the first time.
      public let verifiedAt: Timestamp?
    }
    public let ready: Bool
    public let waitingFor: [String]
    /// What a person must look at.
    public let alarms: [Alarms.Alarm]
    public let audit: Audit
    /// The highest sequence of the outbox, and the highest that the log is known to hold.
    public let outboxLast, acknowledged: Int64
    public let outboxDepth: Int64
    public let topics: [Topic]
    public let parked: [Parked]
  }

  /// An event as the feed has it, for the description: it is written by `JSONBatchFormat`.
  private struct FeedEvent: Codable {
    let specversion, id, source, type, subject, sequence, datacontenttype: String
    let time, recordedtime: Timestamp
    let traceparent: String?
    let dataclassification: DataClassification
    let data: JSONValue?
  }

  /// Adds the feed, the status and the parked events to a service's routes.
  public func addRoutes(to router: ServiceRouter, environment: ServiceEnvironment) {
    AuditRoutes(watch: audit, transactions: transactions).add(to: router)
    // A format and a header of its own.
    router.on(
      .get, "/events", .roles(.service, reach: .wholeAuthority),
      About(
        "The events of the service in order",
        query: [
          .init("after", .integer(minimum: 0), "The sequence of the last event that is known; 0 for none."),
          .init("limit", .integer(minimum: 1), required: false, "The most events, to 100000; there may be fewer."),
        ], answer: [FeedEvent].self, downloads: [JSONBatchFormat.contentType])
    ) { [self] request, _ in try await feed(request) }
    router.read(
      "/status", .roles(.service, .operator, reach: .wholeAuthority), "How far the service's events have got"
    ) { [self] _ in try await status(environment) }
    router.read(
      "/parked", .roles(.operator, reach: .wholeAuthority), "The events that wait until a person decides"
    ) { [store] _ in ParkedEvents.List(parked: try await store.read { try ParkedEvents.all(limit: 1_000, in: $0) }) }
    for decision in IntakeLoop.Decision.allCases {
      router.write(
        .post, "/parked/{id}/\(decision.rawValue)", .roles(.operator, reach: .wholeAuthority), decision.meaning,
        path: [.init("id", .integer(minimum: 1), "The number of the parked event.")]
      ) { [self] in try await decide(decision, $0) }
    }
  }

  private func decide(_ decision: IntakeLoop.Decision, _ call: Call) async throws -> Remembered<Done> {
    let id = try call.number("Parked event", "id")
    return try await transactions.write(call.edit) { [intakes] unit in
      guard let found = try ParkedEvents.find(id, in: unit.db),
        let intake = intakes.first(where: { $0.topic == found.topic })
      else { throw Problem.notFound("Parked event") }
      try intake.decide(decision, found, in: unit)
      return Done()
    }
  }

  private func feed(_ request: Request) async throws -> Response {
    let after = try request.query("after") { Int64($0).flatMap { $0 >= 0 ? $0 : nil } }
    let limit = try request.optionalQuery("limit") { Int($0).flatMap { (1...100_000).contains($0) ? $0 : nil } }
    let (events, last) = try await store.read { [outbox, settings] db in
      (
        try outbox.events(
          after: after, limit: min(limit ?? .max, settings.feedPageEvents), maximumBytes: settings.feedPageBytes,
          in: db),
        try Outbox.lastSequence(in: db)
      )
    }
    var response = Response.bytes(try JSONBatchFormat.encode(events), contentType: JSONBatchFormat.contentType)
    if (events.last?.sequence ?? after) >= last { response.headers[FeedClient.endField] = "true" }
    return response
  }

  private func status(_ environment: ServiceEnvironment) async throws -> Status {
    let state = await relay.state
    var topics: [Status.Topic] = []
    for intake in intakes {
      let state = await intake.state
      let end = await reader.end(of: intake.topic)
      topics.append(
        .init(
          topic: intake.topic, nextOffset: state.nextOffset, lastSequence: state.lastSequence,
          lag: end.map { max(0, $0 - state.nextOffset) }, connected: state.isConnected, repairing: state.isRepairing))
    }
    let parked = try await store.read { db in
      try Row.fetchAll(
        db, sql: "SELECT topic, subject, count(*) AS events FROM parked GROUP BY topic, subject LIMIT 1000"
      ).map { Status.Parked(topic: $0["topic"], subject: $0["subject"], events: $0["events"]) }
    }
    let last = try await store.read { try Outbox.lastSequence(in: $0) }
    let waiting = await environment.health.notReady()
    let chain = try await audit.look()
    return Status(
      ready: waiting.isEmpty, waitingFor: waiting, alarms: environment.alarms.active,
      audit: .init(sound: chain.isSound, entries: chain.entries, verifiedAt: chain.verified.map(Timestamp.init)),
      outboxLast: last, acknowledged: state.acknowledged,
      outboxDepth: max(0, last - state.acknowledged), topics: topics, parked: parked)
  }
}

/// Asks the broker where topics end, with one client that is made anew after a failure.
private actor LogEnds: Service {
  private let kafka: KafkaConfiguration
  private var reader: TopicReader?

  init(_ kafka: KafkaConfiguration) { self.kafka = kafka }

  func run() async throws {
    try? await gracefulShutdown()
    await reader?.close()
    reader = nil
  }

  func end(of topic: String) async -> Int64? {
    guard let reader = try? self.reader ?? TopicReader(kafka) else { return nil }
    self.reader = reader
    if let ends = try? await reader.watermarks(of: topic, deadline: .seconds(1)) { return ends.high }
    await reader.close()
    self.reader = nil
    return nil
  }
}
