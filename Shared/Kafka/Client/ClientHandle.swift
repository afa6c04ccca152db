import CRdKafka
import Dispatch
import Logging
import Synchronization

/// Where librdkafka's own lines go. They name addresses and errors, never a record's content.
private let kafkaLogger = Logger(label: "kafka")

/// The sole owner of one librdkafka client. Destroyed exactly once.
///
/// Some of librdkafka's calls do not keep to the time that they are given: `rd_kafka_query_watermark_offsets` of 2.0.2
/// waits for its answer however long a dead broker takes to give it, and releasing a client waits for all its threads.
/// So whatever waits for the broker or for a thread is a question (``ask(within:_:)``): it is put on a thread of its own
/// with a bound that is held here. A client that does not come back in time is given up: nothing is asked of it any more,
/// and it is released behind the call that it is in.
///
/// Sendable because librdkafka's client functions may be called from any thread; the pointer itself never changes, and
/// it is released behind every question, by an owner that no longer polls it.
final class ClientHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  /// What librdkafka last said of its connections.
  let trouble: ClientTrouble
  private let questions = DispatchQueue(label: "kafka.questions")
  private let state = Mutex(State())

  private struct State: Sendable {
    var isGivenUp = false
    var isReleased = false
  }

  /// Clients that were given up and are still inside librdkafka.
  private static let givenUp = Mutex(0)
  /// With so many no client is made: a broker that never answers must not fill the memory.
  private static let mostGivenUp = 64
  /// Where bounds are held.
  private static let bounds = DispatchQueue(label: "kafka.bounds")

  /// How many clients were given up and are still inside librdkafka.
  static var givenUpCount: Int { givenUp.withLock { $0 } }

  init(
    _ type: rd_kafka_type_t, _ properties: [String: String], prepare: (OpaquePointer) -> Void = { _ in }
  ) throws(KafkaError) {
    guard Self.givenUpCount < Self.mostGivenUp else {
      throw KafkaError(
        RD_KAFKA_RESP_ERR__TIMED_OUT, isRetriable: true,
        reason: "\(Self.mostGivenUp) earlier clients still wait for Kafka to answer")
    }
    let configuration = try Self.configuration(properties)
    var text = [CChar](repeating: 0, count: 512)
    // A lost connection is made again by librdkafka; what matters comes back as a typed error. Hence debug.
    rd_kafka_conf_set_log_cb(configuration) { _, _, facility, text in
      guard let facility, let text else { return }
      kafkaLogger.debug("\(String(cString: text))", metadata: ["facility": "\(String(cString: facility))"])
    }
    rd_kafka_conf_set_stats_cb(configuration) { _, json, length, _ in
      if let json { ClientStatistics.record(UnsafeBufferPointer(start: json, count: length)) }
      return 0
    }
    let trouble = ClientTrouble()
    rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(trouble).toOpaque())
    rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
      guard let opaque else { return }
      let error = KafkaError(rd_kafka_resp_err_t(rawValue: code), reason: reason.map { String(cString: $0) })
      Unmanaged<ClientTrouble>.fromOpaque(opaque).takeUnretainedValue().note(error)
    }
    prepare(configuration)
    guard let client = rd_kafka_new(type, configuration, &text, text.count) else {
      rd_kafka_conf_destroy(configuration)
      throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, reason: "the client could not be made: \(Self.text(text))")
    }
    pointer = client
    self.trouble = trouble
  }

  /// A configuration with these properties, to be destroyed or given to a client.
  ///
  /// - Throws: ``KafkaError`` that names the property, never its value.
  static func configuration(_ properties: [String: String]) throws(KafkaError) -> OpaquePointer {
    guard let configuration = rd_kafka_conf_new() else {
      throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, reason: "no configuration could be made")
    }
    var text = [CChar](repeating: 0, count: 512)
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
        rd_kafka_conf_destroy(configuration)
        // librdkafka's own text may repeat the value, which may be a secret.
        throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, reason: "the property \(name) is unknown or its value invalid")
      }
    }
    return configuration
  }

  /// Whether a question did not come back in time: the client must be released.
  var isGivenUp: Bool { state.withLock(\.isGivenUp) }

  /// Asks something that may wait, on a thread of its own, one question after the other.
  ///
  /// - Parameter bound: how long the answer is waited for; the client is given up when it is over, and when the task is
  ///   cancelled.
  func ask<Value: Sendable>(
    within bound: Duration, _ question: @escaping @Sendable (ClientHandle) -> Result<Value, KafkaError>
  ) async throws(KafkaError) -> Value {
    guard !isGivenUp, !state.withLock(\.isReleased) else { throw .closed }
    let result: Result<Value, KafkaError> = await firstAnswer(within: bound, orElse: giveUp) { answer in
      self.questions.async { answer.give(self.isGivenUp ? .failure(.closed) : question(self)) }
    }
    return try result.get()
  }

  @Sendable private func giveUp() {
    let isFirst = state.withLock { state in
      defer { state.isGivenUp = true }
      return !state.isGivenUp
    }
    if isFirst { Self.givenUp.withLock { $0 += 1 } }
  }

  /// Releases the client behind whatever was asked of it, and waits for that no longer than the bound.
  ///
  /// All messages, queues and handles made from it must be gone, and nobody may poll it.
  func release(within bound: Duration) async {
    let _: Result<Void, KafkaError> = await firstAnswer(within: bound) { answer in
      self.release { answer.give(.success(())) }
    }
  }

  /// Releases the client behind whatever was asked of it, and does not wait.
  func release(_ released: @escaping @Sendable () -> Void = {}) {
    let isFirst = state.withLock { state in
      defer { state.isReleased = true }
      return !state.isReleased
    }
    guard isFirst else { return released() }
    questions.async {
      if rd_kafka_type(self.pointer) == RD_KAFKA_CONSUMER {
        rd_kafka_assign(self.pointer, nil)
        rd_kafka_consumer_close(self.pointer)
      }
      rd_kafka_destroy_flags(self.pointer, 0)
      if self.isGivenUp { Self.givenUp.withLock { $0 -= 1 } }
      released()
    }
  }

  private func firstAnswer<Value: Sendable>(
    within bound: Duration, orElse late: @escaping @Sendable () -> Void = {},
    _ ask: @escaping @Sendable (FirstAnswer<Value>) -> Void
  ) async -> Result<Value, KafkaError> {
    let answer = FirstAnswer<Value>()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        answer.wait(continuation)
        ask(answer)
        Self.bounds.asyncAfter(deadline: .now() + .milliseconds(Int(bound.millis))) {
          if answer.give(.failure(.noAnswer(within: bound))) { late() }
        }
      }
    } onCancel: {
      if answer.give(.failure(.closed)) { late() }
    }
  }

  /// The fatal error of an idempotent producer, if it has one.
  var fatalError: KafkaError? {
    var text = [CChar](repeating: 0, count: 512)
    let code = rd_kafka_fatal_error(pointer, &text, text.count)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, isFatal: true, reason: Self.text(text))
  }

  static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// The first of several answers, for one that waits.
private final class FirstAnswer<Value: Sendable>: Sendable {
  private enum State {
    case nobodyWaits
    case waiting(CheckedContinuation<Result<Value, KafkaError>, Never>)
    case early(Result<Value, KafkaError>)
    case answered
  }
  private let state = Mutex(State.nobodyWaits)

  func wait(_ continuation: CheckedContinuation<Result<Value, KafkaError>, Never>) {
    let early: Result<Value, KafkaError>? = state.withLock { state in
      if case .early(let result) = state {
        state = .answered
        return result
      }
      state = .waiting(continuation)
      return nil
    }
    if let early { continuation.resume(returning: early) }
  }

  /// Whether it was the first.
  @discardableResult
  func give(_ result: Result<Value, KafkaError>) -> Bool {
    let (isFirst, continuation) = state.withLock {
      state -> (Bool, CheckedContinuation<Result<Value, KafkaError>, Never>?) in
      switch state {
      case .nobodyWaits:
        state = .early(result)
        return (true, nil)
      case .waiting(let continuation):
        state = .answered
        return (true, continuation)
      case .early, .answered: return (false, nil)
      }
    }
    continuation?.resume(returning: result)
    return isFirst
  }
}

extension Duration {
  /// Whole milliseconds, at least 0, as librdkafka takes them.
  var millis: Int32 {
    let value = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    return Int32(clamping: max(0, value))
  }
}
