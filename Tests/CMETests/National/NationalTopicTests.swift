import CMEDomain
import Contracts
import EmbeddedBroker
import Foundation
import Kafka
import Logging
import Messaging
import Rulebook
import ServiceKit
import Store
import Testing

@testable import CMEService
@testable import SealedAlerts

/// Two authorities' programs on one broker.
@Suite("The shared topic", .timeLimit(.minutes(5))) struct NationalTopicTests {
  private let torbay, devon: AlertingAuthority

  init() throws {
    let authorities = try TwoAuthorities()
    let clock = ManualClock(authorities.moment.date)
    torbay = try AlertingAuthority(authorities.torbay, clock: clock)
    devon = try AlertingAuthority(authorities.devon, clock: clock)
  }

  /// Lets each in turn send what waits and read the topic to its end.
  private func run(on broker: EmbeddedBroker) async throws {
    for authority in [torbay, devon, torbay, devon, torbay] {
      let logger = Logger(label: "cme")
      let topic = NationalTopic(
        desk: authority.desk, transactions: authority.transactions, kafka: broker.configuration,
        alarms: Alarms(logger: logger), logger: logger)
      let connection = try await topic.connect()
      var isDone = false
      for _ in 0..<100 where !isDone {
        try await topic.round(connection)
        let end = try await connection.reader.watermarks(of: NationalTopic.name).high
        isDone = try await authority.store.read {
          let hasRead = try Alerts.position(in: $0).next == end
          return try hasRead && Alerts.waiting(limit: 1, in: $0).isEmpty
        }
      }
      #expect(isDone)
      await connection.close()
    }
  }

  @Test("An alert goes through the broker and back, and what others see of it is its envelope")
  func throughTheBroker() async throws {
    let broker = try EmbeddedBroker(topics: [NationalTopic.name])
    try await torbay.raise(to: devon)
    try await run(on: broker)
    #expect(try await devon.receivedState() == .received)
    #expect(try await torbay.sentState() == .received)
    let reader = try TopicReader(broker.configuration)
    let last = try #require(try await reader.tail(of: NationalTopic.name))
    await reader.close()
    #expect(last.value?.count == AlertHeader.Class.sealed.envelopeBytes)
    #expect(last.key == Array("878.cme".utf8) && last.headers.isEmpty)
  }

  @Test("A broker that begins anew, empty, loses nothing and doubles nothing")
  func emptyBroker() async throws {
    try await torbay.raise(to: devon)
    for _ in 0..<2 {
      let broker = try EmbeddedBroker(topics: [NationalTopic.name])
      try await run(on: broker)
    }
    try await devon.acknowledge()
    let broker = try EmbeddedBroker(topics: [NationalTopic.name])
    try await run(on: broker)
    #expect(try await torbay.sentState() == .acknowledged)
    for authority in [torbay, devon] { #expect(try await authority.refusals() == []) }
  }
}
