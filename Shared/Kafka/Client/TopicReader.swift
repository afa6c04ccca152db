import CRdKafka
import Foundation

/// Answers what a topic holds: its ends and its last record. One question at a time, each with a deadline.
public actor TopicReader {
  private let lane = Lane("kafka.reader")
  public nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

  private let client: ClientHandle
  private var isClosed = false

  /// - Throws: ``KafkaError`` when a property is unknown or its value invalid.
  public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    client = try ClientHandle(RD_KAFKA_CONSUMER, configuration.consumerProperties)
    rd_kafka_poll_set_consumer(client.pointer)
  }

  isolated deinit { close() }

  /// The offset of the first record and the offset that the next one will get; equal in an empty topic.
  public func watermarks(
    of topic: String, deadline: Duration = .seconds(5)
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    guard !isClosed else { throw .closed }
    var (low, high): (Int64, Int64) = (0, 0)
    let code = rd_kafka_query_watermark_offsets(client.pointer, topic, 0, &low, &high, deadline.millis)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, isRetriable: true) }
    return (low, high)
  }

  /// The last record of a topic; `nil` when it is empty.
  public func tail(of topic: String, deadline: Duration = .seconds(5)) throws(KafkaError) -> Record? {
    let end = ContinuousClock.now + deadline
    let ends = try watermarks(of: topic, deadline: deadline)
    guard ends.high > ends.low else { return nil }
    let list = rd_kafka_topic_partition_list_new(1)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    rd_kafka_topic_partition_list_add(list, topic, 0)?.pointee.offset = ends.high - 1
    let code = rd_kafka_assign(client.pointer, list)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
    defer { rd_kafka_assign(client.pointer, nil) }
    while case let left = ContinuousClock.now.duration(to: end), left > .zero {
      guard let message = rd_kafka_consumer_poll(client.pointer, left.millis) else { continue }
      defer { rd_kafka_message_destroy(message) }
      let error = KafkaError(message.pointee.err)
      if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { return Record(message) }
      if !error.isTransport { throw error }
    }
    throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, isRetriable: true)
  }

  /// The cluster's identity; it changes when an embedded broker starts again. `nil` when the broker does not answer.
  public func clusterID(deadline: Duration = .seconds(5)) -> String? {
    guard !isClosed, let text = rd_kafka_clusterid(client.pointer, deadline.millis) else { return nil }
    defer { rd_kafka_mem_free(client.pointer, text) }
    return String(cString: text)
  }

  /// How many partitions a topic has.
  ///
  /// - Throws: ``KafkaError`` when the topic is unknown or the broker does not answer.
  public func partitionCount(of topic: String, deadline: Duration = .seconds(5)) throws(KafkaError) -> Int {
    guard !isClosed else { throw .closed }
    return try client.partitionCount(of: topic, timeoutMillis: deadline.millis)
  }

  /// Releases the client.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    rd_kafka_consumer_close(client.pointer)
    client.destroy()
  }
}
