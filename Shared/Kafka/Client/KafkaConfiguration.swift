import CRdKafka

/// Where Kafka is and any librdkafka property that a deployment needs: SASL, TLS, timeouts.
public struct KafkaConfiguration: Sendable, Hashable {
  /// `host:port` pairs, separated by commas.
  public var bootstrapServers: String
  /// Whose clients they are: `client.id` and `group.id`, where the properties name no other. Nothing is committed under
  /// the group, but Kafka lets no client read that may not describe its group.
  public var name: String
  /// librdkafka's own property names. They win over the defaults below, but not over what exactly-once rests on:
  /// idempotence, acknowledgement by all, no automatic commit, an error instead of a jump when an offset is gone.
  public var properties: [String: String]

  public init(bootstrapServers: String, name: String = "every-school-day", properties: [String: String] = [:]) {
    self.bootstrapServers = bootstrapServers
    self.name = name
    self.properties = properties
  }

  /// How many clients of this process were given up and have not come back from librdkafka yet.
  public static var clientsGivenUp: Int { ClientHandle.givenUpCount }

  /// Makes a client and releases it again: what is wrong without asking Kafka shows, such as a file that is not there.
  ///
  /// - Throws: ``KafkaError`` whose reason names the property and never its value.
  public func check() throws(KafkaError) {
    rd_kafka_conf_destroy(try ClientHandle.configuration(consumerProperties))
    try ClientHandle(RD_KAFKA_PRODUCER, producerProperties).release()
  }

  private static let shared = [
    // Small requests wait 40 ms for an acknowledgement otherwise.
    "socket.nagle.disable": "true",
    "reconnect.backoff.ms": "20",
    "reconnect.backoff.max.ms": "1000",
    "topic.metadata.refresh.interval.ms": "30000",
    // A leader whose machine is gone answers nothing at all: this is how long it is waited for.
    "socket.timeout.ms": "10000",
    "log.connection.close": "false",
    "statistics.interval.ms": "10000",
  ]

  /// All properties of a producer.
  public var producerProperties: [String: String] {
    Self.shared
      .merging(
        [
          "client.id": name, "linger.ms": "1", "queue.buffering.max.messages": "1000000", "batch.num.messages": "10000",
          // The relay decides when to give up, not the client: it reads the log again and goes on from there.
          "message.timeout.ms": "30000",
        ], uniquingKeysWith: { $1 }
      )
      .merging(properties, uniquingKeysWith: { $1 })
      .merging(
        ["bootstrap.servers": bootstrapServers, "enable.idempotence": "true", "acks": "all"],
        uniquingKeysWith: { $1 })
  }

  /// All properties of a consumer.
  public var consumerProperties: [String: String] {
    Self.shared
      .merging(
        [
          "client.id": name, "group.id": name,
          // Kafka answers as soon as there is a record, so a longer wait delays none and spares idle readers requests.
          "fetch.wait.max.ms": "500", "fetch.error.backoff.ms": "50", "queued.min.messages": "10000",
          "queued.max.messages.kbytes": "16384",
        ], uniquingKeysWith: { $1 }
      )
      .merging(properties, uniquingKeysWith: { $1 })
      .merging(
        [
          "bootstrap.servers": bootstrapServers,
          "enable.auto.commit": "false", "enable.auto.offset.store": "false", "auto.offset.reset": "error",
          "check.crcs": "true", "enable.partition.eof": "false",
        ], uniquingKeysWith: { $1 })
  }
}
