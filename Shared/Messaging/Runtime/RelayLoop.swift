import Contracts
import GRDB
public import Kafka
public import Logging
import MessagingMachines
public import ServiceLifecycle
public import Store

/// Sends a service's outbox to its topic: drives ``Relay`` with a real producer.
public actor RelayLoop: Service {
  /// Where the relay is, for people and readiness.
  public struct State: Sendable, Hashable {
    /// The highest sequence in the outbox.
    public var outboxLast: Int64 = 0
    /// The highest sequence the log is known to hold.
    public var acknowledged: Int64 = 0
    /// Whether it can publish now.
    public var isSending = false
    /// Why it stopped for good, if it did.
    public var stopped: String?
    /// Whether Kafka takes what it sends.
    var kafka = KafkaState()

    /// Why it cannot publish; `nil` when it can.
    public var trouble: String? { stopped ?? kafka.reasonOrSilence }
    /// How long ago Kafka last answered, seconds; `nil` while the relay does not run.
    public var answerAgeSeconds: Double? { kafka.ageSeconds }

    /// How many events wait.
    public var depth: Int64 { max(0, outboxLast - acknowledged) }
  }

  private enum LoopInput: Sendable {
    case relay(Relay.Input)
    case delivery(client: Int, [Delivery])
  }

  /// Where the relay is.
  public private(set) var state = State() {
    didSet { if state != oldValue { for observer in observers { observer.yield(state) } } }
  }
  private var observers: [AsyncStream<State>.Continuation] = []

  private let outbox: Outbox
  private let store: Store
  private let kafka: KafkaConfiguration
  private let settings: MessagingSettings
  private let logger: Logger
  private let inputs: AsyncStream<LoopInput>
  private let inputsEnd: AsyncStream<LoopInput>.Continuation
  private var relay: Relay
  private var producer: Producer?
  private var client = 0
  private var deliveries: Task<Void, Never>?
  private var reader: TopicReader?
  /// Whether the last record that was sent was refused.
  private var isRefused = false

  public init(outbox: Outbox, store: Store, kafka: KafkaConfiguration, settings: MessagingSettings, logger: Logger) {
    self.outbox = outbox
    self.store = store
    self.kafka = kafka
    self.settings = settings
    self.logger = logger
    relay = Relay(window: settings.relayWindow)
    (inputs, inputsEnd) = AsyncStream.makeStream()
  }

  /// Where the relay is, now and at every change; for one that waits for it.
  public func states() -> AsyncStream<State> {
    let (stream, observer) = AsyncStream<State>.makeStream(bufferingPolicy: .bufferingNewest(1))
    observer.yield(state)
    observers.append(observer)
    return stream
  }

  /// Runs until the service shuts down; what is not sent then is sent at the next start.
  ///
  /// - Throws: ``StoreError/superseded`` when another process owns the store.
  public func run() async throws {
    state.kafka.begin()
    do {
      try await cancelWhenGracefulShutdown { try await self.loop() }
    } catch is CancellationError {
      // A pause between two attempts ends so when the program shuts down, and with it the relay.
      await closeClient()
    }
  }

  private func loop() async throws {
    let ticks = Task { [inputsEnd, interval = settings.tailCheckMillis] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(interval))
        inputsEnd.yield(.relay(.tick))
      }
    }
    let growth = Task { [inputsEnd, outbox, store] in
      for await _ in outbox.grown.stream {
        if let last = try? await Store.patiently({ try await store.read { try Outbox.lastSequence(in: $0) } }) {
          inputsEnd.yield(.relay(.outboxGrew(through: last)))
        }
      }
    }
    defer {
      ticks.cancel()
      growth.cancel()
    }
    try await makeClient(attempt: 0)
    for await input in inputs {
      try await take(input)
      if Task.isCancelled { break }
    }
    await closeClient()
  }

  private func take(_ input: LoopInput) async throws {
    switch input {
    case .relay(let input): try await step(input)
    case .delivery(let number, let batch):
      guard number == client else { return }
      for delivery in batch {
        switch delivery.result {
        case .success(let offset):
          isRefused = false
          state.kafka.answered(outbox.topic, logger)
          try await step(.acknowledged(sequence: delivery.token, offset: offset))
        case .failure(let error) where error.isMessageTooLarge: try await step(.tooLarge(sequence: delivery.token))
        case .failure(let error):
          refused(error)
          try await step(.failed)
        }
      }
    }
    state.outboxLast = relay.outboxLast
    state.acknowledged = relay.acknowledged
    state.isSending = relay.isSending
    // What was refused is in the log all the same.
    if relay.isDrained, isRefused {
      isRefused = false
      state.kafka.answered(outbox.topic, logger)
    }
  }

  private func step(_ input: Relay.Input) async throws {
    var inputs = [input]
    while !inputs.isEmpty {
      for action in relay.step(inputs.removeFirst()) { inputs += try await perform(action) }
    }
  }

  /// Does what the relay wants; answers what came of it.
  private func perform(_ action: Relay.Action) async throws -> [Relay.Input] {
    switch action {
    case .readTail: return try await readTail()
    case .findRefillStart:
      let first = try await read { [outbox, settings] in
        try outbox.refillStart(maximumBytes: settings.refillBytes, in: $0)
      }
      return [.refillStart(first)]
    case .publish(let first, let last, let pointers): return try await publish(first, last, pointers)
    case .replaceClient(let attempt):
      try await makeClient(attempt: attempt)
      return []
    case .stop(.superseded): throw StoreError.superseded
    case .stop(.forked(let sequence)):
      state.stopped = "the log holds an event \(sequence) that this store never wrote"
      logger.critical("relay stopped: \(state.stopped ?? "")", metadata: ["topic": "\(outbox.topic)"])
      await closeClient()
      return []
    }
  }

  private func readTail() async throws -> [Relay.Input] {
    let last = try await read { try Outbox.lastSequence(in: $0) }
    do {
      let reader = try self.reader ?? TopicReader(kafka)
      self.reader = reader
      let tail = try await reader.tail(of: outbox.topic, deadline: .milliseconds(settings.requestMillis))
      // What was sent and refused is not mended by an answer to a question.
      if !isRefused { state.kafka.answered(outbox.topic, logger) }
      guard let record = tail else {
        return [.outboxGrew(through: last), .tail(.empty)]
      }
      let headers = record.headers.map { (name: $0.name, value: $0.value) }
      guard let event = try? KafkaBinding.event(headers: headers, value: record.value), event.source == outbox.source
      else { return [.outboxGrew(through: last), .tail(.unreadable)] }
      let own = try await read { [outbox] db in
        try outbox.events(after: event.sequence - 1, limit: 1, maximumBytes: .max, in: db).first
      }
      // The envelope only: damaged data at the end must not stop the relay, and a copy of this store that went its own
      // way has the same identity but not the same events.
      let isOurs = own?.pointing(at: "") == event.pointing(at: "")
      return [
        .outboxGrew(through: last), .tail(.last(sequence: event.sequence, offset: record.offset, isOurs: isOurs)),
      ]
    } catch let error as KafkaError {
      state.kafka.failed(error, outbox.topic, logger)
      reader = nil
      return [.tailUnavailable]
    }
  }

  private func publish(_ first: Int64, _ last: Int64, _ pointers: Set<Int64>) async throws -> [Relay.Input] {
    guard let producer else { return [.failed] }
    do throws(KafkaError) {
      try await producer.prepare(outbox.topic, deadline: .milliseconds(settings.requestMillis))
    } catch {
      refused(error)
      return [.failed]
    }
    var next = first
    while next <= last {
      let page = try await read { [outbox, store, settings, next] db -> [Event]? in
        guard try store.isCurrent(db) else { return nil }
        return try outbox.events(
          after: next - 1, limit: Int(last - next + 1), maximumBytes: settings.feedPageBytes, in: db)
      }
      guard let page else { return [.superseded] }
      guard !page.isEmpty else { return [.failed] }
      for event in page {
        do throws(KafkaError) {
          try producer.send(record(event, asPointer: pointers.contains(event.sequence)), token: event.sequence)
        } catch {
          if error.isMessageTooLarge { return [.tooLarge(sequence: event.sequence)] }
          refused(error)
          return [.failed]
        }
        next = event.sequence + 1
      }
    }
    return []
  }

  private func refused(_ error: KafkaError) {
    isRefused = true
    state.kafka.failed(producer?.trouble ?? error, outbox.topic, logger)
  }

  /// Reads the store; waits while the system does not let it be read.
  private func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    try await Store.patiently { [store] in try await store.read(body) }
  }

  private func record(_ event: Event, asPointer: Bool) -> OutgoingRecord {
    let isLarge = (event.data?.count ?? 0) > settings.maximumRecordBytes
    let event = asPointer || isLarge ? event.pointing(at: "/events?after=\(event.sequence - 1)&limit=1") : event
    return OutgoingRecord(
      topic: outbox.topic, key: Array(event.subject.utf8), value: event.data,
      headers: KafkaBinding.headers(of: event).map { Header(name: $0.name, value: $0.value) })
  }

  private func closeClient() async {
    deliveries?.cancel()
    deliveries = nil
    await producer?.abandon()
    producer = nil
  }

  /// Throws the client away and makes another; a pause that grows keeps a dead broker from being hammered.
  private func makeClient(attempt: Int) async throws {
    client += 1
    await closeClient()
    var attempt = attempt
    while producer == nil {
      if attempt > 0 {
        var random = SystemRandomNumberGenerator()
        let backoff = Backoff(firstMillis: settings.firstPauseMillis, longestMillis: settings.longestPauseMillis)
        try await Task.sleep(for: .milliseconds(backoff.pauseMillis(attempt: attempt, using: &random)))
      }
      attempt += 1
      do {
        producer = try Producer(kafka)
      } catch {
        logger.error("no Kafka client can be made", metadata: ["error": "\(error)"])
      }
    }
    guard let producer else { return }
    deliveries = Task { [inputsEnd, client, logger] in
      while let batch = await producer.nextDeliveries(max: 1024) {
        if case .failure(let error)? = batch.first(where: { $0.isFailure })?.result {
          logger.debug("a delivery failed", metadata: ["error": "\(error)"])
        }
        inputsEnd.yield(.delivery(client: client, batch))
      }
      inputsEnd.yield(.delivery(client: client, [Delivery.clientLost]))
    }
    inputsEnd.yield(.relay(.clientReady))
  }
}
