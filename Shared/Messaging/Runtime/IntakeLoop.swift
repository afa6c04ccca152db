public import Contracts
import GRDB
public import Kafka
public import Logging
import MessagingMachines
public import ServiceLifecycle
import Store

/// Reads one topic into a service's store, every event with exactly one effect: drives ``Intake`` with a real consumer.
public actor IntakeLoop: Service {
  /// The topic read.
  public nonisolated let topic: String
  /// Where the reader is.
  public private(set) var state = State()

  private let source: String
  private let transaction: IntakeTransaction
  private let store: Store
  private let kafka: KafkaConfiguration
  private let feed: any EventFeed
  private let settings: MessagingSettings
  private let logger: Logger
  private var intake = Intake(.start)

  /// - Parameters:
  ///   - service: the service whose topic is read.
  ///   - transactions: of the service that reads.
  ///   - feed: where the topic's service serves its outbox.
  public init(
    service: ServiceName, authority: String, handler: any EventHandler, transactions: Transactions,
    kafka: KafkaConfiguration, feed: any EventFeed, settings: MessagingSettings, logger: Logger
  ) {
    topic = service.topic(authority: authority)
    source = service.source(authority: authority)
    store = transactions.store
    self.kafka = kafka
    self.feed = feed
    self.settings = settings
    self.logger = logger
    transaction = IntakeTransaction(
      topic: topic, source: service, handler: handler, transactions: transactions
    ) { [topic] reason in
      logger.critical("an event is parked", metadata: ["topic": "\(topic)", "reason": "\(reason)"])
    }
  }

  /// Runs until the service shuts down. Whatever fails is tried again with a growing pause.
  public func run() async throws {
    state.kafka.begin()
    state.lastProgress = .now
    try await cancelWhenGracefulShutdown { try await self.loop() }
  }

  /// The reader was seen to be at the end of its topic.
  func isAtEnd() { state.lastProgress = .now }

  private func loop() async throws {
    var attempt = 0
    while !Task.isCancelled {
      do {
        try await follow { attempt = 0 }
      } catch is CancellationError {
        return
      } catch StoreError.superseded {
        throw StoreError.superseded
      } catch let error as KafkaError {
        state.kafka.failed(error, topic, logger)
      } catch {
        logger.warning("the topic is not read", metadata: ["topic": "\(topic)", "error": "\(error)"])
      }
      state.isConnected = false
      attempt += 1
      try await pause(attempt)
    }
  }

  /// Reads with one client until something fails.
  private func follow(_ progress: () -> Void) async throws {
    let topic = topic
    intake = Intake(try await store.read { try Positions.load(topic: topic, in: $0) })
    publishState()
    let consumer = try Consumer(kafka)
    do {
      try await consumer.assign([topic: .absolute(intake.position.nextOffset)])
      if state.kafka.fault == nil { state.kafka.answered(topic, logger) }
      var lastRecord = ContinuousClock.now
      while !Task.isCancelled {
        let batch = try await consumer.nextBatch(
          max: settings.intakeBatch, wait: .milliseconds(settings.pollMillis))
        try await take(batch, from: consumer)
        if !batch.isEmpty {
          lastRecord = .now
        } else if lastRecord.duration(to: .now) > .milliseconds(settings.quietMillis) {
          try await askFeedInQuiet()
          lastRecord = .now
        }
        if !state.isConnected || !batch.isEmpty { state.kafka.answered(topic, logger) }
        state.isConnected = true
        progress()
      }
    } catch {
      await consumer.close()
      throw error
    }
    await consumer.close()
  }

  private func take(_ batch: [ConsumerEvent], from consumer: Consumer) async throws {
    var records: [Kafka.Record] = []
    for item in batch {
      switch item {
      case .record(let record): records.append(record)
      case .failed(_, let error) where error.isOffsetOutOfRange:
        try await take(records)
        records = []
        logger.notice("the log was replaced; reading it again", metadata: ["topic": "\(topic)"])
        for case .consume(let offset) in intake.step(.logReplaced) {
          try await consumer.assign([topic: offset == 0 ? .beginning : .absolute(offset)])
        }
      case .failed(_, let error): throw error
      }
    }
    try await take(records)
  }

  /// A log that was cut where this reader stands looks like one in which nothing happens: the feed tells which it is.
  private func askFeedInQuiet() async throws {
    guard !stepAndPublish(.quiet).isEmpty else { return }
    do {
      try await followFeed()
    } catch let error where error is StoreError || error is DatabaseError {
      throw error
    } catch {
      logger.debug("the feed is not there either", metadata: ["topic": "\(topic)", "error": "\(error)"])
      _ = stepAndPublish(.feedUnavailable)
    }
  }

  private func stepAndPublish(_ input: Intake.Input) -> [Intake.Action] {
    defer { publishState() }
    return intake.step(input)
  }

  /// Takes records in order; every step either moves forward or throws.
  private func take(_ records: [Kafka.Record]) async throws {
    var index = 0
    var damagedOffset: Int64?
    while index < records.count {
      let (plan, next, machine, repair) = plan(records[index...], damagedOffset: damagedOffset)
      switch try await commit(plan.map(\.planned), isAuthoritative: false) {
      case .all:
        intake = machine
        index = next
      case .damaged(let at):
        index = plan[at].record
        damagedOffset = records[index].offset
        intake = Intake(try await store.read { [topic] in try Positions.load(topic: topic, in: $0) })
        continue
      }
      publishState()
      if repair { try await followFeed() }
    }
  }

  private typealias Step = (record: Int, planned: IntakeTransaction.Planned)

  /// As many records as can be dealt with in one transaction before the feed is needed.
  private func plan(
    _ records: ArraySlice<Kafka.Record>, damagedOffset: Int64?
  ) -> (plan: [Step], next: Int, machine: Intake, needsFeed: Bool) {
    var machine = intake
    var plan: [Step] = []
    for index in records.indices {
      let record = records[index]
      let (event, arrival) = read(record, isDamaged: record.offset == damagedOffset)
      for action in machine.step(.record(offset: record.offset, arrival)) {
        switch action {
        case .apply(let position): plan.append((index, .init(event: event, position: position)))
        case .skip(let position): plan.append((index, .init(event: nil, position: position)))
        case .alarm(let alarm): logger.error("intake alarm", metadata: ["topic": "\(topic)", "alarm": "\(alarm)"])
        case .fetchFeed: return (plan, index, machine, true)
        case .resume, .consume: continue
        }
      }
    }
    return (plan, records.endIndex, machine, false)
  }

  private func read(_ record: Kafka.Record, isDamaged: Bool) -> (Event?, Intake.Arrival) {
    let headers = record.headers.map { (name: $0.name, value: $0.value) }
    guard let event = try? KafkaBinding.event(headers: headers, value: record.value), event.source == source else {
      return (nil, .unreadable)
    }
    let hasData = event.data != nil && event.dataRef == nil && !isDamaged
    return (event, hasData ? .event(sequence: event.sequence) : .withoutData(sequence: event.sequence))
  }

  /// Fetches from the feed until the machine says that the topic can be followed again.
  private func followFeed() async throws {
    let first = intake.position.lastSequence
    defer {
      if intake.position.lastSequence > first {
        logger.notice(
          "events were fetched from the feed",
          metadata: ["topic": "\(topic)", "after": "\(first)", "through": "\(intake.position.lastSequence)"])
      }
    }
    var fetched: FeedPage?
    while intake.isRepairing {
      let page = if let fetched { fetched } else { try await feed.page(after: intake.position.lastSequence) }
      var machine = intake
      var plan: [IntakeTransaction.Planned] = []
      for event in page.events where event.source == source {
        for case .apply(let position) in machine.step(.feedEvent(sequence: event.sequence)) {
          plan.append(.init(event: event, position: position))
        }
      }
      let reached = machine.position
      let alarms = machine.step(.feedPageEnded(isLast: page.isLast))
      let after = machine.isRepairing && !page.isLast && reached != intake.position ? reached.lastSequence : nil
      // The next page is on its way while this one is applied.
      async let next = ahead(after: after)
      _ = try await commit(plan, isAuthoritative: true)
      let before = intake.position
      intake = machine
      publishState()
      for case .alarm(let alarm) in alarms {
        logger.critical("intake alarm", metadata: ["topic": "\(topic)", "alarm": "\(alarm)"])
      }
      if intake.isRepairing, intake.position == before { throw FeedError.unreadable }
      fetched = try await next
    }
  }

  private nonisolated func ahead(after sequence: Int64?) async throws -> FeedPage? {
    guard let sequence else { return nil }
    return try await feed.page(after: sequence)
  }

  private func commit(
    _ plan: [IntakeTransaction.Planned], isAuthoritative: Bool
  ) async throws -> IntakeTransaction.Outcome {
    guard !plan.isEmpty else { return .all }
    return try await store.write { [transaction] db in
      try transaction.run(plan, isAuthoritative: isAuthoritative, in: db)
    }
  }

  /// What a person decides about a subject's parked events.
  enum Decision: String, CaseIterable, Sendable {
    /// Try them again, from the first on.
    case retry
    /// Give the first one up and try those behind it.
    case discard

    var meaning: String {
      switch self {
      case .retry: "Try the parked events of a subject again, from the first on"
      case .discard: "Give up the first parked event of a subject and try those behind it"
      }
    }
  }

  /// Carries a decision out about the subject of a parked event.
  nonisolated func decide(_ decision: Decision, _ parked: ParkedEvents.Summary, in unit: UnitOfWork) throws {
    try unit.audit(
      AuditAction("parked.\(decision.rawValue)"), of: .record(parked.subject),
      ["topic": topic, "sequence": parked.sequence])
    switch decision {
    case .retry: try transaction.retry(subject: parked.subject, in: unit.db)
    case .discard: try transaction.discard(subject: parked.subject, in: unit.db)
    }
  }

  private func pause(_ attempt: Int) async throws {
    var random = SystemRandomNumberGenerator()
    let backoff = Backoff(firstMillis: settings.firstPauseMillis, longestMillis: settings.longestPauseMillis)
    try? await Task.sleep(for: .milliseconds(backoff.pauseMillis(attempt: attempt, using: &random)))
  }

  private func publishState() {
    if state.lastSequence != intake.position.lastSequence { state.lastProgress = .now }
    state.nextOffset = intake.position.nextOffset
    state.lastSequence = intake.position.lastSequence
    state.isRepairing = intake.isRepairing
  }
}
