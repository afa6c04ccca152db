import CRdKafka
public import Kafka

/// The broker that librdkafka carries: a real listener on loopback that any Kafka client can use, everything in memory.
///
/// It keeps at most 5 MiB a partition and drops the oldest; started again it is empty and another cluster. The suite's
/// sequences and feeds make both harmless.
///
/// Sendable because the cluster's functions lock inside, and the pointer is released once, when the last owner is gone.
public final class EmbeddedBroker: @unchecked Sendable {
  private let client: OpaquePointer
  private let cluster: OpaquePointer

  /// Starts the broker on a port that the system chooses (see the `broker` program for a given one) and makes the
  /// topics, one partition each.
  ///
  /// - Throws: ``EmbeddedBrokerError``.
  public init(topics: [String]) throws(EmbeddedBrokerError) {
    let configuration = rd_kafka_conf_new()
    var text = [CChar](repeating: 0, count: 512)
    rd_kafka_conf_set(configuration, "socket.nagle.disable", "true", &text, text.count)
    // The client that carries the cluster connects to nothing and would warn of it.
    rd_kafka_conf_set(configuration, "log_level", "3", &text, text.count)
    guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
      throw .notStarted
    }
    guard let cluster = rd_kafka_mock_cluster_new(client, 1) else {
      rd_kafka_destroy(client)
      throw .notStarted
    }
    self.client = client
    self.cluster = cluster
    for topic in topics {
      guard rd_kafka_mock_topic_create(cluster, topic, 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw .topicNotMade(topic)
      }
    }
  }

  deinit {
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(client)
  }

  /// `127.0.0.1:port`.
  public var bootstrapServers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  /// How a client reaches it.
  public var configuration: KafkaConfiguration { KafkaConfiguration(bootstrapServers: bootstrapServers) }

  /// Makes the next produce requests fail, for tests of what clients do then.
  ///
  /// - Parameter codes: Kafka's error numbers, one for each request.
  public func failNextProduceRequests(_ codes: [Int32]) {
    var errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
    rd_kafka_mock_push_request_errors_array(cluster, 0, errors.count, &errors)
  }

  /// Lets the broker's connections fail, or listen again.
  public func setDown(_ isDown: Bool) {
    if isDown { rd_kafka_mock_broker_set_down(cluster, 1) } else { rd_kafka_mock_broker_set_up(cluster, 1) }
  }
}

/// Why the embedded broker does not run.
public enum EmbeddedBrokerError: Error, Hashable, Sendable {
  case notStarted
  case topicNotMade(String)
}
