import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// A store of the first release, opened by this program: what it holds is judged as it was, and rightly from then on.
@Suite struct EnforcementSchemaTests {
  /// Runs on a store that the first release left: a child with ten sessions of absence and an open proposal.
  private static func run(_ body: (Enforced) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "enforcement-\(UUID().uuidString).sqlite"
    let old = try Store(
      path: path, owner: "880.enforcement",
      migrations: MessagingSchema.migrations + Array(EnforcementSchema.migrations.prefix(1)),
      auditKeys: TestAuditKeys.keys)
    let ten = (0..<10).map { index in
      "('p000000001', '100001', \(MadeUp.day(index / 2).ordinal), \(index % 2), \(UInt8(ascii: "O")))"
    }
    let sessions = (0..<10).map { index in
      #"{"date":"\#(MadeUp.day(index / 2).iso)","session":"\#(index % 2 == 0 ? "AM" : "PM")","code":"O"}"#
    }
    let grounds = """
      {"metOn":"2026-09-11","windowFirstWeek":"2026-09-07","windowLastWeek":"2026-11-09",\
      "sessions":[\(sessions.joined(separator: ","))],"unresolved":0,\
      "rule":{"id":"national-threshold","source":"SI 2007/1867","inForceFrom":"2024-08-19"}}
      """
    let calendar = """
      {"school":"100001","schoolYear":"2026-27","terms":[{"first":"2026-09-07","last":"2026-10-17"}],"closed":[],\
      "oneSessionDays":{}}
      """
    try await old.write { db in
      try db.execute(
        sql: """
          INSERT INTO school VALUES ('100001', 'maintained'), ('100002', 'academy');
          INSERT INTO calendar VALUES ('100001', '2026-27', '\(calendar)');
          INSERT INTO pupil VALUES ('p000000001', \(MadeUp.born.ordinal)), ('p000000002', \(MadeUp.born.ordinal));
          INSERT INTO counted_session VALUES \(ten.joined(separator: ", "));
          INSERT INTO proposal VALUES (1, 'pn-1', 'p000000001', '100001', 'open', '\(grounds)'),
            (2, 'pn-2', 'p000000002', '100002', 'lapsed', '\(grounds)');
          INSERT INTO judgement VALUES (1, 'pn-1', 'proposed', 1790000000000, 'event-1', '\(grounds)', NULL),
            (2, 'pn-2', 'proposed', 1790000000000, 'event-2', '\(grounds)', NULL),
            (3, 'pn-2', 'lapsed', 1790000000001, 'event-3', NULL, 9);
          """)
    }
    try old.close()
    let service = try Enforced(path: path)
    try await body(service)
    #expect(try await service.store.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").isEmpty })
  }

  /// The days and the birth date of ``Enforced``.
  private enum MadeUp {
    static let born = Day(iso: "2014-05-10") ?? Day(ordinal: 0)
    static let monday = Day(iso: "2026-09-07") ?? Day(ordinal: 0)
    static func day(_ number: Int) -> Day { monday.adding(days: number) }
  }

  private static func counted(_ service: Enforced) async throws -> Int {
    try await service.store.read { db in
      try service.judge.find(
        pupil: service.pupil, at: service.judge.school(service.school, in: db), asOf: service.clock.today(), in: db
      )
      .sessions.count
    }
  }

  @Test func whatWasCountedCountsBeforeTheRollIsTold() async throws {
    try await Self.run { service in
      #expect(try await Self.counted(service) == 10)
      #expect(try await service.published().isEmpty, "opening a store proposes nothing")
      try await service.amend(0, to: "I")
      #expect(try await Self.counted(service) == 9)
      #expect(try await service.published() == ["penalty-notice-proposal-lapsed"])
      try await service.applyMarks(10..<11)
      #expect(try await service.published().last == "penalty-notice-proposed", "and none of another number")
      #expect(try await service.store.read { try Proposals.find("pn-3", in: $0) }?.pupil == service.pupil)
    }
  }

  /// A mark that is sent again once the roll is known takes the place of the one of before.
  @Test func noSessionIsCountedTwice() async throws {
    try await Self.run { service in
      try await service.applyPupil(registration: 7)
      #expect(try await Self.counted(service) == 10)
      try await service.applyMarks(0..<10, "G")
      #expect(try await Self.counted(service) == 10)
      try await service.amend(4, to: "/")
      #expect(try await Self.counted(service) == 9)
      #expect(try await service.published().last == "penalty-notice-proposal-lapsed")
    }
  }

  @Test func theRollTakesOutWhatIsNotOnIt() async throws {
    try await Self.run { service in
      try await service.applyPupil(registration: 7, leftOn: MadeUp.day(3))
      #expect(try await Self.counted(service) == 8)
      #expect(try await service.published() == ["penalty-notice-proposal-lapsed"])
    }
  }

  @Test func mergedChildrenKeepWhatEachHad() async throws {
    try await Self.run { service in
      let other = try #require(PupilID("p000000002"))
      try await service.apply(PupilsMerged(pupil: other, merged: service.pupil))
      let held = try await service.store.read { try Proposals.open(pupil: other, in: $0).map(\.id) }
      #expect(held == ["pn-1"])
      let counted = try await service.store.read { db in
        try service.judge.find(
          pupil: other, at: service.judge.school(service.school, in: db), asOf: service.clock.today(), in: db
        ).sessions.count
      }
      #expect(counted == 10)
    }
  }

  /// The proposals of before are found by their school (migration 0004), with their history.
  @Test func proposalsOfBeforeAreFoundBySchool() async throws {
    try await Self.run { service in
      try await service.store.read { db in
        for (school, id) in [("100001", "pn-1"), ("100002", "pn-2")] {
          let page = try Proposals.page(state: nil, at: [school], after: 0, limit: 10, in: db)
          #expect(page.map(\.1.id) == [id])
        }
        #expect(try Proposals.judgements("pn-2", in: db).map(\.fact) == ["proposed", "lapsed"])
        #expect(try Proposals.judgements("pn-2", in: db).last?.mostSessions == 9)
        #expect(try Proposals.find("pn-1", in: db)?.proposal.grounds.sessions.count == 10)
      }
      await #expect(throws: DatabaseError.self) {
        try await service.store.write { try $0.execute(sql: "DELETE FROM judgement") }
      }
    }
  }
}
