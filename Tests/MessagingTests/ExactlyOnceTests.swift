import Contracts
import Foundation
import GRDB
import Kafka
import KafkaProxy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import Messaging

@Suite("Outbox to effect", .serialized, .timeLimit(.minutes(10)))
struct ExactlyOnceTests {
  let tester = Caller(subject: "tester", role: .operator)

  @Test func everyEventHasOneEffectInOrder() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...500)
    try await pair.running(broker.configuration) {
      try await pair.append(501...2000)
      try await pair.handler.applied.wait(for: 2000)
    }
    #expect(try await pair.effects() == Array(1...2000))
  }

  @Test func anEmptyBrokerIsFilledAgain() async throws {
    let pair = try Pair()
    try await pair.append(1...300)
    let first = try await TestBroker(topics: ["880.registers"])
    try await pair.running(first.configuration) { try await pair.handler.applied.wait(for: 300) }
    let second = try await TestBroker(topics: ["880.registers"])
    try await pair.append(301...600)
    try await pair.running(second.configuration) { try await pair.handler.applied.wait(for: 600) }
    #expect(try await pair.effects() == Array(1...600))
    #expect(
      try await TopicReader(second.configuration).watermarks(of: "880.registers") == (0, 600),
      "the relay fills a new log from its outbox")
  }

  @Test func whatTheLogLostComesFromTheFeed() async throws {
    var pair = try Pair()
    // Room for a few events only: the new log begins late.
    pair.settings.refillBytes = 2_000
    try await pair.append(1...400)
    let broker = try await TestBroker(topics: ["880.registers"])
    let ready = pair
    try await ready.running(broker.configuration) { try await ready.handler.applied.wait(for: 400) }
    #expect(try await pair.effects() == Array(1...400))
    let ends = try await TopicReader(broker.configuration).watermarks(of: "880.registers")
    #expect(ends.high < 20, "most of the events were never in the log: \(ends.high)")
  }

  @Test func anEventLargerThanTheBrokerTakesTravelsAsAPointer() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...3)
    try await pair.append(4...4, filler: 2_000_000)
    try await pair.append(5...6)
    try await pair.running(broker.configuration) { try await pair.handler.applied.wait(for: 6) }
    #expect(try await pair.effects() == [1, 2, 3, 4, 5, 6])
    let tail = try await TopicReader(broker.configuration).tail(of: "880.registers")
    #expect(tail?.header("ce_sequence") == "6")
  }

  @Test func garbageInTheTopicIsPassedOver() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let producer = try Producer(broker.configuration)
    try await producer.prepare("880.registers")
    try producer.send(OutgoingRecord(topic: "880.registers", key: [], value: [0, 1, 2], headers: []), token: 1)
    await producer.close(deadline: .seconds(5))
    let pair = try Pair()
    let intake = pair.intake(broker.configuration)
    try await pair.append(1...2)
    // The relay refuses a log that it did not write, so the reader alone is run: it gets both from the feed.
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 2)
      group.cancelAll()
    }
    #expect(try await pair.effects() == [1, 2])
  }

  @Test func garbageAtTheEndDoesNotStopTheRelay() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...5)
    try await pair.running(broker.configuration) { try await pair.handler.applied.wait(for: 5) }
    let producer = try Producer(broker.configuration)
    try await producer.prepare("880.registers")
    try producer.send(OutgoingRecord(topic: "880.registers", key: [], value: [0], headers: []), token: 1)
    await producer.close(deadline: .seconds(5))
    try await pair.append(6...9)
    try await pair.running(broker.configuration) { try await pair.handler.applied.wait(for: 9) }
    #expect(try await pair.effects() == Array(1...9))
  }

  @Test func aLogCutWhereTheReaderStandsIsNoticedInTheQuiet() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    var pair = try Pair()
    pair.settings.quietMillis = 100
    try await pair.append(1...3)
    let intake = pair.intake(broker.configuration)
    // No relay runs: the topic stays empty, and only the feed has the events.
    try await withThrowingTaskGroup { [pair] group in
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 3)
      group.cancelAll()
    }
    #expect(try await pair.effects() == [1, 2, 3])
  }

  @Test func aLogOfAnotherStoreStopsTheRelay() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let (first, second) = (try Pair(), try Pair())
    try await first.append(1...10)
    try await first.running(broker.configuration) { try await first.handler.applied.wait(for: 10) }
    try await second.append(1...20)
    let relay = second.relay(broker.configuration)
    try await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      group.addTask { for await state in await relay.states() where state.stopped != nil { return } }
      try await group.next()
      group.cancelAll()
    }
    #expect(await relay.state.stopped != nil)
    #expect(try await TopicReader(broker.configuration).watermarks(of: "880.registers").high == 10)
  }

  @Test func aCopyOfTheStoreThatWentItsOwnWayIsNoticedThoughItIsLonger() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...5)
    let copy = NSTemporaryDirectory() + "copy-\(UUID().uuidString).sqlite"
    let path =
      try await pair.source.read { try String.fetchOne($0, sql: "SELECT file FROM pragma_database_list") } ?? ""
    // Nobody writes now: the file and its log together are a whole copy.
    for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
    try await pair.append(6...8)
    try await pair.running(broker.configuration) { try await pair.handler.applied.wait(for: 8) }
    let store = try Store(
      path: copy, owner: "880.registers", migrations: MessagingSchema.migrations, auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .registers, authority: "880", store: store)
    let clock = ManualClock(Date(timeIntervalSince1970: 1_790_000_009))
    let transactions = Transactions(store: store, outbox: outbox, clock: clock)
    try await transactions.write(by: .program(.registers)) { unit in
      for number in 1...10 {
        let urn = try URN("200001")
        try unit.publish(
          SchoolRecorded(urn: urn, name: "Copy \(number)", phase: .primary, kind: .academy), subject: urn.text)
      }
    }
    let relay = RelayLoop(
      outbox: outbox, store: store, kafka: broker.configuration, settings: pair.settings, logger: quietLogger)
    try await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      group.addTask { for await state in await relay.states() where state.stopped != nil { return } }
      try await group.next()
      group.cancelAll()
    }
    #expect(try await TopicReader(broker.configuration).watermarks(of: "880.registers").high == 8)
  }

  @Test func aSupersededProgramCannotPublish() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...5)
    let path =
      try await pair.source.read { try String.fetchOne($0, sql: "SELECT file FROM pragma_database_list") } ?? ""
    try FileManager.default.removeItem(atPath: path + ".lock")
    let newer = try Store(
      path: path, owner: "880.registers", migrations: MessagingSchema.migrations, auditKeys: TestAuditKeys.keys)
    #expect(newer.generation == 2)
    await #expect(throws: StoreError.superseded) { try await pair.relay(broker.configuration).run() }
    #expect(try await TopicReader(broker.configuration).watermarks(of: "880.registers").high == 0)
  }

  @Test func aRefusedEventWaitsWithAllOfItsSubjectBehindIt() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...7)
    try await pair.append(8...8, namePrefix: "refused")
    try await pair.append(9...21)
    let intake = pair.intake(broker.configuration)
    let relay = pair.relay(broker.configuration)
    try await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 21)
      // 8, 15 are of one subject (8 mod 7 = 1); 21 is of another.
      #expect(try await pair.effects() == Array(1...7) + [9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21])
      let parked = try await pair.sink.read { try ParkedEvents.all(limit: 10, in: $0) }
      #expect(parked.map(\.sequence) == [8, 15])
      #expect(parked.map(\.reason) == ["told-to-refuse", "behind-parked"])
      try await pair.reading.write(by: tester) { try intake.decide(.retry, parked[0], in: $0) }
      #expect(try await pair.effects().count == 19, "nothing has changed: it is refused again")
      try await pair.sink.write { try $0.execute(sql: "UPDATE switch SET refuse = 0") }
      try await pair.reading.write(by: tester) { try intake.decide(.retry, parked[0], in: $0) }
      group.cancelAll()
    }
    #expect(try await pair.effects().suffix(2) == [8, 15])
    #expect(try await pair.sink.read { try ParkedEvents.all(limit: 10, in: $0) }.isEmpty)
  }
}
