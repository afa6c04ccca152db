public import Contracts
import GRDB
import Kafka
public import Logging
import MessagingMachines
public import ServiceKit
public import ServiceLifecycle
import Store

/// Reads one topic into a service's store, every event with exactly one effect: drives ``Intake`` with a real consumer.
public actor IntakeLoop: Service {
  /// The topic read.
  public nonisolated let topic: String
  /// Where the reader is.
  public internal(set) var state = State() {
    didSet { if state != oldValue { observers.yield(state) } }
  }
  private let observers = Observers<State>()

  let service: ServiceName
  let source: String
  let transactions: Transactions
  let feed: any EventFeed
  let settings: MessagingSettings
  let logger: Logger
  let alarms: Alarms?
  var intake = Intake(.start)
  /// The last event that was dealt with, the source's key, and the parts of the source's life that it has left.
  var chain = ChainEnd(sequence: 0, epoch: nil, link: .origin)
  var key: LinkKey?
  var left: Set<String> = []
  /// The offsets of records whose data turned out not to be readable, and of those that the source did not sign.
  var doubted: (damaged: Set<Int64>, forged: Set<Int64>) = ([], [])

  var store: Store { transactions.store }

  private let transaction: IntakeTransaction
  private let log: any EventLog

  /// - Parameters:
  ///   - service: the service whose topic is read.
  ///   - transactions: of the service that reads.
  ///   - feed: where the topic's service serves its outbox.
  ///   - alarms: where it says that the topic cannot be followed.
  public init(
    service: ServiceName, authority: String, handler: any EventHandler, transactions: Transactions,
    log: any EventLog, feed: any EventFeed, settings: MessagingSettings, logger: Logger, alarms: Alarms? = nil
  ) {
    topic = service.topic(authority: authority)
    source = service.source(authority: authority)
    self.service = service
    self.transactions = transactions
    self.alarms = alarms
    self.log = log
    self.feed = feed
    self.settings = settings
    self.logger = logger
    transaction = IntakeTransaction(
      topic: topic, source: service, handler: handler, transactions: transactions
    ) { [topic] reason in
      logger.critical("an event is parked", metadata: ["topic": "\(topic)", "reason": "\(reason)"])
    }
  }

  /// Where the reader is, now and at every change; for one that waits for it.
  func states() -> AsyncStream<State> { observers.stream(from: state) }

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
      } catch FeedError.forked {
        if try await heals() { attempt = 0 }
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

  /// Goes back to where the source was restored to; says why when that cannot be.
  ///
  /// - Returns: whether the topic can be followed at once.
  private func heals() async throws -> Bool {
    do {
      try await reconcile()
      return true
    } catch let fork as SourceFork {
      state.fork = fork.words(topic)
      alarms?.raise("fork \(topic)", fork.words(topic))
    } catch StoreError.superseded {
      throw StoreError.superseded
    } catch {
      logger.warning("the source cannot be compared", metadata: ["topic": "\(topic)", "error": "\(error)"])
    }
    return false
  }

  /// Reads with one client until something fails.
  private func follow(_ progress: () -> Void) async throws {
    let topic = topic
    doubted = ([], [])
    try await greet()
    state.fork = nil
    alarms?.clear("fork \(topic)")
    try await raiseBeyondFork()
    publishState()
    let consumer = try log.makeConsumer()
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
          try await raiseBeyondFork()
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

  private func take(_ batch: [ConsumerEvent], from consumer: any LogConsumer) async throws {
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

  func stepAndPublish(_ input: Intake.Input) -> [Intake.Action] {
    defer { publishState() }
    return intake.step(input)
  }

  func commit(
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

  func publishState() {
    if state.lastSequence != intake.position.lastSequence { state.lastProgress = .now }
    state.nextOffset = intake.position.nextOffset
    state.lastSequence = intake.position.lastSequence
    state.isRepairing = intake.isRepairing
  }
}
