import CRdKafka

/// Answers what a topic holds: its ends and its last record. One question at a time, each with a deadline that holds
/// whatever librdkafka does: a client that does not come back in time is given up, and the next question has another.
public actor TopicReader {
  private let properties: [String: String]
  private var client: ClientHandle?
  private var isClosed = false

  /// How long a question is waited for beyond the time that librdkafka was given: finding the cause takes up to a second.
  private static let grace = Duration.milliseconds(1_500)

  /// - Throws: ``KafkaError`` when a property is unknown or its value invalid.
  public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    properties = configuration.consumerProperties
    client = try Self.makeClient(properties)
  }

  deinit { client?.release() }

  private static func makeClient(_ properties: [String: String]) throws(KafkaError) -> ClientHandle {
    let client = try ClientHandle(RD_KAFKA_CONSUMER, properties)
    rd_kafka_poll_set_consumer(client.pointer)
    return client
  }

  private func ask<Value: Sendable>(
    _ deadline: Duration, _ question: @escaping @Sendable (ClientHandle) -> Result<Value, KafkaError>
  ) async throws(KafkaError) -> Value {
    guard !isClosed else { throw .closed }
    let client: ClientHandle
    if let mine = self.client { client = mine } else { client = try Self.makeClient(properties) }
    self.client = client
    do throws(KafkaError) {
      return try await client.ask(within: deadline + Self.grace, question)
    } catch {
      if client.isGivenUp {
        if self.client === client { self.client = nil }
        client.release()
      }
      throw error
    }
  }

  /// The offset of the first record and the offset that the next one will get; equal in an empty topic.
  ///
  /// - Throws: ``KafkaError`` with the cause, where librdkafka knows it.
  public func watermarks(
    of topic: String, deadline: Duration = .seconds(5)
  ) async throws(KafkaError) -> (low: Int64, high: Int64) {
    try await ask(deadline) { client in
      Self.watermarks(client, topic, deadline).mapError { client.cause(of: $0, topic: topic) }
    }
  }

  private static func watermarks(
    _ client: ClientHandle, _ topic: String, _ deadline: Duration
  ) -> Result<(low: Int64, high: Int64), KafkaError> {
    var (low, high): (Int64, Int64) = (0, 0)
    let code = rd_kafka_query_watermark_offsets(client.pointer, topic, 0, &low, &high, deadline.millis)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(KafkaError(code, isRetriable: true)) }
    return .success((low, high))
  }

  /// The last record of a topic; `nil` when it is empty.
  ///
  /// - Throws: ``KafkaError`` with the cause, where librdkafka knows it.
  public func tail(of topic: String, deadline: Duration = .seconds(5)) async throws(KafkaError) -> Record? {
    try await ask(deadline) { client in
      Self.tail(client, topic, deadline).mapError { client.cause(of: $0, topic: topic) }
    }
  }

  private static func tail(
    _ client: ClientHandle, _ topic: String, _ deadline: Duration
  ) -> Result<Record?, KafkaError> {
    let end = ContinuousClock.now + deadline
    let ends: (low: Int64, high: Int64)
    switch watermarks(client, topic, deadline) {
    case .success(let found): ends = found
    case .failure(let error): return .failure(error)
    }
    guard ends.high > ends.low else { return .success(nil) }
    let list = rd_kafka_topic_partition_list_new(1)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    rd_kafka_topic_partition_list_add(list, topic, 0)?.pointee.offset = ends.high - 1
    let code = rd_kafka_assign(client.pointer, list)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(KafkaError(code)) }
    defer { rd_kafka_assign(client.pointer, nil) }
    while case let left = ContinuousClock.now.duration(to: end), left > .zero {
      guard let message = rd_kafka_consumer_poll(client.pointer, left.millis) else { continue }
      defer { rd_kafka_message_destroy(message) }
      let error = KafkaError(message.pointee.err)
      if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { return .success(Record(message)) }
      if !error.isTransport { return .failure(error) }
    }
    return .failure(KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, isRetriable: true))
  }

  /// The cluster's identity; it changes when an embedded broker starts again. `nil` when the broker does not answer.
  public func clusterID(deadline: Duration = .seconds(5)) async -> String? {
    try? await ask(deadline) { client in
      guard let text = rd_kafka_clusterid(client.pointer, deadline.millis) else {
        return .failure(KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, isRetriable: true))
      }
      defer { rd_kafka_mem_free(client.pointer, text) }
      return .success(String(cString: text))
    }
  }

  /// How many partitions a topic has.
  ///
  /// - Throws: ``KafkaError`` when the topic is unknown or the broker does not answer.
  public func partitionCount(of topic: String, deadline: Duration = .seconds(5)) async throws(KafkaError) -> Int {
    try await ask(deadline) { client in
      client.partitionCount(of: topic, timeoutMillis: deadline.millis).mapError { client.cause(of: $0, topic: nil) }
    }
  }

  /// Releases the client.
  public func close() async {
    guard !isClosed else { return }
    isClosed = true
    let last = client
    client = nil
    await last?.release(within: .seconds(1))
  }
}
