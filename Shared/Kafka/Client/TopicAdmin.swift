import CRdKafka

/// Makes and removes topics, for tests and acceptance. On a server the topics are made by whoever keeps Kafka.
public actor TopicAdmin {
  private let client: ClientHandle

  /// How long a cluster may take over it, milliseconds.
  private static let millis: Int32 = 15_000

  /// - Throws: ``KafkaError`` when a property is unknown or its value invalid.
  public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    client = try ClientHandle(RD_KAFKA_PRODUCER, configuration.producerProperties)
  }

  deinit { client.release() }

  /// Makes topics of one partition, with as many copies as the cluster's default says. One that is there already is left
  /// as it is.
  ///
  /// - Throws: ``KafkaError``; the embedded broker has no such request.
  public func create(_ topics: [String]) async throws(KafkaError) {
    try await client.ask(within: .milliseconds(Int64(Self.millis) + 1_000)) { client in
      var made: [OpaquePointer?] = topics.map { rd_kafka_NewTopic_new($0, 1, -1, nil, 0) }
      defer { for topic in made { rd_kafka_NewTopic_destroy(topic) } }
      return Self.results(client, RD_KAFKA_ADMIN_OP_CREATETOPICS) { options, queue in
        rd_kafka_CreateTopics(client.pointer, &made, made.count, options, queue)
      } of: { event, count in
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), count)
      } passing: {
        $0 == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS
      }
    }
  }

  /// Removes topics with all that they hold. One that is not there is passed over.
  ///
  /// - Throws: ``KafkaError``; the embedded broker has no such request.
  public func delete(_ topics: [String]) async throws(KafkaError) {
    try await client.ask(within: .milliseconds(Int64(Self.millis) + 1_000)) { client in
      var removed: [OpaquePointer?] = topics.map { rd_kafka_DeleteTopic_new($0) }
      defer { for topic in removed { rd_kafka_DeleteTopic_destroy(topic) } }
      return Self.results(client, RD_KAFKA_ADMIN_OP_DELETETOPICS) { options, queue in
        rd_kafka_DeleteTopics(client.pointer, &removed, removed.count, options, queue)
      } of: { event, count in
        rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), count)
      } passing: {
        $0 == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
      }
    }
  }

  /// Whether every topic is gone: a cluster removes them a while after it has said so.
  public func areGone(_ topics: [String]) async throws(KafkaError) -> Bool {
    try await client.ask(within: .milliseconds(Int64(Self.millis) + 1_000)) { client in
      for topic in topics {
        switch client.partitionCount(of: topic, timeoutMillis: Self.millis) {
        case .failure(let error) where error.isUnknownTopic: continue
        case .failure(let error): return .failure(error)
        case .success(0): continue
        case .success: return .success(false)
        }
      }
      return .success(true)
    }
  }

  private static func results(
    _ client: ClientHandle, _ operation: rd_kafka_admin_op_t,
    _ ask: (OpaquePointer?, OpaquePointer?) -> Void,
    of answer: (OpaquePointer?, UnsafeMutablePointer<Int>) -> UnsafeMutablePointer<OpaquePointer?>?,
    passing isFine: (rd_kafka_resp_err_t) -> Bool
  ) -> Result<Void, KafkaError> {
    let options = rd_kafka_AdminOptions_new(client.pointer, operation)
    defer { rd_kafka_AdminOptions_destroy(options) }
    rd_kafka_AdminOptions_set_request_timeout(options, millis, nil, 0)
    rd_kafka_AdminOptions_set_operation_timeout(options, millis / 2, nil, 0)
    let queue = rd_kafka_queue_new(client.pointer)
    defer { rd_kafka_queue_destroy(queue) }
    ask(options, queue)
    guard let event = rd_kafka_queue_poll(queue, millis) else {
      return .failure(KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, isRetriable: true))
    }
    defer { rd_kafka_event_destroy(event) }
    guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else {
      return .failure(KafkaError(rd_kafka_event_error(event)))
    }
    var count = 0
    let topics = answer(event, &count)
    for index in 0..<count {
      let code = rd_kafka_topic_result_error(topics?[index])
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR || isFine(code) else { return .failure(KafkaError(code)) }
    }
    return .success(())
  }
}
