import CRdKafka
import Synchronization

/// What librdkafka last said of a client's connections: the reason for which a question is not answered.
final class ClientTrouble: Sendable {
  private let error = Mutex<KafkaError?>(nil)

  var latest: KafkaError? { error.withLock { $0 } }

  /// Keeps what was said. That no broker is there says less than why not.
  func note(_ new: KafkaError) {
    error.withLock { kept in
      if kept == nil || kept?.isVague == true || !new.isVague { kept = new }
    }
  }

  /// The cause of an error, where more is known than that nothing was answered.
  func cause(of error: KafkaError) -> KafkaError {
    guard error.isVague, let latest, !latest.isVague else { return error }
    return latest
  }
}

extension ClientHandle {
  /// Asks the broker for a topic's partitions.
  func partitionCount(of topic: String, timeoutMillis: Int32) -> Result<Int, KafkaError> {
    guard let handle = rd_kafka_topic_new(pointer, topic, nil) else {
      return .failure(KafkaError(rd_kafka_last_error()))
    }
    defer { rd_kafka_topic_destroy(handle) }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(pointer, 0, handle, &metadata, timeoutMillis)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      return .failure(KafkaError(code, isRetriable: true))
    }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard metadata.pointee.topic_cnt == 1, let topics = metadata.pointee.topics else { return .success(0) }
    guard topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(KafkaError(topics[0].err)) }
    return .success(Int(topics[0].partition_cnt))
  }

  /// Partitions of a topic that must be there, with the cause when it cannot be asked for.
  func existingPartitions(of topic: String, timeoutMillis: Int32) -> Result<Int, KafkaError> {
    switch partitionCount(of: topic, timeoutMillis: timeoutMillis) {
    case .success(0): .failure(KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC))
    case .success(let count): .success(count)
    case .failure(let error): .failure(cause(of: error, topic: nil))
    }
  }

  /// The cause of a consumer's failure. It is polled for what it has to say, and asked for the topic, which says whether
  /// it is there and allowed.
  func cause(of error: KafkaError, topic: String?) -> KafkaError {
    // A topic that may not be used looks like one without partitions.
    guard error.isVague || error.isUnknownTopic else { return error }
    if rd_kafka_type(pointer) == RD_KAFKA_CONSUMER {
      for _ in 0..<50 {
        guard let message = rd_kafka_consumer_poll(pointer, 0) else { break }
        if message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR { trouble.note(KafkaError(message.pointee.err)) }
        rd_kafka_message_destroy(message)
      }
    }
    let known = trouble.cause(of: error)
    guard known.isVague || known.isUnknownTopic, let topic,
      case .failure(let other) = partitionCount(of: topic, timeoutMillis: 1_000), !other.isVague
    else { return known }
    return other
  }
}
