import CRdKafka
import Foundation

/// The ceiling for the wrapper: librdkafka called directly, with the wrapper's settings.
struct RawKafka {
  let bootstrapServers: String
  /// The wrapper's own settings, so that only the wrapper differs.
  let producer: [String: String]
  let consumer: [String: String]

  /// Produces records of a size and waits until all are acknowledged.
  ///
  /// - Returns: records a second.
  func produceRate(topic: String, records: Int, bytes: Int) throws -> Double {
    let client = try client(RD_KAFKA_PRODUCER)
    defer { rd_kafka_destroy(client) }
    var payload = [UInt8](repeating: 120, count: bytes)
    let key = Array("100001".utf8)
    guard let handle = rd_kafka_topic_new(client, topic, nil) else { throw BenchError("no topic handle") }
    defer { rd_kafka_topic_destroy(handle) }
    let start = ContinuousClock.now
    for _ in 0..<records {
      while rd_kafka_produce(
        handle, 0, RD_KAFKA_MSG_F_COPY, &payload, payload.count, key, key.count, nil)
        == -1
      {
        rd_kafka_poll(client, 10)
      }
      rd_kafka_poll(client, 0)
    }
    guard rd_kafka_flush(client, 60_000) == RD_KAFKA_RESP_ERR_NO_ERROR else { throw BenchError("flush timed out") }
    return Double(records) / start.duration(to: .now).seconds
  }

  /// Consumes records from the beginning by single polls.
  ///
  /// - Returns: records a second, from the first on.
  func consumeRate(topic: String, records: Int) throws -> Double {
    let client = try client(RD_KAFKA_CONSUMER)
    defer { rd_kafka_destroy(client) }
    rd_kafka_poll_set_consumer(client)
    let list = rd_kafka_topic_partition_list_new(1)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    rd_kafka_topic_partition_list_add(list, topic, 0).pointee.offset = 0
    guard rd_kafka_assign(client, list) == RD_KAFKA_RESP_ERR_NO_ERROR else { throw BenchError("cannot assign") }
    var seen = 0
    var bytes = 0
    var start = ContinuousClock.now
    let deadline = start + .seconds(60)
    while seen < records, .now < deadline {
      guard let message = rd_kafka_consumer_poll(client, 100) else { continue }
      if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        if seen == 0 { start = .now }
        seen += 1
        bytes += message.pointee.len
      }
      rd_kafka_message_destroy(message)
    }
    guard seen == records else { throw BenchError("only \(seen) of \(records) records were read") }
    rd_kafka_consumer_close(client)
    return Double(records) / start.duration(to: .now).seconds
  }

  private func client(_ type: rd_kafka_type_t) throws -> OpaquePointer {
    let configuration = rd_kafka_conf_new()
    var text = [CChar](repeating: 0, count: 512)
    for (name, value) in type == RD_KAFKA_PRODUCER ? producer : consumer {
      guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
        throw BenchError("cannot set \(name)")
      }
    }
    guard let client = rd_kafka_new(type, configuration, &text, text.count) else { throw BenchError("no client") }
    return client
  }
}
