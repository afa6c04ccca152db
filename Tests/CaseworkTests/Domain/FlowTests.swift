import CaseFlow
import CaseSimulator
import CaseworkSimulator
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import CaseworkDomain

/// The flows of casework: without faults, and true to their promises in random lives.
@Suite("The flows of casework, driven")
struct FlowTests {
  private static let seed = SeededGenerator.chosenSeed
  private static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  /// How many lives are tried: `LIVES=100000` for a long run; `bin/simulate --cases` for more.
  private static let lives = ProcessInfo.processInfo.environment["LIVES"].flatMap { Int($0) } ?? 500

  @Test("Cases, contracts and duties keep every promise and reach every act and clock")
  func livesAreTrue() async throws {
    #expect(AttendanceCase.flow.faults(on: Self.day) == [])
    #expect(AttendanceContract.flow.faults(on: Self.day) == [] && Section19.flow.faults(on: Self.day) == [])
    let report = try await CaseCampaign(from: Self.seed, lives: Self.lives, on: Self.day).run()
    #expect(report.violations == 0, "\(report.first)")
    #expect(CaseCampaign.unreached(AttendanceCase.self, in: report.tally) == [])
    #expect(CaseCampaign.unreached(AttendanceContract.self, in: report.tally) == [])
    #expect(CaseCampaign.unreached(Section19.self, in: report.tally) == [])
    print("flows of casework: \(report.runs) lives, \(report.tally.values.reduce(0, +)) things that happened")
  }

  @Test("A mistake in the flow is found", arguments: CaseMistake.allCases)
  func planted(mistake: CaseMistake) async throws {
    let report = try await CaseCampaign(from: Self.seed, lives: 500, on: Self.day, mistake: mistake).run()
    #expect(report.violations > 0)
  }

  private typealias Case = DrivenCase

  @Test(
    "A plan is due twenty working days from allocation, however late the first contact; a home visit has its own day")
  func planClock() throws {
    var one = try Case(on: Self.day)
    one.file = .init()
    try one.take(.refer, by: .program)
    try one.take(.accept, [.safeguarding: .text("no")])
    try one.take(.allocate, by: one.manager, owner: Owner(.attendanceOfficer, "u-officer"))
    #expect(one.file.clocks[.homeVisit]?.due == Day(iso: "2026-12-14"))
    one.day = one.day.adding(days: 9)
    try one.take(.contact, [.contact: .text("letter")])
    #expect(one.file.clocks[.plan]?.due == Day(iso: "2026-12-30"))
    #expect(one.file.clocks[.homeVisit]?.due == Day(iso: "2026-12-14"))
    try one.take(.visit, [.visit: .text("seen")])
    #expect(one.file.clocks[.homeVisit] == nil && one.file.clocks[.plan] != nil)
  }

  @Test("A review is due by the first school day from the 42nd day on, and a review begins the count anew")
  func reviewClock() throws {
    let one = try Case(on: Self.day)
    #expect(one.file.clocks[.review]?.due == Day(iso: "2027-01-11"))
    let calendar = SchoolCalendar(terms: [
      DayRange(first: try #require(Day(iso: "2027-01-14")), last: try #require(Day(iso: "2027-02-12")))
    ])
    let span = CaseClocks.review[0].value
    #expect(span.end(from: Self.day, in: calendar).day == Day(iso: "2027-01-14"))
    #expect(span.end(from: Self.day.adding(days: 4), in: calendar).day == Day(iso: "2027-01-15"))
    #expect(span.end(from: Self.day.adding(days: 5), in: calendar).day == Day(iso: "2027-01-18"))
    #expect(span.end(from: Self.day.adding(days: 90), in: calendar).isProvisional)
    var reviewed = one
    reviewed.day = reviewed.day.adding(days: 28)
    try reviewed.take(.review, [.review: .text("continue")])
    #expect(reviewed.file.clocks[.review]?.due == Day(iso: "2027-02-08"))
  }

  @Test("Enforcement needs a formal stage, support, a legal basis, and the child's social worker")
  func escalation() throws {
    var one = try Case(on: Self.day)
    one.facts[.support] = .flag(false)
    one.facts[.socialWorker] = .flag(true)
    let stating: [AttendanceCase.Fact: FactValue] = [.legalBasis: .text(" "), .consulted: .flag(false)]
    do {
      try one.take(.escalate, stating)
      Issue.record("it was let through")
    } catch Refusal<AttendanceCase>.unmet(let unmet) {
      #expect(unmet.map(\.id) == ["formal-stage", "support-recorded", "legal-basis", "social-worker-consulted"])
    }
    one.facts[.support] = .flag(true)
    try one.take(.moveStage, [.level: .number(4)])
    try one.take(.escalate, [.legalBasis: .text("Education Act 1996 s444"), .consulted: .flag(true)])
    #expect(one.file.state == .inSupport && one.file.proposal != nil)
    try one.agree()
    #expect(one.file.state == .enforcement && one.file.clocks[.review] != nil)
    // The social worker is new: somebody looks at the decision again.
    one.facts[.socialWorker] = .flag(false)
    let again = try AttendanceCase.flow.reconsider(one.file, facts: one.facts, on: one.day)
    #expect(again?.questioned.count == 1)
  }

  @Test("A case moves only to a level at which a stage of the pathway of the day begins")
  func stages() throws {
    var one = try Case(on: Self.day)
    one.facts[.levels] = .text(Pathways.threeStages.pathway(on: one.day).entries.map { "\($0)" }.joined(separator: " "))
    #expect(throws: Refusal<AttendanceCase>.self) { try one.take(.moveStage, [.level: .number(4)]) }
    try one.take(.moveStage, [.level: .number(5)])
    #expect(one.file.stated.number(.level) == 5)
  }

  @Test("Sustained needs the figure and two reviews, partial a better figure; two people may go on without")
  func closing() throws {
    var one = try Case(on: Self.day)
    one.facts[.figures] = .text("sustained")
    one.facts[.reviews] = .number(1)
    let sustained: [AttendanceCase.Fact: FactValue] = [.closing: .text("sustained")]
    #expect(throws: Refusal<AttendanceCase>.self) { try one.take(.close, sustained) }
    one.facts[.reviews] = .number(2)
    try one.take(.close, sustained)
    one.facts[.figures] = .text("not-better")
    #expect(throws: Refusal<AttendanceCase>.self) { try one.agree() }
    one.facts[.figures] = .text("sustained")
    try one.agree()
    #expect(one.file.state == .closed && one.file.clocks.isEmpty)
  }
}
