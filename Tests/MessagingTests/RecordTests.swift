import Contracts
import Foundation
import GRDB
import Kafka
import MessagingMachines
import Rulebook
import ServiceKit
import TestKit
import Testing

@testable import Messaging
@testable import Store

/// What a reader takes a record for, and what a relay sends.
@Suite("Records", .timeLimit(.minutes(2)))
struct RecordTests {
  private let log = MemoryLog()

  /// A record as its relay would send it, at an offset that says nothing.
  private func record(_ event: Event) -> Kafka.Record {
    OutgoingRecord(
      topic: "880.registers", key: [], value: event.data,
      headers: KafkaBinding.headers(of: event).map { Header(name: $0.name, value: $0.value) }
    ).read(at: 70)
  }

  private func changed(
    _ event: Event, id: String? = nil, source: String? = nil, data: [UInt8]? = nil, seal: EventSeal?
  ) -> Event {
    Event(
      id: id ?? event.id, source: source ?? event.source, type: event.type, subject: event.subject, time: event.time,
      recordedTime: event.recordedTime, sequence: event.sequence, traceparent: event.traceparent,
      classification: event.classification, data: data ?? event.data, auditHead: event.auditHead, seal: seal)
  }

  @Test("Sequence, link, signature and epoch say what a record is")
  func arrivals() async throws {
    let pair = try Pair()
    try await pair.append(1...6)
    let events = try await pair.source.read { db in
      try pair.outbox.events(after: 0, limit: 10, maximumBytes: .max, in: db).map { try pair.outbox.signed($0) }
    }
    let links = try events.map { try #require($0.seal).link }
    let intake = pair.intake(log)
    try await intake.greet()
    await intake.set(
      chain: .init(sequence: 3, epoch: pair.source.epoch, link: links[2]), left: ["left"])
    func arrival(_ event: Event, _ known: [Int64: EventDigest] = [:]) async -> Intake.Arrival {
      await intake.arrival(record(event), known: known)
    }
    let next = events[3]
    let seal = try #require(next.seal)
    #expect(await arrival(next) == .event(sequence: 4))
    #expect(await arrival(events[5]) == .event(sequence: 6), "a gap")
    #expect(await arrival(events[5].sealed(EventSeal(link: links[5]))) == .unreadable, "a gap that nobody vouches for")
    #expect(await arrival(next.pointing(at: "/events")) == .withoutData(sequence: 4))
    #expect(await arrival(changed(next, data: [0x7B], seal: seal)) == .withoutData(sequence: 4), "changed data")
    #expect(await arrival(changed(next, source: "/383/registers", seal: seal)) == .unreadable)
    #expect(await arrival(next.sealed(nil)) == .withoutData(sequence: 4), "an older release's")
    let remains = EventSeal(
      link: seal.link, signature: seal.signature, dataDigest: EventChain.digest(of: next.data ?? []))
    #expect(
      await arrival(changed(next, data: [0x7B, 0x7D], seal: remains)) == .withoutData(sequence: 4),
      "what remains is believed from the feed alone")
    #expect(await arrival(events[1], [2: links[1]]) == .event(sequence: 2), "a duplicate")
    #expect(await arrival(events[1], [2: links[0]]) == .unreadable, "another event under a number that was passed")
    #expect(await arrival(changed(events[1], id: "other-2", seal: events[1].seal)) == .unreadable)
    #expect(await arrival(changed(events[1], id: "left-2", seal: events[1].seal), [2: links[0]]) == .abandoned)
    #expect(await arrival(changed(next, id: "left-4", seal: seal)) == .abandoned)
  }

  @Test("Every record is signed, and after deliveries that fail the relay goes on and the reader has all in order")
  func deliveries() async throws {
    let pair = try Pair()
    try await pair.append(1...40)
    log.fail([5, 6, 17])
    let relay = pair.relay(log)
    await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      for await state in await relay.states() where state.acknowledged == 40 { break }
      group.cancelAll()
    }
    #expect(log.willFail.isEmpty)
    let key = LinkKey(bytes: pair.outbox.publicKey)
    for record in log.records("880.registers") {
      let event = try KafkaBinding.event(
        headers: record.headers.map { ($0.name, $0.value) }, value: record.value)
      #expect(key.vouches(for: event))
    }
    // What the log lost in between comes from the feed.
    let intake = pair.intake(log)
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 40)
      group.cancelAll()
    }
    #expect(try await pair.effects() == Array(1...40))
  }

  @Test("What is rolled back is neither announced nor remembered")
  func rollback() async throws {
    struct Stop: Error {}
    let pair = try Pair()
    try await pair.append(1...2)
    await #expect(throws: Stop.self) {
      try await pair.writing.write(by: .program(.registers)) { unit in
        let urn = try URN("100003")
        try unit.publish(SchoolRecorded(urn: urn, name: "x", phase: .primary, kind: .academy), subject: urn.text)
        throw Stop()
      }
    }
    #expect(pair.source.lock.mark?.sequence == 2)
    try await pair.append(3...3)
    #expect(pair.source.lock.mark?.sequence == 3)
  }

  @Test("The first parked event of a subject is given up and those behind it are tried; trying again is another thing")
  func discard() async throws {
    let pair = try Pair()
    try await pair.append(1...3)
    try await pair.append(4...4, namePrefix: "refused")
    try await pair.append(5...11)
    let intake = pair.intake(log)
    try await withThrowingTaskGroup { group in
      group.addTask { try await intake.run() }
      try await pair.handler.applied.wait(for: 10)
      group.cancelAll()
    }
    let parked = try await pair.sink.read { try ParkedEvents.all(limit: 10, in: $0) }
    #expect(parked.map(\.sequence) == [4, 11])
    let tester = Caller(subject: "tester", role: .operator)
    try await pair.reading.write(by: tester) { try intake.decide(.discard, parked[0], in: $0) }
    #expect(try await pair.effects() == [1, 2, 3, 5, 6, 7, 8, 9, 10, 11])
    #expect(try await pair.sink.read { try ParkedEvents.all(limit: 10, in: $0) }.isEmpty)
  }

  @Test("The signing key stays when audit keys are added, and differs between programs")
  func key() throws {
    let first = try AuditKeys([1: Data(repeating: 7, count: 32)])
    let more = try AuditKeys([1: Data(repeating: 7, count: 32), 2: Data(repeating: 8, count: 32)])
    #expect(first.secret(for: "a") == more.secret(for: "a"))
    #expect(first.secret(for: "a") != first.secret(for: "b"))
  }
}

extension IntakeLoop {
  fileprivate func set(chain: ChainEnd, left: Set<String>) { (self.chain, self.left) = (chain, left) }

  fileprivate func arrival(_ record: Kafka.Record, known: [Int64: EventDigest]) -> Intake.Arrival {
    classify(record, after: chain, known: known).arrival
  }
}
