import Contracts
import Foundation
import GRDB
import Kafka
import KafkaProxy
import Logging
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import Messaging

/// Readers hold where their sources' audit logs stood, and so a log that was made anew with the key itself is found.
@Suite("Audit anchors", .serialized, .timeLimit(.minutes(10)))
struct AuditAnchorTests {
  /// A feed that asks the source's own watch.
  private struct AskedFeed: EventFeed {
    let feed: LocalFeed
    let watch: AuditWatch

    func page(after sequence: Int64) async throws -> FeedPage { try await feed.page(after: sequence) }
    func confirms(_ anchor: AuditAnchor, reader: String) async throws -> Bool? {
      try await watch.confirm(anchor, to: .enforcement)
    }
  }

  private static func audit(_ store: Store, _ range: ClosedRange<Int>, actor: String = "user") async throws {
    try await store.write { db in
      for number in range {
        try AuditLog.append(
          AuditLog.Entry(
            at: Date(timeIntervalSince1970: 1_790_000_000), actor: actor, role: "manager", action: "pupil.read",
            subject: "p00000000\(number)"), in: db)
      }
    }
  }

  private static func watch(_ store: Store, sources: [AuditWatch.Source] = []) -> (AuditWatch, Alarms) {
    let alarms = Alarms(logger: quietLogger)
    var settings = MessagingSettings()
    settings.auditAskMillis = 0
    let watch = AuditWatch(
      Transactions(
        store: store, outbox: Outbox(service: .registers, authority: "880", store: store),
        clock: ManualClock(Date(timeIntervalSince1970: 1_790_000_100))), sources: sources, alarms: alarms,
      settings: settings, logger: quietLogger)
    return (watch, alarms)
  }

  @Test func theHeadTravelsThroughTheTopicAndIsHeld() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await pair.append(1...3)
    try await Self.audit(pair.source, 1...2)
    try await pair.append(4...6)
    try await pair.running(broker.configuration) { try await pair.handler.applied.wait(for: 6) }
    let held = try await pair.sink.read { try AuditAnchors.latest(of: "880.registers", in: $0) }
    #expect(try await held == pair.source.read { try AuditAnchors.own(in: $0) } && held?.count == 2)
    let events = try await pair.feed.page(after: 0).events
    #expect(events.map { $0.auditHead?.count } == [nil, nil, nil, 2, 2, 2])
  }

  @Test func aLogMadeAnewWithTheKeyIsFoundByItsReader() async throws {
    let pair = try Pair()
    try await Self.audit(pair.source, 1...4)
    try await pair.append(1...1)
    let events = try await pair.feed.page(after: 0).events
    _ = try await pair.sink.write { try AuditAnchors.keep(events, topic: "880.registers", in: $0) }
    let (sourceWatch, sourceAlarms) = Self.watch(pair.source)
    let (watch, alarms) = Self.watch(
      pair.sink,
      sources: [.init(topic: "880.registers", feed: AskedFeed(feed: pair.feed, watch: sourceWatch))])
    try await watch.askSources()
    #expect(alarms.active.isEmpty && sourceAlarms.active.isEmpty)

    // Everything that speaks of the old log goes, the published heads too, and a new one is written with the key.
    try await pair.source.write { db in
      try db.execute(
        sql: """
          DROP TRIGGER audit_log_no_delete; DROP TRIGGER outbox_no_update; DELETE FROM audit_log;
          UPDATE audit_head SET number = 0; UPDATE outbox SET audit_head = NULL
          """)
    }
    try await Self.audit(pair.source, 1...4, actor: "somebody-else")
    #expect(try await sourceWatch.verifyWhole().isSound, "by itself it looks right")
    try await watch.askSources()
    let name = "published-880.registers-4-\(try #require(events.first?.auditHead?.head))"
    #expect(alarms.active.map(\.detail) == [name])
    #expect(sourceAlarms.active.map(\.detail) == [name.replacing("880.registers", with: "enforcement")])
  }

  @Test func aHeadThatGoesBackIsFoundWhenItArrives() async throws {
    let pair = try Pair()
    func keep(_ heads: [AuditAnchor?]) async throws -> AuditAnchor? {
      let events = heads.enumerated().map { index, head in
        Event(
          id: "x-\(index)", source: "/880/registers", type: "x", subject: "s", time: Timestamp(millis: 0),
          recordedTime: Timestamp(millis: 0), sequence: Int64(index + 1), traceparent: nil,
          classification: .internal, data: nil, auditHead: head)
      }
      return try await pair.sink.write { try AuditAnchors.keep(events, topic: "880.registers", in: $0) }
    }
    func head(_ count: Int64, _ digit: String) throws -> AuditAnchor {
      try #require(AuditAnchor(count: count, head: String(repeating: digit, count: AuditAnchor.headDigits)))
    }
    #expect(try await keep([nil, try head(3, "a"), try head(3, "a"), try head(5, "b")]) == nil)
    #expect(try await keep([try head(4, "c")]) == head(5, "b"), "fewer entries than before")
    #expect(try await keep([try head(5, "c")]) == head(5, "b"), "another entry of the number")
    #expect(try await keep([try head(5, "b"), try head(6, "d")]) == nil)
    #expect(try await pair.sink.read { try AuditAnchors.latest(of: "880.registers", in: $0) } == head(6, "d"))
  }

  @Test func aHeadThatGoesBackInTheTopicIsOnRecordWithItsReader() async throws {
    let broker = try await TestBroker(topics: ["880.registers"])
    let pair = try Pair()
    try await Self.audit(pair.source, 1...3)
    try await pair.append(1...1)
    try await pair.running(broker.configuration) { try await pair.handler.applied.wait(for: 1) }
    try await pair.source.write { db in
      try db.execute(
        sql: "DROP TRIGGER audit_log_no_delete; DELETE FROM audit_log; UPDATE audit_head SET number = 0")
    }
    try await Self.audit(pair.source, 1...1)
    try await pair.append(2...2)
    try await pair.running(broker.configuration) { try await pair.handler.applied.wait(for: 2) }
    let noted = try await pair.sink.read {
      try AuditLog.noted(limit: 9, keys: TestAuditKeys.keys, in: $0).map(\.name)
    }
    #expect(noted.count == 1 && noted.first?.hasPrefix("published-880.registers-3-") == true, "\(noted)")
    #expect(try await pair.effects() == [1, 2], "nothing is held up")
  }

  @Test func theLogIsVerifiedInPartsAndFromWhereItWasVerified() async throws {
    let pair = try Pair()
    try await Self.audit(pair.source, 1...4_500)
    let (watch, alarms) = Self.watch(pair.source)
    #expect(try await watch.verifyWhole().isSound)
    #expect(try await pair.source.read { try AuditLog.verified(in: $0)?.number } == 4_500)
    try await pair.source.write { db in
      try db.execute(
        sql: "DROP TRIGGER audit_log_no_update; UPDATE audit_log SET actor = 'x' WHERE number IN (7, 3999)")
    }
    try await Self.audit(pair.source, 1...3)
    #expect(try await watch.look().isSound, "what was verified is not looked at again at every turn")
    #expect(alarms.active.isEmpty)
    let state = try await watch.verifyWhole()
    #expect(state.breaks.map { $0.name.split(separator: "-")[1] } == ["3999", "7"] && state.entries == 4_503)
    #expect(alarms.active.map(\.name) == [AuditWatch.alarm])
  }
}
