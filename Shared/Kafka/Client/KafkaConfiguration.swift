/// Where Kafka is and any librdkafka property that a deployment needs: SASL, TLS, timeouts.
public struct KafkaConfiguration: Sendable, Hashable {
  /// `host:port` pairs, separated by commas.
  public var bootstrapServers: String
  /// librdkafka's own property names. They win over the defaults below, but not over what exactly-once rests on:
  /// idempotence, acknowledgement by all, no automatic commit, an error instead of a jump when an offset is gone.
  public var properties: [String: String]

  public init(bootstrapServers: String, properties: [String: String] = [:]) {
    self.bootstrapServers = bootstrapServers
    self.properties = properties
  }

  /// Reads `name=value;name=value`; parts without `=` are left out.
  public init(bootstrapServers: String, propertyList: String) {
    let pairs = propertyList.split(separator: ";").compactMap { part -> (String, String)? in
      guard let equals = part.firstIndex(of: "=") else { return nil }
      return (
        part[..<equals].trimmed, String(part[part.index(after: equals)...])
      )
    }
    self.init(bootstrapServers: bootstrapServers, properties: Dictionary(pairs, uniquingKeysWith: { $1 }))
  }

  private static let shared = [
    "client.id": "every-school-day",
    // Small requests wait 40 ms for an acknowledgement otherwise.
    "socket.nagle.disable": "true",
    "reconnect.backoff.ms": "20",
    "reconnect.backoff.max.ms": "1000",
    "topic.metadata.refresh.interval.ms": "30000",
    "log.connection.close": "false",
    "statistics.interval.ms": "10000",
  ]

  /// All properties of a producer.
  public var producerProperties: [String: String] {
    Self.shared
      .merging(
        [
          "linger.ms": "1", "queue.buffering.max.messages": "1000000", "batch.num.messages": "10000",
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
          // An empty fetch sleeps its whole wait in the broker: this is the delay of a single event.
          "fetch.wait.max.ms": "10", "fetch.error.backoff.ms": "50", "queued.min.messages": "10000",
          "queued.max.messages.kbytes": "16384",
        ], uniquingKeysWith: { $1 }
      )
      .merging(properties, uniquingKeysWith: { $1 })
      .merging(
        [
          "bootstrap.servers": bootstrapServers, "group.id": "every-school-day-unused",
          "enable.auto.commit": "false", "enable.auto.offset.store": "false", "auto.offset.reset": "error",
          "check.crcs": "true", "enable.partition.eof": "false",
        ], uniquingKeysWith: { $1 })
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
