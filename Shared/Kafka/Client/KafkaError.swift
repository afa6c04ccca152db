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

  /// Whether it says only that nobody answered, and not why.
  var isVague: Bool {
    isTransport || isTimeout
      || [
        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR__WAIT_CACHE, RD_KAFKA_RESP_ERR__WAIT_COORD,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
      ].contains { $0.rawValue == code }
  }

  /// What is wrong, in words for the person who can mend it; the same words for the same fault.
  public var fault: String {
    switch rd_kafka_resp_err_t(rawValue: code) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      "the topic does not exist"
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      // librdkafka has one code for both.
      reason.contains("mechanism handshake failed")
        ? "Kafka does not know this way of signing in (sasl.mechanism)" : "Kafka refuses the user or the password"
    case RD_KAFKA_RESP_ERR__SSL: "no trusted connection to Kafka (ssl.ca.location, certificates)"
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: "Kafka does not allow this program to use the topic"
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      "Kafka does not allow this program to describe its group (group.id)"
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: "Kafka does not allow this program to write idempotently"
    case RD_KAFKA_RESP_ERR__RESOLVE: "the name of a Kafka server cannot be resolved"
    default: isVague ? "Kafka does not answer" : "Kafka cannot be used (\(name))"
    }
  }

  public var description: String { "\(name): \(reason)" }

  static func noAnswer(within bound: Duration) -> KafkaError {
    KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, isRetriable: true, reason: "no answer within \(bound.millis) ms")
  }

  static let closed = KafkaError(RD_KAFKA_RESP_ERR__DESTROY, reason: "the client is closed")
}
