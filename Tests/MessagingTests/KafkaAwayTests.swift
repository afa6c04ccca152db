import Contracts
import EmbeddedBroker
import Foundation
import Kafka
import KafkaProxy
import Testing

@testable import Messaging

/// The loops while Kafka misbehaves: they go on by themselves when it is well, and say meanwhile what is wrong.
@Suite("Relay and readers while Kafka misbehaves", .serialized, .timeLimit(.minutes(10)))
struct KafkaAwayTests {
  private static let topic = "880.registers"

  private static func client(_ proxy: KafkaProxy) -> KafkaConfiguration {
    KafkaConfiguration(
      bootstrapServers: proxy.bootstrapServers,
      properties: [
        EmbeddedBroker.fetchWait.property: EmbeddedBroker.fetchWait.value, "socket.timeout.ms": "3000",
        "message.timeout.ms": "5000",
      ])
  }

  /// Runs a loop until its state is as wanted, and says how long that took.
  private static func run(
    _ relay: RelayLoop, until isWanted: (RelayLoop.State) -> Bool
  ) async -> (state: RelayLoop.State?, seconds: Double) {
    let start = ContinuousClock.now
    for await state in await relay.states() where isWanted(state) {
      return (state, start.duration(to: .now) / .seconds(1))
    }
    return (nil, 0)
  }

  @Test("When the leader falls silent, events go on by the next one while the old one stays silent")
  func silentLeader() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic], nodes: 3)
    broker.moveLeader(of: Self.topic, to: 1)
    let proxy = try KafkaProxy(to: broker.bootstrapServers)
    defer { proxy.close() }
    let pair = try Pair()
    try await pair.append(1...50)
    try await pair.running(Self.client(proxy)) {
      try await pair.handler.applied.wait(for: 50)
      // The relay asks for the end of its log when it has nothing to send: that question is never answered.
      proxy.set(.stall, for: .listOffsets, at: 1)
      let asked = proxy.moments(.listOffsets).count
      #expect(await proxy.wait(for: asked + 1, .listOffsets))
      proxy.set(.silent, at: 1)
      broker.moveLeader(of: Self.topic, to: 2)
      try await pair.append(51...100)
      let start = ContinuousClock.now
      try await pair.handler.applied.wait(for: 100)
      let seconds = start.duration(to: .now) / .seconds(1)
      #expect(seconds < 30, "\(seconds) s")
      print("events went on after \(seconds) s without the old leader")
    }
    #expect(try await pair.effects() == Array(1...100))
  }

  @Test(
    "A relay that cannot reach Kafka says so, and ends without an error when it is told to",
    arguments: [
      KafkaProxy.Condition.silent, .down,
    ])
  func relayEnds(condition: KafkaProxy.Condition) async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let proxy = try KafkaProxy(to: broker.bootstrapServers)
    defer { proxy.close() }
    let pair = try Pair()
    try await pair.append(1...3)
    proxy.set(condition)
    let relay = pair.relay(Self.client(proxy))
    #expect(await relay.state.trouble == nil, "a relay that does not run has none")
    let running = Task { try await relay.run() }
    let (state, seconds) = await Self.run(relay) { $0.trouble == "Kafka does not answer" }
    #expect(state != nil && seconds < 10, "\(seconds) s")
    let start = ContinuousClock.now
    running.cancel()
    try await running.value
    #expect(start.duration(to: .now) < .seconds(8))
  }

  @Test("What is wrong with a relay's topic is its trouble until it is mended")
  func relayTrouble() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let pair = try Pair()
    try await pair.append(1...3)
    broker.setError(29, of: Self.topic)
    let relay = pair.relay(broker.configuration)
    let running = Task { try await relay.run() }
    let (refused, seconds) = await Self.run(relay) { $0.trouble?.contains("does not allow") == true }
    #expect(refused != nil && seconds < 10, "\(seconds) s")
    broker.setError(0, of: Self.topic)
    let (well, _) = await Self.run(relay) { $0.trouble == nil && $0.acknowledged == 3 }
    #expect(well != nil)
    // Denied writes: the end of the log can be read all the same.
    broker.failNextProduceRequests(Array(repeating: 29, count: 3))
    try await pair.append(4...4)
    let (denied, later) = await Self.run(relay) { $0.trouble?.contains("does not allow") == true }
    #expect(denied != nil && later < 10, "\(later) s")
    let (sent, _) = await Self.run(relay) { $0.trouble == nil && $0.acknowledged == 4 }
    #expect(sent != nil)
    running.cancel()
    try await running.value
  }

  /// A reader and the look at its topic, which the test does itself.
  private struct Watched {
    let pair: Pair
    let intake: IntakeLoop
    let watch: LogWatch

    init(_ kafka: KafkaConfiguration) throws {
      pair = try Pair()
      intake = pair.intake(kafka)
      watch = LogWatch(kafka, readers: [intake], settings: pair.settings, logger: quietLogger)
    }

    /// Looks until a reader stands as wanted.
    func look(until isWanted: (LogWatch.Standing) -> Bool) async -> (standing: LogWatch.Standing, seconds: Double) {
      let start = ContinuousClock.now
      while true {
        await watch.look()
        let standing = await watch.standing(of: intake)
        let seconds = start.duration(to: .now) / .seconds(1)
        if isWanted(standing) || seconds > 60 { return (standing, seconds) }
        await Task.yield()
      }
    }
  }

  @Test("A reader says that Kafka is away, and that it is back")
  func readerAway() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let proxy = try KafkaProxy(to: broker.bootstrapServers)
    defer { proxy.close() }
    let watched = try Watched(Self.client(proxy))
    let reading = Task { try await watched.intake.run() }
    let (well, _) = await watched.look { $0.isConnected }
    #expect(well.fault == nil && well.lagEvents == 0 && well.lagSeconds == 0, "\(well)")
    for condition in [KafkaProxy.Condition.silent, .down] {
      proxy.set(condition)
      let (away, seconds) = await watched.look { $0.fault != nil }
      #expect(away.fault == "Kafka does not answer" && !away.isConnected && seconds < 10, "\(away) after \(seconds) s")
      #expect(away.reason(isRepairing: false, settings: watched.pair.settings) == "Kafka does not answer")
      proxy.set(.well)
      let (back, _) = await watched.look { $0.isConnected }
      #expect(back.fault == nil, "\(back)")
    }
    reading.cancel()
    try await reading.value
  }

  @Test(
    "A reader whose topic is missing or not allowed says so",
    arguments: [
      (3, "the topic does not exist"), (29, "Kafka does not allow this program to use the topic"),
    ] as [(Int32, String)])
  func readerRefused(code: Int32, fault: String) async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    broker.setError(code, of: Self.topic)
    let watched = try Watched(broker.configuration)
    let reading = Task { try await watched.intake.run() }
    let (refused, seconds) = await watched.look { $0.fault == fault }
    #expect(refused.fault == fault && seconds < 10, "\(refused) after \(seconds) s")
    reading.cancel()
    try await reading.value
  }

  @Test("How far a reader is behind is known, and keeps the program from being ready")
  func readerBehind() async throws {
    let broker = try EmbeddedBroker(topics: [Self.topic])
    let watched = try Watched(broker.configuration)
    let producer = try Producer(broker.configuration)
    try await producer.prepare(Self.topic)
    for number in 0..<5 {
      try producer.send(OutgoingRecord(topic: Self.topic, key: [], value: [0]), token: Int64(number))
    }
    await producer.close(deadline: .seconds(5))
    var settings = watched.pair.settings
    // The reader does not run, so it stays where it is.
    let (behind, _) = await watched.look { $0.lagSeconds > 0.01 }
    #expect(behind.lagEvents == 5)
    #expect(behind.reason(isRepairing: false, settings: settings) == nil, "not for long enough")
    settings.behindSeconds = 0.01
    #expect(behind.reason(isRepairing: false, settings: settings) == "it is behind by 5 events and 0 s")
  }

  @Test("A repair that brings nothing keeps the program from being ready")
  func stuckRepair() {
    var standing = LogWatch.Standing()
    standing.progressAgeSeconds = 31
    let settings = MessagingSettings()
    #expect(standing.reason(isRepairing: false, settings: settings) == nil)
    #expect(
      standing.reason(isRepairing: true, settings: settings)
        == "it has been repairing from the feed for 31 s without an event")
    standing.progressAgeSeconds = 29
    #expect(standing.reason(isRepairing: true, settings: settings) == nil)
  }
}
