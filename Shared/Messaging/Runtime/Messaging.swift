public import AsyncHTTPClient
public import Contracts
import CoreMetrics
import Foundation
import GRDB
import Hummingbird
public import Kafka
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
  public var services: [any Service] { [resources, relay] + intakes + [ends, audit] }

  private let relay: RelayLoop
  private let intakes: [IntakeLoop]
  private let transactions: Transactions
  private let settings: MessagingSettings
  private let ends: LogWatch
  private let audit: AuditWatch
  private let resources: ResourceWatch

  private var store: Store { transactions.store }
  private var outbox: Outbox { transactions.outbox }

  /// - Parameters:
  ///   - service: the service itself.
  ///   - subscriptions: the topics it follows.
  /// - Throws: `ConfigurationError` when a property of Kafka's client is wrong.
  public init(
    _ service: ServiceName, _ transactions: Transactions, subscriptions: [Subscription],
    environment: ServiceEnvironment, settings: MessagingSettings = MessagingSettings()
  ) throws(ConfigurationError) {
    let configuration = environment.configuration
    let kafka = try Self.kafka(service, configuration)
    var settings = settings
    settings.behindSeconds = Double(configuration.readerBehindSeconds)
    let (store, clock) = (transactions.store, transactions.clock)
    self.transactions = transactions
    self.settings = settings
    relay = RelayLoop(
      outbox: transactions.outbox, store: store, kafka: kafka, settings: settings, logger: environment.logger)
    let intakes = subscriptions.map { [settings] in
      IntakeLoop(
        service: $0.service, authority: configuration.authority, handler: $0.handler, transactions: transactions,
        kafka: kafka, feed: $0.feed, settings: settings, logger: environment.logger)
    }
    self.intakes = intakes
    ends = LogWatch(kafka, readers: intakes, settings: settings, logger: environment.logger)
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
    try self.init(service, transactions, subscriptions: subscriptions, environment: environment)
  }

  /// How a program reaches Kafka, under a name of its own: `880.registers`.
  ///
  /// - Throws: `ConfigurationError` when a property is unknown, its value invalid or a file that it names not there. Names
  ///   the property, never the value.
  public static func kafka(
    _ service: ServiceName, _ configuration: ServiceConfiguration
  ) throws(ConfigurationError) -> KafkaConfiguration {
    let kafka = KafkaConfiguration(
      bootstrapServers: configuration.kafkaBootstrapServers, name: service.topic(authority: configuration.authority),
      properties: configuration.kafkaProperties)
    do { try kafka.check() } catch {
      throw ConfigurationError(key: ServiceConfiguration.kafkaPropertiesKey.name, reason: error.reason)
    }
    return kafka
  }

  /// The feed of another service over HTTP, with this service's token.
  public static func feed(
    base: String, environment: ServiceEnvironment, http: HTTPClient = OutgoingHTTP.shared,
    settings: MessagingSettings = MessagingSettings()
  ) -> any EventFeed {
    FeedClient(base: base, http: http, settings: settings) { try environment.feedToken() }
  }

  private func register(_ environment: ServiceEnvironment) {
    environment.health.requireNo { [relay, topic = outbox.topic] in
      await relay.state.trouble.map { "publishing to \(topic) (\($0))" }
    }
    for intake in intakes {
      environment.health.requireNo { [ends, settings] in
        let (standing, isRepairing) = (await ends.standing(of: intake), await intake.state.isRepairing)
        return standing.reason(isRepairing: isRepairing, settings: settings)
          .map { "reading \(intake.topic) (\($0))" }
      }
    }
    environment.health.require("store") { [store] in (try? await store.read { try store.isCurrent($0) }) ?? false }
    environment.health.requireNo { [resources] in await resources.look() }
    environment.metrics.gauge("store_wal_bytes") { [store] in [([], Double(store.walBytes))] }
    environment.metrics.gauge("store_free_bytes") { [store] in [([], Double(store.freeBytes ?? -1))] }
    environment.metrics.gauge("audit_breaks") { [audit] in
      let state = try? await audit.state()
      return [([], Double(state?.breaks.filter { $0.acknowledgement == nil }.count ?? -1))]
    }
    environment.metrics.gauge("outbox_depth") { [relay] in [([], Double(await relay.state.depth))] }
    environment.metrics.gauge("relay_connected") { [relay] in [([], await relay.state.trouble == nil ? 1 : 0)] }
    environment.metrics.gauge("relay_answer_age_seconds") { [relay] in
      await relay.state.answerAgeSeconds.map { [([], $0)] } ?? []
    }
    environment.metrics.gauge("kafka_clients_given_up") { [([], Double(KafkaConfiguration.clientsGivenUp))] }
    gauge(environment, "intake_connected") { $0.isConnected ? 1 : 0 }
    gauge(environment, "intake_lag_events") { $0.lagEvents.map(Double.init) }
    gauge(environment, "intake_lag_seconds") { $0.lagSeconds }
    gauge(environment, "intake_progress_age_seconds") { $0.progressAgeSeconds }
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

  /// A figure of each reader, by topic.
  private func gauge(
    _ environment: ServiceEnvironment, _ name: String, _ value: @escaping @Sendable (LogWatch.Standing) -> Double?
  ) {
    environment.metrics.gauge(name) { [ends, intakes] in
      var values: [(labels: [(String, String)], Double)] = []
      for intake in intakes {
        if let value = value(await ends.standing(of: intake)) { values.append(([("topic", intake.topic)], value)) }
      }
      return values
    }
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
      let standing = await ends.standing(of: intake)
      topics.append(
        .init(
          topic: intake.topic, nextOffset: state.nextOffset, lastSequence: state.lastSequence,
          lag: standing.lagEvents, lagSeconds: standing.lagSeconds, progressAgeSeconds: standing.progressAgeSeconds,
          connected: standing.isConnected, repairing: state.isRepairing, fault: standing.fault))
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
