import Contracts
import Foundation
import SealedAlerts
import ServiceKit
import Testing

/// `compose/programs.json`: the list of programs as the parts of a server read it that are not Swift. `bin/contracts` writes
/// it; `Tests/ThirdParty/test_compose.py` holds the compose file, the rights at Kafka and the rest to it.
@Suite("The list of programs for servers") struct ComposeTests {
  private static let file = Goldens.repository.appending(path: "compose/programs.json")

  private struct Listed: Encodable {
    struct Program: Encodable {
      let name: String
      let port: Int
      let reads: [String]
      let variables: [Variable]
    }
    struct Variable: Encodable {
      let name: String
      let isRequired: Bool
    }
    struct SharedTopic: Encodable {
      let topic: String
      let programs: [String]
      let retentionDays: Int
    }
    let retentionDays: Int
    let programs: [Program]
    let sharedTopics: [SharedTopic]
  }

  /// How long Kafka keeps a program's topic, and that of alerts, days: readers fetch older events from the feed; an older
  /// alert is refused.
  private static let retentionDays = (own: 7, alerts: 30)

  private static func document() throws -> String {
    let programs = Programs.all.map { program in
      Listed.Program(
        name: program.name, port: program.port, reads: program.reads.map(\.source.rawValue),
        variables: ConfigurationTests.keys(of: program).map {
          .init(name: $0.environmentName, isRequired: $0.fallback == nil)
        })
    }
    let listed = Listed(
      retentionDays: retentionDays.own, programs: programs,
      sharedTopics: [
        .init(topic: AlertPost.topic, programs: [ServiceName.cme.rawValue], retentionDays: retentionDays.alerts)
      ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(listed), as: UTF8.self) + "\n"
  }

  @Test("compose/programs.json is the list of programs")
  func documentIsCurrent() throws {
    let document = try Self.document()
    if ProcessInfo.processInfo.environment["UPDATE_CONTRACTS"] == "1" {
      try Data(document.utf8).write(to: Self.file)
      print("wrote compose/programs.json")
    }
    let found = try? String(contentsOf: Self.file, encoding: .utf8)
    #expect(found == document, "compose/programs.json is not current: run bin/contracts")
  }
}
