import CRdKafka
import Foundation
import Synchronization

@testable import Kafka
@testable import Messaging

/// A log in memory that relay and intake use as they use Kafka. It can be emptied, cut, and written to by others.
final class MemoryLog: EventLog {
  private struct State {
    var topics: [String: [OutgoingRecord]] = [:]
    var waiters: [UUID: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())
  /// The tokens whose next delivery fails, each once: the record is not in the log.
  private let failing = Mutex<Set<Int64>>([])

  func fail(_ tokens: Set<Int64>) { failing.withLock { $0 = tokens } }

  var willFail: Set<Int64> { failing.withLock { $0 } }

  fileprivate func fails(_ token: Int64) -> Bool { failing.withLock { $0.remove(token) != nil } }

  func makeProducer() throws -> any LogProducer { MemoryProducer(log: self) }
  func makeConsumer() throws -> any LogConsumer { MemoryConsumer(log: self) }
  func makeReader() throws -> any LogReader { self }

  /// Appends a record; the offset that it got.
  @discardableResult
  func append(_ record: OutgoingRecord) -> Int64 {
    let (offset, waiting) = state.withLock { state in
      state.topics[record.topic, default: []].append(record)
      defer { state.waiters = [:] }
      return (Int64((state.topics[record.topic]?.count ?? 1) - 1), Array(state.waiters.values))
    }
    for waiter in waiting { waiter.resume() }
    return offset
  }

  /// Another log that is empty takes its place.
  func wipe() { state.withLock { $0.topics = [:] } }

  func records(_ topic: String) -> [OutgoingRecord] { state.withLock { $0.topics[topic] ?? [] } }

  /// Returns when something was appended to a topic behind an offset, or the time is over.
  fileprivate func wait(_ topic: String, from offset: Int64, upTo wait: Duration) async {
    let id = UUID()
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if Int64(state.topics[topic]?.count ?? 0) > offset { return true }
        state.waiters[id] = continuation
        return false
      }
      if isThere { return continuation.resume() }
      Task {
        try? await Task.sleep(for: wait)
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
      }
    }
  }
}

extension OutgoingRecord {
  /// As it is read at an offset.
  func read(at offset: Int64) -> Record {
    Record(topic: topic, offset: offset, timestampMillis: 0, key: key, value: value, headers: headers)
  }
}

extension MemoryLog: LogReader {
  func tail(of topic: String, deadline: Duration) async throws -> Record? {
    let all = records(topic)
    return all.last?.read(at: Int64(all.count - 1))
  }
}

private final class MemoryProducer: LogProducer {
  private struct State {
    var deliveries: [Delivery] = []
    var waiter: CheckedContinuation<Void, Never>?
    var isClosed = false
  }

  private let log: MemoryLog
  private let state = Mutex(State())

  init(log: MemoryLog) { self.log = log }

  func send(_ record: OutgoingRecord, token: Int64) throws(KafkaError) {
    guard !state.withLock(\.isClosed) else { throw .closed }
    let fails = log.fails(token)
    let result: Result<Int64, KafkaError> =
      fails ? .failure(KafkaError(RD_KAFKA_RESP_ERR__TRANSPORT)) : .success(log.append(record))
    let waiter = state.withLock { state in
      state.deliveries.append(Delivery(token: token, result: result))
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  var trouble: KafkaError? { nil }

  func prepare(_ topic: String, deadline: Duration) async throws(KafkaError) {}

  func nextDeliveries(max: Int) async -> [Delivery]? {
    while true {
      let (taken, isClosed) = state.withLock { state in
        defer { state.deliveries = [] }
        return (state.deliveries, state.isClosed)
      }
      if !taken.isEmpty { return taken }
      if isClosed { return nil }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.deliveries.isEmpty || state.isClosed { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }

  func abandon() async {
    let waiter = state.withLock { state in
      state.isClosed = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }
}

private actor MemoryConsumer: LogConsumer {
  private let log: MemoryLog
  private var positions: [String: Int64] = [:]

  init(log: MemoryLog) { self.log = log }

  func assign(_ starts: [String: StartOffset]) {
    positions = starts.mapValues { start in
      switch start {
      case .beginning: 0
      case .absolute(let offset): offset
      }
    }
  }

  func nextBatch(max: Int, wait: Duration) async throws -> [ConsumerEvent] {
    for isWaiting in [true, false] {
      for (topic, offset) in positions {
        let all = log.records(topic)
        guard Int64(all.count) >= offset else {
          return [.failed(topic: topic, KafkaError(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE))]
        }
        let next = all[Int(offset)...].prefix(max)
        guard next.isEmpty else {
          positions[topic] = offset + Int64(next.count)
          return next.indices.map { .record(all[$0].read(at: Int64($0))) }
        }
        if isWaiting { await log.wait(topic, from: offset, upTo: wait) }
      }
    }
    return []
  }

  func close() {}
}
