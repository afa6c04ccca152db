import Contracts
import Foundation
import GRDB
import Kafka
import Rulebook
import ServiceKit
import TestKit
import Testing

@testable import Messaging
@testable import Store

/// A source that was restored, another store, a record that somebody else wrote: nothing is taken for a duplicate, or for
/// the next event, because of its number alone.
@Suite("Forks", .timeLimit(.minutes(5)))
struct ForkTests {
  private static let topic = "880.registers"
  private let log = MemoryLog()
  private let alarms = Alarms(logger: quietLogger)

  private func beyond(_ pair: Pair) async throws -> [BeyondFork.Row] {
    try await pair.sink.read { try BeyondFork.all(limit: 100, in: $0) }.sorted { $0.id < $1.id }
  }

  @Test(
    "What a restored source no longer has is listed, and its new events are applied under the numbers of the old",
    arguments: [false, true])
  func restoredSource(emptiesLog: Bool) async throws {
    let pair = try Pair()
    try await pair.append(1...6)
    let copy = try pair.backup()
    try await pair.append(7...10)
    try await pair.running(log) { try await pair.handler.applied.wait(for: 10) }
    if emptiesLog { log.wipe() }
    let after = try pair.restored(from: copy)
    try await after.append(11...13, namePrefix: "After")
    try await after.running(log, alarms: alarms) {
      try await after.handler.names.wait(for: "After 13")
    }
    #expect(try await pair.effects() == Array(1...10) + [7, 8, 9])
    let listed = try await beyond(pair)
    #expect(listed.map(\.sequence) == [7, 8, 9, 10] && listed.allSatisfy { $0.state == .open })
    #expect(alarms.active.map(\.name) == ["reconcile 880.registers"])
    let position = try await pair.sink.read { try Positions.load(topic: Self.topic, in: $0) }
    #expect(try await position.link == after.source.read { try Outbox.link(of: 9, in: $0) })
    #expect(position.epoch == after.source.epoch && after.source.epoch != pair.source.epoch)
    // The relay goes on behind what it sent before it was put back.
    let relay = after.relay(log)
    await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      for await state in await relay.states() where state.acknowledged == 9 { break }
      group.cancelAll()
    }
    #expect(
      log.records(Self.topic).last?.headers.contains(Header(name: "ce_sequence", value: Array("9".utf8))) == true)
  }

  @Test("A reader that first met its source after a restore goes along with the next one, back before both")
  func restoredTwice() async throws {
    let first = try Pair()
    try await first.append(1...3)
    let copy = try first.backup()
    try await first.append(4...5)
    let second = try first.restored(from: copy)
    try await second.append(6...7, namePrefix: "Second")
    try await second.running(log) { try await second.handler.names.wait(for: "Second 7") }
    let third = try second.restored(from: copy)
    try await third.append(8...8, namePrefix: "Third")
    try await third.running(log, alarms: alarms) { try await third.handler.names.wait(for: "Third 8") }
    #expect(try await third.handled() == ["School 1", "School 2", "School 3", "Second 6", "Second 7", "Third 8"])
    #expect(try await beyond(first).map(\.sequence) == [4, 5])
    #expect(alarms.active.map(\.name) == ["reconcile 880.registers"])
  }

  @Test("A fact that the restored source tells again is confirmed; another is settled by a person")
  func confirmed() async throws {
    let pair = try Pair()
    try await pair.append(1...2)
    let copy = try pair.backup()
    try await pair.append(3...4)
    try await pair.running(log) { try await pair.handler.applied.wait(for: 4) }
    let after = try pair.restored(from: copy)
    try await after.append(4...4)
    try await after.append(5...5, namePrefix: "After")
    try await after.running(log) { try await after.handler.names.wait(for: "After 5") }
    let listed = try await beyond(pair)
    #expect(listed.map(\.state) == [.open, .confirmed] && listed.map(\.bySequence) == [nil, 3])
    let tester = Caller(subject: "tester", role: .operator)
    try await pair.reading.write(by: tester) { try BeyondFork.settle(listed[0].id, .undone, "taken back", in: $0) }
    #expect(try await beyond(pair).map(\.state) == [.undone, .confirmed])
    await #expect(throws: Problem.notFound("Open reconciliation")) {
      try await pair.reading.write(by: tester) { try BeyondFork.settle(listed[0].id, .undone, "again", in: $0) }
    }
  }

  @Test("A source that went back and does not say so stops its topic until a person accepts it")
  func undeclared() async throws {
    let pair = try Pair()
    try await pair.append(1...3)
    let copy = try pair.backup()
    try await pair.append(4...5)
    try await pair.running(log) { try await pair.handler.applied.wait(for: 5) }
    log.wipe()
    let after = try pair.restored(from: copy, keepingLock: true)
    try await after.append(6...8, namePrefix: "After")
    let (relay, intake) = (after.relay(log), after.intake(log, alarms: alarms))
    try await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      group.addTask { try await intake.run() }
      for await state in await intake.states() where state.fork != nil { break }
      #expect(try await pair.effects() == Array(1...5), "nothing of the other past is applied")
      #expect(alarms.active.map(\.name) == ["fork 880.registers"])
      #expect(await intake.state.fork?.contains("does not say that it was restored") == true)
      try await pair.sink.write { try Positions.accept(topic: Self.topic, in: $0) }
      try await after.handler.names.wait(for: "After 8")
      group.cancelAll()
    }
    #expect(try await pair.effects() == Array(1...5) + [4, 5, 6])
    #expect(try await beyond(pair).map(\.sequence) == [4, 5])
    #expect(alarms.active.map(\.name) == ["reconcile 880.registers"])
  }

  @Test("Another store in the place of the source is refused, whatever numbers it gives out", arguments: [3, 9])
  func otherStore(events: Int) async throws {
    let pair = try Pair()
    try await pair.append(1...5)
    try await pair.running(log) { try await pair.handler.applied.wait(for: 5) }
    log.wipe()
    let other = try pair.withSource(at: NSTemporaryDirectory() + "other-\(UUID().uuidString).sqlite")
    try await other.append(1...events)
    let (relay, intake) = (other.relay(log), other.intake(log, alarms: alarms))
    await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      group.addTask { try await intake.run() }
      for await state in await intake.states() where state.fork != nil { break }
      group.cancelAll()
    }
    #expect(await intake.state.fork?.contains("another store") == true)
    #expect(try await pair.effects() == Array(1...5))
  }

  @Test("A source that signs with another key stops its topic until a person accepts it")
  func otherKey() async throws {
    let pair = try Pair()
    try await pair.append(1...3)
    try await pair.running(log) { try await pair.handler.applied.wait(for: 3) }
    let path = pair.source.path
    try pair.source.close()
    let after = try pair.withSource(at: path, keys: AuditKeys([1: Data(repeating: 9, count: AuditKeys.bytes)]))
    try await after.append(4...4)
    let intake = after.intake(log, alarms: alarms)
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      for await state in await intake.states() where state.fork != nil { break }
      #expect(await intake.state.fork?.contains("another key") == true)
      #expect(try await pair.effects() == [1, 2, 3])
      try await pair.sink.write { try Positions.accept(topic: Self.topic, in: $0) }
      try await after.handler.applied.wait(for: 4)
      group.cancelAll()
    }
    #expect(try await pair.effects() == [1, 2, 3, 4])
    #expect(try await beyond(pair).isEmpty)
  }

  /// Records as somebody else could write them: with the next number, with a number far away, with changed data, as an
  /// older release wrote them, under a right link without a signature.
  enum Forgery: CaseIterable, CustomTestStringConvertible {
    case next, farAway, changedData, unsealed, unsigned

    var testDescription: String { "\(self)" }

    func make(_ event: Event) -> Event {
      var (sequence, data, seal) = (event.sequence, event.data, event.seal)
      let forged = Array(
        String(decoding: data ?? [], as: UTF8.self).replacing("School", with: "Forged").utf8)
      switch self {
      case .next: data = forged
      case .farAway: (sequence, data) = (1_000_000, forged)
      case .changedData: data = forged
      case .unsealed: (data, seal) = (forged, nil)
      case .unsigned: seal = nil
      }
      var made = Event(
        id: "\(event.epoch)-\(sequence)", source: event.source, type: event.type, subject: event.subject,
        time: event.time, recordedTime: event.recordedTime, sequence: sequence, traceparent: nil,
        classification: event.classification, data: data, seal: seal)
      if self == .next || self == .unsigned, let data {
        let link = EventChain.link(of: made, data: EventChain.digest(of: data), after: .origin)
        made = made.sealed(
          EventSeal(link: link, signature: self == .next ? Array(repeating: 7, count: 64) : nil))
      }
      return made
    }
  }

  @Test("A record that the source did not sign is never applied", arguments: Forgery.allCases)
  func forged(_ forgery: Forgery) async throws {
    let pair = try Pair()
    try await pair.append(1...1)
    let real = try #require(try await pair.feed.page(after: 0, link: nil).events.first)
    let forged = forgery.make(real)
    log.append(
      OutgoingRecord(
        topic: Self.topic, key: [], value: forged.data,
        headers: KafkaBinding.headers(of: forged).map { Header(name: $0.name, value: $0.value) }))
    let intake = pair.intake(log)
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 1)
      try await pair.append(2...3)
      try await pair.handler.applied.wait(for: 3)
      group.cancelAll()
    }
    #expect(try await pair.handled() == ["School 1", "School 2", "School 3"])
  }

  private struct WrongFeed: EventFeed {
    let feed: LocalFeed
    let isWrong = Locked(true)
    let change: @Sendable (Event) -> Event?

    func page(after sequence: Int64, link: EventDigest?) async throws -> FeedPage {
      let page = try await feed.page(after: sequence, link: link)
      let wasWrong = isWrong.withLock { wrong in
        defer { wrong = false }
        return wrong
      }
      return wasWrong
        ? FeedPage(events: page.events.compactMap(change), isLast: page.isLast, epoch: page.epoch) : page
    }

    func chain(through sequence: Int64, limit: Int) async throws -> SourceChain {
      try await feed.chain(through: sequence, limit: limit)
    }
  }

  @Test("A wrong or incomplete page of a feed is not applied", arguments: 0..<4)
  func wrongFeed(_ number: Int) async throws {
    let pair = try Pair()
    try await pair.append(1...4)
    let changes: [@Sendable (Event) -> Event?] = [
      { $0.sequence == 2 ? nil : $0 },
      { event in event.sequence == 3 ? event.sealed(nil) : event },
      { event in
        event.sequence == 4 ? event.sealed(event.seal.map { EventSeal(link: $0.link) }) : event
      },
      { event in
        Event(
          id: event.id, source: event.source, type: event.type, subject: event.subject, time: event.time,
          recordedTime: event.recordedTime, sequence: event.sequence, traceparent: nil,
          classification: event.classification,
          data: Array(String(decoding: event.data ?? [], as: UTF8.self).replacing("School", with: "Wrong").utf8),
          seal: event.seal)
      },
    ]
    let intake = IntakeLoop(
      service: .registers, authority: "880", handler: pair.handler, transactions: pair.reading, log: log,
      feed: WrongFeed(feed: pair.feed, change: changes[number]), settings: pair.settings, logger: quietLogger)
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 4)
      group.cancelAll()
    }
    #expect(try await pair.handled() == (1...4).map { "School \($0)" })
  }

  @Test("What an older release wrote and read goes on with links, without a second effect")
  func olderRelease() async throws {
    let pair = try Pair()
    try await pair.append(1...5)
    try await pair.running(log) { try await pair.handler.applied.wait(for: 5) }
    try await pair.source.write {
      try $0.execute(sql: "DROP TRIGGER outbox_no_update; UPDATE outbox SET link = NULL, data_digest = NULL")
    }
    try await pair.sink.write {
      try $0.execute(
        sql: "UPDATE positions SET link = NULL, epoch = NULL, source_key = NULL; DELETE FROM dealt_with")
    }
    let intake = pair.intake(log)
    let relay = pair.relay(log)
    try await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      try await pair.append(6...9)
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 9)
      group.cancelAll()
    }
    #expect(try await pair.effects() == Array(1...9))
    #expect(try await pair.source.read { try Int.fetchOne($0, sql: "SELECT count(link) FROM outbox") } == 9)
  }
}
