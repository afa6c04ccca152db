import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import Keeping
@testable import RegistersService

/// What has had its time goes by review, by two people, and comes back within a month exactly as it was.
@Suite(.timeLimit(.minutes(10))) struct DisposalTests {
  /// Proposes and approves once, so that the next approval carries it out.
  func proposed(_ kept: KeptRegisters) async throws -> Int64 {
    let report = try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    _ = try await kept.registers.disposals().approve(report.disposal, by: KeptRegisters.manager)
    return report.disposal
  }

  /// Approves a second time without carrying out: as a crash right after the approval leaves it.
  func approved(_ kept: KeptRegisters) async throws -> Int64 {
    let number = try await proposed(kept)
    try await kept.registers.store.write { try Disposals.approve(number, by: "user-officer", isSecond: true, in: $0) }
    return number
  }

  @Test func whatIsProposedIsCountedBySchoolAndYear() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    try await kept.hold(2)
    let before = try await kept.register()
    let report = try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    let (first, second) = (try URN("900101"), try URN("900102"))
    #expect(
      report.proposal.years == [
        .init(school: first, schoolYear: "2026/27", mayGo: 5, held: 1),
        .init(school: second, schoolYear: "2026/27", mayGo: 6, held: 0),
      ])
    #expect(report.outcomes == ["waiting": 11, "held": 1] && report.removed == Removal.Counts())
    #expect(report.proposal.quarantined == 3, "two of the first days and one that was sent to the wrong school")
    #expect(report.rules.contains { $0.contains("ATT-3") })
    #expect(try await kept.register() == before, "a proposal removes nothing")
    await #expect(throws: Problem.self) {
      try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    }
    _ = try await kept.registers.disposals().withdraw(report.disposal, by: KeptRegisters.manager)
    _ = try await kept.registers.disposals().propose(by: KeptRegisters.manager)
  }

  @Test func nothingIsDueBeforeItsTime() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    kept.move(to: MadeUp.day("2032-09-09"))
    await #expect(throws: Problem.conflict("nothing-due", "Nothing is due for disposal")) {
      try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    }
    kept.move(to: MadeUp.day("2032-09-10"))
    let report = try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    #expect(report.outcomes["waiting"] == 12 && report.before == KeptRegisters.marked.adding(days: 1))
  }

  /// The day of an amendment counts, not that of the entry: ATT-3.
  @Test func anAmendmentKeepsTheYear() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    kept.move(to: MadeUp.day("2027-01-05"))
    try await kept.mark(3, "2026-09-07", "I", at: "900101")
    kept.move(to: KeptRegisters.over)
    let report = try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    #expect(report.proposal.years.map(\.mayGo) == [5, 6] && report.outcomes == ["waiting": 11])
  }

  @Test func twoPeopleMustApprove() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let number = try await proposed(kept)
    let before = try await kept.register()
    let carryOut = kept.registers.disposals()
    await #expect(throws: Problem.conflict("same-person", "A second person must approve")) {
      try await carryOut.approve(number, by: KeptRegisters.manager)
    }
    #expect(try await kept.register() == before)
    let report = try await carryOut.approve(number, by: KeptRegisters.officer)
    #expect(report.state == .carriedOut && report.approvedBy == ["user-manager", "user-officer"])
    await #expect(throws: Problem.self) { try await carryOut.approve(number, by: KeptRegisters.otherOfficer) }
    await #expect(throws: Problem.self) { try await carryOut.withdraw(number, by: KeptRegisters.manager) }
    await #expect(throws: Problem.notFound("Disposal")) { try await carryOut.approve(99, by: KeptRegisters.officer) }
  }

  @Test func whatGoesAndWhatStays() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    try await kept.hold(2)
    let before = try await kept.register()
    let number = try await proposed(kept)
    let report = try await kept.registers.disposals().approve(number, by: KeptRegisters.officer)
    #expect(report.outcomes == ["removed": 11, "held": 1])
    #expect(report.removed.pupilYears == 11 && report.removed.marks == 66 && report.removed.amendments == 2)
    #expect(report.removed.entryWords == 33 && report.removed.findings == 1 && report.removed.returns == 1)
    #expect(report.removed.quarantine == 3)
    let after = try await kept.register()
    #expect(after["pupils"] == before["pupils"] && after["registrations"] == before["registrations"])
    #expect(after["pupil_years"]?.count == 2, "the held child's, and the one of this year")
    #expect(try await kept.count("SELECT count(*) FROM entries WHERE school = '900102'") == 0)
    #expect(try await kept.count("SELECT sum(length(marks)) / 5 FROM entries") == 7)
    #expect(try await kept.count("SELECT count(*) FROM amendments") == 1)
    #expect(
      try await kept.count(
        "SELECT count(*) FROM receipts r WHERE NOT EXISTS (SELECT 1 FROM entries WHERE receipt = r.number)") == 2,
      "the receipts of the late amendment and of the row that waits")
    #expect(try await kept.count("SELECT count(*) FROM disposing") == 0)
    await #expect(throws: DatabaseError.self, "the log does not give way any more") {
      try await kept.sql("DELETE FROM entries")
    }
    let audit = try await kept.audited()
    #expect(audit.first?.action == "disposal.propose" && audit.last?.detail.contains("marks 66") == true)
    #expect(try await kept.registers.read { try AuditLog.firstBreak(keys: TestAuditKeys.keys, in: $0) } == nil)
  }

  @Test func aReversalGivesBackTheSameBytes() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    try await kept.hold(2)
    let before = try await kept.register()
    let number = try await proposed(kept)
    _ = try await kept.registers.disposals().approve(number, by: KeptRegisters.officer)
    #expect(try await kept.register() != before)
    kept.move(to: KeptRegisters.over.adding(days: 30))
    let report = try await kept.registers.disposals().reverse(number, by: KeptRegisters.manager)
    #expect(report.state == .reversed && report.outcomes == ["returned": 11, "held": 1])
    #expect(try await kept.register() == before)
    #expect(try await kept.count("SELECT count(*) FROM disposal_bin") == 0)
    await #expect(throws: Problem.self) {
      try await kept.registers.disposals().reverse(number, by: KeptRegisters.manager)
    }
  }

  /// The program ends after every single transaction: each year is there or gone, whole, and the rest is gone on with.
  @Test func everyCrashLeavesAStateToGoOnFrom() async throws {
    var kept = try KeptRegisters()
    try await kept.fill()
    let before = try await kept.register()
    let number = try await approved(kept)
    var steps = 0
    var more = true
    while more {
      more = try await kept.registers.disposals(.init(taken: 2)).carryOutStep(number, by: KeptRegisters.manager)
      steps += 1
      kept = try kept.restarted()
      try await expectWholeYears(kept)
      #expect(try await kept.count("SELECT count(*) FROM disposing") == 0)
    }
    #expect(steps >= 8, "twelve years and three rows two at a time, the receipts and the end")
    #expect(try await kept.registers.disposals().one(number).state == .carriedOut)

    try await kept.registers.store.write { try Disposals.set(.reversing, of: number, in: $0) }
    more = true
    while more {
      more = try await kept.registers.disposals(.init(putBack: 7)).putBackStep(number, by: KeptRegisters.manager)
      kept = try kept.restarted()
    }
    #expect(try await kept.register() == before)
  }

  /// The newest row of a log stays whatever its age: its number is never given to another.
  @Test func theNewestRowsStay() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    kept.move(to: MadeUp.day("2040-01-01"))
    let report = try await kept.registers.disposals().propose(by: KeptRegisters.manager)
    #expect(report.outcomes == ["waiting": 12, "newest": 1])
    let last = try await kept.count("SELECT max(number) FROM entries")
    let carryOut = kept.registers.disposals()
    _ = try await carryOut.approve(report.disposal, by: KeptRegisters.manager)
    _ = try await carryOut.approve(report.disposal, by: KeptRegisters.officer)
    #expect(try await kept.count("SELECT max(number) FROM entries") == last)
  }

  /// A half-done disposal can be turned back, and the daily work finishes what was left.
  @Test func aHalfDoneDisposalGoesEitherWay() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let before = try await kept.register()
    let number = try await approved(kept)
    _ = try await kept.registers.disposals(.init(taken: 2)).carryOutStep(number, by: KeptRegisters.manager)
    let back = try await kept.registers.disposals().reverse(number, by: KeptRegisters.manager)
    #expect(back.outcomes == ["returned": 2, "waiting": 10])
    #expect(try await kept.register() == before)

    let second = try await approved(kept)
    _ = try await kept.registers.disposals(.init(taken: 2)).carryOutStep(second, by: KeptRegisters.manager)
    try await kept.registers.disposals().finalise(today: KeptRegisters.over)
    #expect(try await kept.registers.disposals().one(second).outcomes == ["removed": 12])
  }

  /// A transaction that fails leaves nothing of itself.
  @Test func aStepThatFailsLeavesNothing() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let number = try await approved(kept)
    let before = try await kept.register()
    try await kept.sql(
      "CREATE TRIGGER stop BEFORE DELETE ON pupil_years BEGIN SELECT RAISE(ABORT, 'stopped'); END")
    await #expect(throws: DatabaseError.self) {
      try await kept.registers.disposals().carryOutStep(number, by: KeptRegisters.manager)
    }
    #expect(try await kept.register() == before)
    #expect(try await kept.count("SELECT count(*) FROM disposal_bin") == 0)
    #expect(try await kept.count("SELECT count(*) FROM disposing") == 0)
  }

  /// What changes between the approval and a step is seen by the step.
  @Test func holdsAndDatesAreJudgedAgainAtTheLastMoment() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let number = try await approved(kept)
    let carryOut = kept.registers.disposals(.init(taken: 2))
    _ = try await carryOut.carryOutStep(number, by: KeptRegisters.manager)
    try await kept.hold(4)
    try await kept.mark(8, "2026-09-08", "I", at: "900102")
    try await carryOut.carryOut(number, by: KeptRegisters.manager)
    let report = try await kept.registers.disposals().one(number)
    #expect(report.outcomes == ["removed": 10, "held": 1, "recent": 1])
    try await expectWholeYears(kept)
  }

  @Test func theWholeWayOverHTTP() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0, 1])
      _ = try await world.upload([0, 1].map { "\(MadeUp.upn($0)),2026-09-07,AM,/" })
      world.move(to: MadeUp.day("2032-09-07"))
      _ = try await world.send(
        .put, "/schools/\(World.school)/calendars/2032-33", #"{"terms":[{"first":"2032-09-01","last":"2032-12-17"}]}"#)
      _ = try await world.upload(["\(MadeUp.upn(1)),2032-09-07,AM,/"])
      #expect(try await world.send(.post, "/disposals", as: .manager).status == 409, "the last day is not over")
      world.move(to: MadeUp.day("2032-09-08"))
      let proposed = try await world.send(.post, "/disposals", as: .manager)
      #expect(proposed.status == 201 && proposed["state"] == "proposed")
      let path = "/disposals/1"
      #expect(try await world.send(.post, "\(path)/approve", as: .manager)["state"] == "proposed")
      #expect(try await world.send(.post, "\(path)/approve", as: .manager).status == 409)
      let done = try await world.send(.post, "\(path)/approve")
      #expect(done["state"] == "carried-out" && done["reversibleUntil"] == "2032-10-08")
      #expect((done["removed", as: [String: Int].self])?["marks"] == 2)
      #expect(try world.sql("SELECT number FROM entries").count == 1)
      let back = try await world.send(.post, "\(path)/reverse", as: .manager)
      #expect(back["state"] == "reversed")
      #expect(try world.sql("SELECT number FROM entries").count == 2)
      #expect(try await world.send(.get, "/disposals", as: .manager).list("disposals").count == 1)
      #expect(!done.text.contains("Quarrington") && !done.text.contains(MadeUp.upn(0).text))
    }
  }

  @Test func theRoutesAskForTheirRoles() async throws {
    try await World.run { world in
      let refused = try await world.send(.post, "/disposals", as: .attendanceOfficer)
      #expect(refused.status == 403)
      #expect(try await world.send(.post, "/disposals", as: .manager).status == 409)
      #expect(try await world.send(.get, "/disposals", as: .attendanceOfficer).list("disposals").isEmpty)
      #expect(try await world.send(.get, "/disposals/1", as: .manager).status == 404)
      #expect(try await world.send(.get, "/disposals/x", as: .manager).status == 404)
      #expect(try await world.send(.post, "/disposals/1/approve", as: .school, schools: [World.school]).status == 403)
      #expect(try await world.send(.post, "/disposals/1/reverse", as: .attendanceOfficer).status == 403)
    }
  }

  /// A registration's year has its entries and its row, or neither.
  func expectWholeYears(_ kept: KeptRegisters) async throws {
    let (entered, rows) = try await kept.registers.read { db in
      var entered: Set<KeptYear> = []
      for school in ["900101", "900102"] {
        for start in [2026, 2032] {
          let log = try SchoolYearLog(try URN(school), SchoolYear(startYear: start), in: db)
          entered.formUnion(log.touched.keys.map { KeptYear(registration: $0, year: log.year) })
        }
      }
      let rows = try Row.fetchAll(db, sql: "SELECT registration, (number & 255) + 1900 AS year FROM pupil_years").map {
        KeptYear(registration: $0["registration"], year: SchoolYear(startYear: $0["year"]))
      }
      return (entered, Set(rows))
    }
    #expect(entered == rows)
  }
}
