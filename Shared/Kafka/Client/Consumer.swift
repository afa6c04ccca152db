import CRdKafka

/// Where to begin in a topic.
public enum StartOffset: Hashable, Sendable {
  /// The oldest record there is.
  case beginning
  /// A record's offset. When it is gone the consumer says so; it never jumps.
  case absolute(Int64)
}

/// What reading gave.
public enum ConsumerEvent: Sendable {
  case record(Record)
  /// The topic cannot be read further: the offset is gone, the topic unknown, the client broken.
  case failed(topic: String?, KafkaError)
}

/// Reads partition 0 of topics from given offsets; nothing is committed to the broker.
///
/// Nothing is handed over until somebody asks: pulling is the back-pressure. librdkafka is polled on a thread of its
/// own, where every wait for records happens; whatever else may wait has a bound of its own.
public actor Consumer {
  private let lane = Lane("kafka.consumer")
  public nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

  private let client: ClientHandle
  private var isClosed = false

  /// How long making ready for a topic may take, milliseconds, and the client's release.
  private static let assignMillis: Int32 = 5_000
  private static let release = Duration.seconds(1)

  /// - Throws: ``KafkaError`` when a property is unknown or its value invalid.
  public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    client = try ClientHandle(RD_KAFKA_CONSUMER, configuration.consumerProperties)
    rd_kafka_poll_set_consumer(client.pointer)
  }

  deinit { client.release() }

  /// Reads these topics and no others, from these offsets.
  ///
  /// - Throws: ``KafkaError``: a topic is unknown or not allowed, or Kafka does not answer. A client that did not come back
  ///   from librdkafka in time is closed.
  public func assign(_ starts: [String: StartOffset]) async throws(KafkaError) {
    guard !isClosed else { throw .closed }
    do throws(KafkaError) {
      try await client.ask(within: .milliseconds(Int64(Self.assignMillis) * 2)) { Self.assign($0, starts) }
    } catch {
      if client.isGivenUp { await close() }
      throw error
    }
  }

  private static func assign(_ client: ClientHandle, _ starts: [String: StartOffset]) -> Result<Void, KafkaError> {
    // Asking for the metadata first spares the first fetch half a second; an unknown topic shows here.
    for topic in starts.keys.sorted() {
      if case .failure(let error) = client.existingPartitions(of: topic, timeoutMillis: assignMillis) {
        return .failure(error)
      }
    }
    let list = rd_kafka_topic_partition_list_new(Int32(starts.count))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for (topic, start) in starts {
      let entry = rd_kafka_topic_partition_list_add(list, topic, 0)
      switch start {
      case .absolute(let offset): entry?.pointee.offset = offset
      case .beginning: entry?.pointee.offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
      }
    }
    let code = rd_kafka_assign(client.pointer, list)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? .success(()) : .failure(KafkaError(code))
  }

  /// Waits for one record, then takes those that are there already, up to so many.
  ///
  /// - Returns: nothing when the wait is over without a record. After a `failed` nothing follows in the same batch.
  public func nextBatch(max: Int, wait: Duration) throws(KafkaError) -> [ConsumerEvent] {
    guard !isClosed else { throw .closed }
    var batch: [ConsumerEvent] = []
    var timeoutMillis = wait.millis
    while batch.count < max, let message = rd_kafka_consumer_poll(client.pointer, timeoutMillis) {
      defer { rd_kafka_message_destroy(message) }
      timeoutMillis = 0
      let code = message.pointee.err
      if code == RD_KAFKA_RESP_ERR_NO_ERROR {
        batch.append(.record(Record(message)))
        continue
      }
      let error = KafkaError(code)
      // The client reconnects by itself; until then there is simply nothing to read.
      if error.isTransport || code == RD_KAFKA_RESP_ERR__RESOLVE { continue }
      batch.append(.failed(topic: message.pointee.rkt.map { String(cString: rd_kafka_topic_name($0)) }, error))
      break
    }
    return batch
  }

  /// Releases the client. Waiting for the broker is not needed: nothing is committed and there is no group.
  public func close() async {
    guard !isClosed else { return }
    isClosed = true
    await client.release(within: Self.release)
  }
}
