import CRdKafka
import Glibc
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

  /// How long the broker keeps a fetch that finds nothing, milliseconds. It sleeps all of that time, unlike Kafka, so
  /// this is the delay of a single event.
  public static let fetchWait = (property: "fetch.wait.max.ms", value: "10")

  /// Starts the broker on a port that the system chooses (see the `broker` program for a given one) and makes the
  /// topics, one partition each.
  ///
  /// - Parameter nodes: of how many servers the cluster is made, at least 1.
  /// - Throws: ``EmbeddedBrokerError``.
  public init(topics: [String], nodes: Int32 = 1) throws(EmbeddedBrokerError) {
    let configuration = rd_kafka_conf_new()
    var text = [CChar](repeating: 0, count: 512)
    rd_kafka_conf_set(configuration, "socket.nagle.disable", "true", &text, text.count)
    // The client that carries the cluster connects to nothing and would warn of it.
    rd_kafka_conf_set(configuration, "log_level", "3", &text, text.count)
    guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
      throw .notStarted
    }
    guard let cluster = rd_kafka_mock_cluster_new(client, max(1, nodes)) else {
      rd_kafka_destroy(client)
      throw .notStarted
    }
    self.client = client
    self.cluster = cluster
    for topic in topics {
      guard rd_kafka_mock_topic_create(cluster, topic, 1, max(1, nodes)) == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw .topicNotMade(topic)
      }
    }
  }

  deinit {
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(client)
  }

  /// `127.0.0.1:port`, of each node, separated by commas, in the order of their numbers from 1 on.
  public var bootstrapServers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  /// How a client reaches it.
  public var configuration: KafkaConfiguration {
    KafkaConfiguration(
      bootstrapServers: bootstrapServers, properties: [Self.fetchWait.property: Self.fetchWait.value])
  }

  /// Makes another node lead a topic, as a cluster does whose leader died. What the topic holds stays.
  public func moveLeader(of topic: String, to node: Int32) {
    rd_kafka_mock_partition_set_leader(cluster, topic, 0, node)
  }

  /// Has every question about a topic answered with one of Kafka's error numbers; 0 for none.
  public func setError(_ code: Int32, of topic: String) {
    rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(rawValue: code))
  }

  /// Makes the next produce requests fail, for tests of what clients do then.
  ///
  /// - Parameter codes: Kafka's error numbers, one for each request.
  public func failNextProduceRequests(_ codes: [Int32]) {
    var errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
    rd_kafka_mock_push_request_errors_array(cluster, 0, errors.count, &errors)
  }

  /// Lets the broker's connections fail while the body runs, and then listens again on the same port.
  public func whileDown<T>(_ body: () throws -> T) rethrows -> T {
    rd_kafka_mock_broker_set_down(cluster, 1)
    // Otherwise any connection of this machine could be given the port, and librdkafka ends the process when it cannot
    // have it back.
    let place = PortHold(bootstrapServers)
    defer {
      rd_kafka_mock_broker_set_up(cluster, 1)
      place?.release()
    }
    return try body()
  }
}

/// Keeps a port of loopback from being given to others, without listening on it.
private struct PortHold {
  private let socket: Int32

  /// - Parameter address: `127.0.0.1:port`.
  init?(_ address: String) {
    guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else { return nil }
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return nil }
    var reuse: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    let bound = withUnsafePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0 else {
      close(socket)
      return nil
    }
    self.socket = socket
  }

  func release() { close(socket) }
}

/// Why the embedded broker does not run.
public enum EmbeddedBrokerError: Error, Hashable, Sendable {
  case notStarted
  case topicNotMade(String)
}
