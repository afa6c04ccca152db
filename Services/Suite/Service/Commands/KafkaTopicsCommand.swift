import ArgumentParser
import Contracts
import Foundation
import Kafka
import Rulebook
import SealedAlerts
import ServiceKit

/// `suite kafka-topics`.
struct KafkaTopicsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kafka-topics",
    abstract: "Makes the topics of some authorities at the Kafka that KAFKA_BOOTSTRAP_SERVERS names.",
    discussion: """
      For trials and acceptance: each gets one partition and the cluster's own defaults. On a server compose/kafka/setup.sh \
      makes topics, users and rights. --empty removes the topics first with all that they hold.
      """)

  @Option(help: "The authorities, separated by commas.") var authorities = "880"
  @Flag(help: "Remove the topics first, with all that they hold.") var empty = false

  /// How often it is asked whether removed topics are gone.
  private static let looks = 300

  func run() async throws {
    let topics =
      try Authorities.read(authorities).flatMap { EventRegistry.topics(authority: $0.text) } + [AlertPost.topic]
    let source = try await ConfigurationSource()
    guard let servers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"], !servers.isEmpty else {
      throw ValidationError("set KAFKA_BOOTSTRAP_SERVERS to HOST:PORT")
    }
    let kafka = KafkaConfiguration(
      bootstrapServers: servers, name: "suite", properties: try ServiceConfiguration.kafkaProperties(source))
    do {
      let admin = try TopicAdmin(kafka)
      if empty {
        try await admin.delete(topics)
        for look in 0..<Self.looks {
          if try await admin.areGone(topics) { break }
          guard look < Self.looks - 1 else { throw SuiteError.unexpected("the topics are still there") }
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      try await admin.create(topics)
    } catch let error as KafkaError {
      throw SuiteError.unexpected("the topics cannot be made: \(error.fault) (\(error))")
    }
    print("\(topics.count) topics are there")
  }
}
