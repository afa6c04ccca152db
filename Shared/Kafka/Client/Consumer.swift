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
/// Nothing is handed over until somebody asks: pulling is the back-pressure. librdkafka is called on a thread of its
/// own, where every wait happens.
public actor Consumer {
  private let lane = Lane("kafka.consumer")
  public nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

  private let client: ClientHandle
  private var isClosed = false

  /// - Throws: ``KafkaError`` when a property is unknown or its value invalid.
  public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    client = try ClientHandle(RD_KAFKA_CONSUMER, configuration.consumerProperties)
    rd_kafka_poll_set_consumer(client.pointer)
  }

  /// Reads these topics and no others, from these offsets.
  public func assign(_ starts: [String: StartOffset]) throws(KafkaError) {
    guard !isClosed else { throw .closed }
    let list = rd_kafka_topic_partition_list_new(Int32(starts.count))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for (topic, start) in starts {
      // Asking for the metadata first spares the first fetch half a second; an unknown topic shows here.
      let count = try client.partitionCount(of: topic, timeoutMillis: 5_000)
      guard count > 0 else { throw KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) }
      let entry = rd_kafka_topic_partition_list_add(list, topic, 0)
      switch start {
      case .absolute(let offset): entry?.pointee.offset = offset
      case .beginning:
        var (low, high): (Int64, Int64) = (0, 0)
        let code = rd_kafka_query_watermark_offsets(client.pointer, topic, 0, &low, &high, 5_000)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, isRetriable: true) }
        entry?.pointee.offset = low
      }
    }
    let code = rd_kafka_assign(client.pointer, list)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
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
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    rd_kafka_assign(client.pointer, nil)
    rd_kafka_consumer_close(client.pointer)
    client.destroy()
  }
}
