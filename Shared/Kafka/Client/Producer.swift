import CRdKafka
import Dispatch
import Foundation
import Synchronization

/// Sends records in order: idempotent, acknowledged by all replicas.
///
/// After a fatal error, or when the order must begin anew, ``abandon()`` it and make another; the log says where to go
/// on. Deliveries are fetched with ``nextDeliveries(max:)``, which is the back-pressure: nothing is pushed.
public final class Producer: Sendable {
  private let core: ProducerCore

  /// Makes a client. Nothing is asked of the broker yet.
  ///
  /// - Throws: ``KafkaError`` when a property is unknown or its value invalid.
  public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    core = try ProducerCore(configuration)
    core.start()
  }

  deinit { core.stop(flushMillis: 0) }

  /// Asks the broker for a topic's partitions, before the first record to it: librdkafka 2.0.2 frees the headers of a
  /// record twice when there is no such partition. Asked again it returns at once.
  ///
  /// - Throws: ``KafkaError`` with the cause: the topic is unknown or not allowed, or Kafka does not answer in time.
  public func prepare(_ topic: String, deadline: Duration = .seconds(5)) async throws(KafkaError) {
    try await core.prepare(topic, deadline)
  }

  /// What librdkafka last said of its connections, where it said more than that no broker is there.
  public var trouble: KafkaError? { core.trouble }

  /// Puts a record into the queue and returns; its delivery comes back with the token.
  ///
  /// - Throws: ``KafkaError``: the queue is full, the record too large, the topic not prepared, the client closed.
  public func send(_ record: OutgoingRecord, token: Int64) throws(KafkaError) { try core.send(record, token: token) }

  /// Waits for deliveries and takes up to so many of them.
  ///
  /// A fatal error comes as a failed delivery with token 0. One caller at a time.
  ///
  /// - Returns: `nil` once the client is closed and everything was taken.
  public func nextDeliveries(max: Int) async -> [Delivery]? { await core.nextDeliveries(max: max) }

  /// Waits until everything sent is delivered, no longer than the deadline, and releases the client. What is not
  /// delivered then fails.
  public func close(deadline: Duration) async {
    core.stop(flushMillis: deadline.millis)
    await core.ended()
  }

  /// Throws everything in flight away and releases the client. A release that takes longer than two seconds goes on by
  /// itself.
  public func abandon() async {
    core.stop(flushMillis: 0)
    await core.ended()
  }
}

/// What a producer and its thread share.
private final class ProducerCore: Sendable {
  private let client: ClientHandle
  private let state = Mutex(State())

  private struct State: Sendable {
    var topics: [String: TopicHandle] = [:]
    var deliveries: [Delivery] = []
    var waiter: CheckedContinuation<Void, Never>?
    var flushMillis: Int32?
    var hasEnded = false
    var endWaiters: [CheckedContinuation<Void, Never>] = []
  }

  /// A topic handle. Sendable because librdkafka's topic functions may be called from any thread; it is made, used and
  /// destroyed under the state's lock.
  private struct TopicHandle: @unchecked Sendable { let pointer: OpaquePointer }

  init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    client = try ClientHandle(RD_KAFKA_PRODUCER, configuration.producerProperties) {
      rd_kafka_conf_set_events($0, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
    }
  }

  func start() {
    let thread = Thread { self.serve() }
    thread.name = "kafka.producer"
    thread.start()
  }

  func send(_ record: OutgoingRecord, token: Int64) throws(KafkaError) {
    let failure = state.withLock { state -> KafkaError? in
      guard state.flushMillis == nil else { return .closed }
      guard let topic = state.topics[record.topic] else { return KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) }
      return produce(record, token: token, on: topic.pointer)
    }
    if let failure { throw failure }
  }

  var trouble: KafkaError? { client.trouble.latest.flatMap { $0.isVague ? nil : $0 } }

  func prepare(_ topic: String, _ deadline: Duration) async throws(KafkaError) {
    guard state.withLock({ $0.topics[topic] == nil }) else { return }
    _ = try await client.ask(within: deadline + .milliseconds(500)) { client in
      client.existingPartitions(of: topic, timeoutMillis: deadline.millis)
    }
    let failure = state.withLock { state -> KafkaError? in
      guard state.flushMillis == nil else { return .closed }
      guard state.topics[topic] == nil else { return nil }
      guard let pointer = rd_kafka_topic_new(client.pointer, topic, nil) else {
        return KafkaError(rd_kafka_last_error())
      }
      state.topics[topic] = TopicHandle(pointer: pointer)
      return nil
    }
    if let failure { throw failure }
  }

  private func produce(_ record: OutgoingRecord, token: Int64, on topic: OpaquePointer) -> KafkaError? {
    var headers: OpaquePointer?
    if !record.headers.isEmpty {
      headers = rd_kafka_headers_new(record.headers.count)
      for header in record.headers {
        header.value.withUnsafeBytes { value in
          _ = rd_kafka_header_add(headers, header.name, -1, value.baseAddress, value.count)
        }
      }
    }
    let error = record.key.withUnsafeBytes { key in
      (record.value ?? []).withUnsafeBytes { value in
        withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 7) { arguments in
          func set(_ index: Int, _ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
            var argument = rd_kafka_vu_t()
            argument.vtype = type
            fill(&argument)
            arguments.initializeElement(at: index, to: argument)
          }
          set(0, RD_KAFKA_VTYPE_RKT) { $0.u.rkt = topic }
          set(1, RD_KAFKA_VTYPE_PARTITION) { $0.u.i32 = 0 }
          set(2, RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = RD_KAFKA_MSG_F_COPY }
          set(3, RD_KAFKA_VTYPE_KEY) {
            $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: key.baseAddress)
            $0.u.mem.size = key.count
          }
          set(4, RD_KAFKA_VTYPE_VALUE) {
            $0.u.mem.ptr = record.value == nil ? nil : UnsafeMutableRawPointer(mutating: value.baseAddress)
            $0.u.mem.size = value.count
          }
          set(5, RD_KAFKA_VTYPE_OPAQUE) { $0.u.ptr = UnsafeMutableRawPointer(bitPattern: Int(token)) }
          var count = 6
          if let headers {
            set(6, RD_KAFKA_VTYPE_HEADERS) { $0.u.headers = headers }
            count = 7
          }
          return rd_kafka_produceva(client.pointer, arguments.baseAddress, count)
        }
      }
    }
    guard let error else { return nil }
    defer { rd_kafka_error_destroy(error) }
    if let headers { rd_kafka_headers_destroy(headers) }
    return KafkaError(
      rd_kafka_error_code(error), isFatal: rd_kafka_error_is_fatal(error) != 0,
      isRetriable: rd_kafka_error_is_retriable(error) != 0, reason: String(cString: rd_kafka_error_string(error)))
  }

  func nextDeliveries(max: Int) async -> [Delivery]? {
    while true {
      let (taken, hasEnded) = state.withLock { state -> ([Delivery], Bool) in
        let taken = state.deliveries.count <= max ? state.deliveries : Array(state.deliveries.prefix(max))
        if taken.count == state.deliveries.count {
          state.deliveries.removeAll(keepingCapacity: true)
        } else {
          state.deliveries.removeFirst(taken.count)
        }
        return (taken, state.hasEnded)
      }
      if !taken.isEmpty { return taken }
      if hasEnded { return nil }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.deliveries.isEmpty || state.hasEnded { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }

  /// Asks the thread to end; the first call decides about the flush.
  func stop(flushMillis: Int32) {
    state.withLock { state in
      guard state.flushMillis == nil else { return }
      state.flushMillis = flushMillis
      // Wakes the thread out of its wait. Under the lock, because the thread releases the client once it has seen the
      // value above.
      if let queue = rd_kafka_queue_get_main(client.pointer) {
        rd_kafka_queue_yield(queue)
        rd_kafka_queue_destroy(queue)
      }
    }
  }

  func ended() async {
    await withCheckedContinuation { continuation in
      let hasEnded = state.withLock { state in
        if !state.hasEnded { state.endWaiters.append(continuation) }
        return state.hasEnded
      }
      if hasEnded { continuation.resume() }
    }
  }

  /// The thread: waits inside librdkafka, hands deliveries over in batches, releases everything at the end.
  private func serve() {
    guard let queue = rd_kafka_queue_get_main(client.pointer) else { return finish() }
    var flushMillis: Int32?
    while flushMillis == nil {
      take(from: queue, timeoutMillis: 200)
      flushMillis = state.withLock(\.flushMillis)
    }
    let deadline = ContinuousClock.now + .milliseconds(Int64(flushMillis ?? 0))
    while rd_kafka_outq_len(client.pointer) > 0, .now < deadline {
      take(from: queue, timeoutMillis: min(50, ContinuousClock.now.duration(to: deadline).millis))
    }
    rd_kafka_purge(client.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
    while take(from: queue, timeoutMillis: 0) {}
    rd_kafka_queue_destroy(queue)
    finish()
  }

  private func finish() {
    let topics = state.withLock { state in
      defer { state.topics = [:] }
      return state.topics.values.map(\.pointer)
    }
    for topic in topics { rd_kafka_topic_destroy(topic) }
    let released = DispatchSemaphore(value: 0)
    client.release { released.signal() }
    _ = released.wait(timeout: .now() + .seconds(2))
    let waiting = state.withLock { state in
      state.hasEnded = true
      defer {
        state.waiter = nil
        state.endWaiters = []
      }
      return state.endWaiters + [state.waiter].compactMap { $0 }
    }
    for waiter in waiting { waiter.resume() }
  }

  /// Takes one event and what it holds. `false` when there was none.
  @discardableResult
  private func take(from queue: OpaquePointer, timeoutMillis: Int32) -> Bool {
    guard let event = rd_kafka_queue_poll(queue, timeoutMillis) else { return false }
    defer { rd_kafka_event_destroy(event) }
    var batch: [Delivery] = []
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_DR:
      batch.reserveCapacity(rd_kafka_event_message_count(event))
      while let message = rd_kafka_event_message_next(event) {
        let token = Int64(Int(bitPattern: message.pointee._private))
        let code = message.pointee.err
        batch.append(
          Delivery(
            token: token,
            result: code == RD_KAFKA_RESP_ERR_NO_ERROR ? .success(message.pointee.offset) : .failure(KafkaError(code))))
      }
    case RD_KAFKA_EVENT_ERROR:
      guard rd_kafka_event_error_is_fatal(event) != 0 else {
        let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
        client.trouble.note(KafkaError(rd_kafka_event_error(event), reason: text))
        return true
      }
      batch.append(
        Delivery(token: 0, result: .failure(client.fatalError ?? KafkaError(RD_KAFKA_RESP_ERR__FATAL, isFatal: true))))
    default: return true
    }
    let waiter = state.withLock { state in
      state.deliveries.append(contentsOf: batch)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
    return true
  }
}
