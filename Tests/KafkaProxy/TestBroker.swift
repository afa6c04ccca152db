public import EmbeddedBroker
import Foundation
public import Kafka

/// The broker of a test: an embedded one, or the Kafka that `KAFKA_BOOTSTRAP_SERVERS` names. There the test's topics are
/// removed and made anew, so it must be a cluster on which nobody works.
public struct TestBroker: Sendable {
  /// The Kafka that the environment names, with the properties of `KAFKA_PROPERTY_…`.
  public static let outside: KafkaConfiguration? = {
    let environment = ProcessInfo.processInfo.environment
    guard let servers = environment["KAFKA_BOOTSTRAP_SERVERS"], !servers.isEmpty else { return nil }
    var properties: [String: String] = [:]
    for (name, value) in environment where name.hasPrefix("KAFKA_PROPERTY_") {
      properties[name.dropFirst("KAFKA_PROPERTY_".count).lowercased().replacing("_", with: ".")] = value
    }
    return KafkaConfiguration(bootstrapServers: servers, properties: properties)
  }()

  /// How a client reaches it.
  public let configuration: KafkaConfiguration
  /// `nil` for an outside Kafka, which is not broken for a test.
  public let embedded: EmbeddedBroker?

  /// How often it is asked whether topics are gone, and made again.
  private static let attempts = 500

  /// - Throws: what the broker throws; ``KafkaError`` of an outside Kafka.
  public init(topics: [String]) async throws {
    if let outside = Self.outside {
      try await Self.makeAnew(topics, at: outside)
      self.init(configuration: outside, embedded: nil)
    } else {
      let broker = try EmbeddedBroker(topics: topics)
      self.init(configuration: broker.configuration, embedded: broker)
    }
  }

  private init(configuration: KafkaConfiguration, embedded: EmbeddedBroker?) {
    self.configuration = configuration
    self.embedded = embedded
  }

  private static func makeAnew(_ topics: [String], at kafka: KafkaConfiguration) async throws {
    // An embedded broker over its port neither makes nor removes topics: they are there, and must be empty.
    guard ProcessInfo.processInfo.environment["KAFKA_TOPICS_ARE_THERE"] == nil else { return }
    let admin = try TopicAdmin(kafka)
    try await admin.delete(topics)
    for _ in 0..<attempts { if try await admin.areGone(topics) { break } }
    try await admin.create(topics)
    let reader = try TopicReader(kafka)
    for topic in topics {
      for _ in 0..<attempts where (try? await reader.watermarks(of: topic).high) != 0 {}
    }
    await reader.close()
  }
}
