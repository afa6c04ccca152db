import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Messaging
import Rulebook
import ServiceKit
import Testing

@testable import EnforcementService

@Suite("Other matters and a penalty notice") struct NoticeConflictTests {
  @Test("The steps to an attendance order stop a notice until two persons let them; what comes later is no question")
  func orders() async throws {
    let service = try await Enforced.withProposal()
    let desk = service.desk.orders.attendance
    _ = try await service.begin(desk, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    let (first, second) = (try await service.consider(), try await service.consider(Enforced.father))
    #expect(try await service.unmet { try await service.issue(first) } == ["no-conflict"])
    try await service.letPass("attendance-order", in: first)
    try await service.issue(first)
    #expect(try await service.state(first) == .issued)
    #expect(
      try await service.unmet { try await service.issue(second) } == ["no-conflict"], "an exception is one notice's own"
    )
    let supervision = service.desk.orders.supervision
    let id = try await service.begin(
      supervision, .propose, [.alternatives: .flag(true), .inCare: .flag(false)], by: .attendanceOfficer)
    try await service.does(supervision, id, .consult, [.reply: .text("supports")], by: .attendanceOfficer)
    try await service.does(
      supervision, id, .apply,
      [.designated: .flag(true), .report: .flag(true), .plan: .flag(true), .inCare: .flag(false)], by: .legalOfficer)
    try await service.does(
      supervision, id, .make,
      [.madeOn: .text("2027-01-01"), .lastDay: .text("2027-12-31"), .inCare: .flag(false)], by: .legalOfficer)
    try await service.amend(40, to: nil)
    #expect(try await !service.tasks().contains(NoticeTests.consider), "an order made later was no obstacle then")
    try await service.letPass("attendance-order", in: second)
    #expect(try await service.unmet { try await service.issue(second) } == ["no-conflict"], "the new order was not let")
  }

  @Test("What is known of child and parent stops a notice, and puts one that was issued before an officer")
  func circumstances() async throws {
    let service = try await Enforced.withProposal()
    let (first, second) = (try await service.consider(), try await service.consider(Enforced.father))
    try await service.issue(first)
    func say(_ circumstances: Set<Conflicts.Circumstance>, of id: String) async throws {
      try await service.act(id, by: Caller(subject: "u-officer", role: .attendanceOfficer)) { desk, stored, unit in
        let notice = try #require(try Notices.find(subject: stored.subject, in: unit.db))
        try Notices.set(circumstances, of: notice.number, in: unit.db)
        try desk.factsChanged(of: stored.pupil, in: unit)
      }
    }
    try await say([.noControl], of: first)
    #expect(try await service.tasks().contains(NoticeTests.consider))
    try await say([.authorityIsParent], of: second)
    try await service.letPass("authority-is-parent", in: second)
    #expect(try await service.unmet { try await service.issue(second) } == ["no-hard-conflict"])
  }

  @Test("Every reason is told with its rule, and a warning stops nothing")
  func told() async throws {
    let service = try await Enforced.withProposal(sessions: 20)
    try await service.issue(service.consider(proposal: "pn-1"))
    let id = try await service.consider(proposal: "pn-2")
    let answer = try await service.act(id, by: Caller(subject: "u", role: .attendanceOfficer)) { desk, stored, unit in
      let notice = try #require(try Notices.find(subject: stored.subject, in: unit.db))
      return ConflictAnswer(id: stored.id, try desk.notices.conflicts(of: notice, in: unit), notice.circumstances)
    }
    #expect(answer.answer == "warn" && answer.reasons.map(\.name) == ["open-notice"])
    #expect(answer.source?.contains("EN-20") == true)
    try await service.issue(id)
    #expect(try await service.state(id) == .issued)
  }

  @Test("An order asks too: a child protection enquiry stops a school attendance order")
  func attendanceOrder() async throws {
    let service = try await Enforced.withProposal()
    let desk = service.desk.orders.attendance
    let id = try await service.begin(desk, .enquire, [.resident: .flag(true)], by: .cmeOfficer, [.protectionAdvice])
    try await service.does(
      desk, id, .notify,
      [.addressVerified: .flag(true), .planNamesSchool: .flag(true), .noticeServedOn: .text("2027-01-01")],
      by: .legalOfficer)
    try await service.passTime(to: try #require(Day(iso: "2027-01-20")))
    try await service.does(
      desk, id, .nameFromPlan, [.expedient: .flag(true), .school: .text("100001")], by: .legalOfficer)
    let order: [AttendanceOrderCase.Fact: FactValue] = [
      .orderServedOn: .text("2027-01-20"), .registerBy: .text("2027-02-01"), .schoolCanBeNamed: .flag(true),
    ]
    let forbidden = try await service.forbids(desk) {
      try await service.does(desk, id, .serveOrder, order, by: .legalOfficer)
    }
    #expect(forbidden == ["no-conflict"])
  }
}
