import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store
import TestKit
import Testing

@testable import Keeping

/// What has had its time goes by two people, and comes back within a month.
@Suite("Disposal") struct DisposalDeskTests {
  @Test func twoPeopleDecideAndEverythingComesBackAsItWas() async throws {
    let desk = try NoticeDesk()
    try await desk.fill()
    let before = try await desk.notices()
    let proposed = try await desk.disposals().propose(by: NoticeDesk.manager)
    #expect(proposed.proposal.notices == 4 && proposed.rules == ["a rule of this test", Reversal.days[0].source])
    #expect(try await desk.notices() == before, "a proposal removes nothing")
    let number = proposed.disposal
    _ = try await desk.disposals().approve(number, by: NoticeDesk.manager)
    await #expect(throws: Problem.conflict("same-person", "A second person must approve")) {
      try await desk.disposals().approve(number, by: NoticeDesk.manager)
    }
    let done = try await desk.disposals(.init(taken: 1)).approve(number, by: NoticeDesk.officer)
    #expect(done.state == .carriedOut && done.removed.notices == 4 && done.outcomes == ["removed": 4])
    #expect(try await desk.notices().count == 1)
    await #expect(throws: DatabaseError.self) {
      try await desk.store.write { try $0.execute(sql: "DELETE FROM notice") }
    }
    let back = try await desk.disposals(.init(putBack: 1)).reverse(number, by: NoticeDesk.manager)
    #expect(back.state == .reversed && back.outcomes == ["returned": 4])
    #expect(try await desk.notices() == before)
    #expect(
      try await desk.actions()
        == [
          "disposal.propose", "disposal.approve", "disposal.approve", "disposal.step", "disposal.step", "disposal.step",
          "disposal.step", "disposal.step", "disposal.reverse", "disposal.put-back", "disposal.put-back",
          "disposal.put-back", "disposal.put-back", "disposal.put-back",
        ].map { "\($0) disposal-1" })
  }

  @Test func aHoldKeepsAndIsAskedAgainWhenItGoesAndWhenItIsFinal() async throws {
    let desk = try NoticeDesk()
    try await desk.fill()
    let number = try await desk.disposals().propose(by: NoticeDesk.manager).disposal
    func hold(_ name: String, _ pupil: String) async throws {
      let isPlaced = try await desk.store.write {
        try Holds.place(
          .init(source: .enforcement, hold: name), of: pupil, matter: .penaltyNotice, at: Timestamp(millis: 0), in: $0)
      }
      #expect(isPlaced)
    }
    try await hold("first", "p000000002")
    _ = try await desk.disposals().approve(number, by: NoticeDesk.manager)
    let done = try await desk.disposals().approve(number, by: NoticeDesk.officer)
    #expect(done.outcomes == ["removed": 3, "held": 1] && done.removed.notices == 3)
    try await hold("second", "p000000003")
    let last = try #require(done.reversibleUntil)
    #expect(last == Day(iso: "2032-01-31"))
    #expect(try await desk.disposals().finalise(today: last) == 0)
    #expect(try await desk.disposals().finalise(today: last.adding(days: 1)) == 0, "a child has a hold now")
    let (another, released) = try await desk.store.write { db in
      let name = Holds.Name(source: .enforcement, hold: "second")
      return (
        try Holds.release(name, of: "p000000001", at: Timestamp(millis: 1), in: db),
        try Holds.release(name, of: "p000000003", at: Timestamp(millis: 1), in: db)
      )
    }
    #expect(!another && released)
    #expect(try await desk.disposals(.init(erased: 1)).finalise(today: last.adding(days: 1)) == 1)
    #expect(try await desk.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM disposal_bin") } == 0)
    await #expect(throws: Problem.self) { try await desk.disposals().reverse(number, by: NoticeDesk.manager) }
  }

  @Test func whatWasInterruptedIsGoneOnWith() async throws {
    let desk = try NoticeDesk()
    try await desk.fill()
    let number = try await desk.disposals().propose(by: NoticeDesk.manager).disposal
    await #expect(throws: Problem.self, "one at once") { try await desk.disposals().propose(by: NoticeDesk.manager) }
    try await desk.store.write { db in
      try Disposals.approve(number, by: "user-a", isSecond: false, in: db)
      try Disposals.approve(number, by: "user-b", isSecond: true, in: db)
    }
    let small = desk.disposals(.init(taken: 2, putBack: 1))
    #expect(try await small.carryOutStep(number, by: NoticeDesk.manager))
    #expect(try await desk.notices().count == 3)
    await #expect(throws: Problem.self, "approved") { try await small.withdraw(number, by: NoticeDesk.manager) }
    try await desk.disposals().finalise(today: try #require(Day(iso: "2032-01-02")))
    #expect(try await desk.disposals().one(number).state == .carriedOut)
    #expect(try await desk.notices().count == 1)
  }

  @Test func nothingDueAndNothingThereAreSaid() async throws {
    let desk = try NoticeDesk()
    await #expect(throws: Problem.conflict("nothing-due", "Nothing is due for disposal")) {
      try await desk.disposals().propose(by: NoticeDesk.manager)
    }
    await #expect(throws: Problem.notFound("Disposal")) { try await desk.disposals().one(1) }
    try await desk.fill()
    let number = try await desk.disposals().propose(by: NoticeDesk.manager).disposal
    #expect(try await desk.disposals().withdraw(number, by: NoticeDesk.manager).state == .withdrawn)
    await #expect(throws: Problem.self) { try await desk.disposals().approve(number, by: NoticeDesk.officer) }
    await #expect(throws: Problem.self) { try await desk.disposals().reverse(number, by: NoticeDesk.manager) }
    #expect(try await desk.disposals().latest().map(\.disposal) == [1])
  }
}
