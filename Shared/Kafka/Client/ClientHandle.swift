import CRdKafka
import Logging

/// Where librdkafka's own lines go. They name addresses and errors, never a record's content.
private let kafkaLogger = Logger(label: "kafka")

/// The sole owner of one librdkafka client. Destroyed exactly once.
///
/// Sendable because librdkafka's client functions may be called from any thread; the pointer itself never changes, and
/// ``destroy()`` is called by its one owner after every other use has ended.
final class ClientHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(
    _ type: rd_kafka_type_t, _ properties: [String: String], prepare: (OpaquePointer) -> Void = { _ in }
  ) throws(KafkaError) {
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
    // A lost connection is made again by librdkafka; what matters comes back as a typed error. Hence debug.
    rd_kafka_conf_set_log_cb(configuration) { _, _, facility, text in
      guard let facility, let text else { return }
      kafkaLogger.debug("\(String(cString: text))", metadata: ["facility": "\(String(cString: facility))"])
    }
    rd_kafka_conf_set_stats_cb(configuration) { _, json, length, _ in
      if let json { ClientStatistics.record(UnsafeBufferPointer(start: json, count: length)) }
      return 0
    }
    prepare(configuration)
    guard let client = rd_kafka_new(type, configuration, &text, text.count) else {
      rd_kafka_conf_destroy(configuration)
      throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, reason: "the client could not be made: \(Self.text(text))")
    }
    pointer = client
  }

  /// Releases the client. All messages, queues and handles made from it must be gone.
  func destroy() { rd_kafka_destroy_flags(pointer, 0) }

  /// The fatal error of an idempotent producer, if it has one.
  var fatalError: KafkaError? {
    var text = [CChar](repeating: 0, count: 512)
    let code = rd_kafka_fatal_error(pointer, &text, text.count)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, isFatal: true, reason: Self.text(text))
  }

  /// Asks the broker for a topic's partitions.
  func partitionCount(of topic: String, timeoutMillis: Int32) throws(KafkaError) -> Int {
    guard let handle = rd_kafka_topic_new(pointer, topic, nil) else {
      throw KafkaError(rd_kafka_last_error())
    }
    defer { rd_kafka_topic_destroy(handle) }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(pointer, 0, handle, &metadata, timeoutMillis)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { throw KafkaError(code, isRetriable: true) }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard metadata.pointee.topic_cnt == 1, let topics = metadata.pointee.topics else { return 0 }
    guard topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(topics[0].err) }
    return Int(topics[0].partition_cnt)
  }

  static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Duration {
  /// Whole milliseconds, at least 0, as librdkafka takes them.
  var millis: Int32 {
    let value = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    return Int32(clamping: max(0, value))
  }
}
