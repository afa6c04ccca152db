import CRdKafka

/// An error of librdkafka. Holds its code and its own text, never a record's content.
public struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// librdkafka's number.
  public let code: Int32
  /// The client cannot go on: drop it and make another.
  public let isFatal: Bool
  /// Trying the same again may succeed.
  public let isRetriable: Bool
  /// What librdkafka says.
  public let reason: String

  init(_ code: rd_kafka_resp_err_t, isFatal: Bool = false, isRetriable: Bool = false, reason: String? = nil) {
    self.code = code.rawValue
    self.isFatal = isFatal
    self.isRetriable = isRetriable
    self.reason = reason ?? String(cString: rd_kafka_err2str(code))
  }

  /// librdkafka's name of the code, for example `MSG_SIZE_TOO_LARGE`.
  public var name: String { String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: code))) }

  public var isOffsetOutOfRange: Bool {
    code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue || code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue
  }
  public var isMessageTooLarge: Bool {
    code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue || code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE.rawValue
  }
  public var isUnknownTopic: Bool {
    code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue
      || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION.rawValue
  }
  public var isTimeout: Bool {
    code == RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue || code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT.rawValue
  }
  public var isQueueFull: Bool { code == RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue }
  public var isClosed: Bool { code == RD_KAFKA_RESP_ERR__DESTROY.rawValue }
  public var isTransport: Bool {
    code == RD_KAFKA_RESP_ERR__TRANSPORT.rawValue || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue
  }

  public var description: String { "\(name): \(reason)" }

  static let closed = KafkaError(RD_KAFKA_RESP_ERR__DESTROY, reason: "the client is closed")
}
