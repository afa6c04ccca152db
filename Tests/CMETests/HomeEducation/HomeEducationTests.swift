import CMEDomain
import CaseFlow
import CaseKit
import CaseSimulator
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import Seeded
import TestKit
import Testing

@testable import CMEService

/// Education at home, what it publishes, and what cme publishes of whose concern a child is.
@Suite("Education at home", .timeLimit(.minutes(5))) struct HomeEducationTests {
  private static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  @Test("The flow has no fault, and random lives reach every act and clock")
  func flow() {
    #expect(HomeEducation.flow.faults(on: Self.day) == [])
    let values: [HomeEducation.Fact: [FactValue]] = [
      .notice: ["written", "oral", "shouted"].map(FactValue.text), .from: [.text("2026-11-01"), .text("soon")],
      .placedSpecial: [.flag(true), .flag(false), .flag(false)], .consented: [.flag(true), .flag(false)],
      .shown: [.text("work-1"), .text(" ")], .ground: [.text("No report"), .text("")],
      .ending: ["returned", "moved", "nothing"].map(FactValue.text),
    ]
    var seen: [String: Int] = [:]
    for number in 0..<300 {
      var life = FlowSimulation<HomeEducation>(
        seed: SeededGenerator.chosenSeed &+ UInt64(number), from: Self.day, values: values)
      let violation = life.run(moves: 120)
      #expect(violation == nil, "\(violation.map(String.init(describing:)) ?? "")")
      seen.merge(life.seen, uniquingKeysWith: +)
    }
    let names =
      HomeEducation.Act.allCases.map { "acted \($0.rawValue)" }
      + HomeEducation.Clock.allCases.map { "fired \($0.rawValue)" }
    // The yearly review comes later than most lives last.
    for name in names where name != "fired review" { #expect(seen[name, default: 0] > 0, "\(name)") }
  }

  @Test("A child placed at a special school is found suitably educated only with the authority's consent")
  func consent() async throws {
    let service = try Searching()
    try await service.enrol()
    try await service.begin()
    func find(_ facts: [HomeEducation.Fact: FactValue]) async throws {
      try await service.home(.consent, facts, by: .manager)
      try await service.home(.findSuitable, [.shown: .text("work-1")], by: .cmeOfficer)
    }
    try await service.home(.ask, [:], by: .cmeOfficer)
    await #expect(throws: Refusal<HomeEducation>.self) {
      try await find([.placedSpecial: .flag(true), .consented: .flag(false)])
    }
    try await find([.placedSpecial: .flag(true), .consented: .flag(true)])
    #expect(try await service.states() == ["suitable"])
  }

  @Test("Unsuitable education at home opens a search for the child and is published, with whose concern the child is")
  func unsuitable() async throws {
    let service = try Searching()
    try await service.enrol()
    try await service.apply(
      ConcernsRecorded(
        pupil: service.pupil,
        concerns: [.init(concern: .socialCare, first: Self.day.adding(days: -9), last: nil)]))
    try await service.begin()
    try await service.home(.ask, [:], by: .cmeOfficer)
    try await service.home(.findUnsuitable, [.ground: .text("No work was shown")], by: .cmeOfficer)
    #expect(try await service.states() == ["unsuitable", "suspected"])
    #expect(
      try await service.published() == ["home-education-started", "home-education-unsuitable", "search-opened"])
    let told = try await service.names("SELECT CAST(data AS TEXT) FROM outbox ORDER BY sequence")
    for text in told { #expect(text.contains(#""concerns":["social-care"]"#), "\(text)") }
    #expect(told[2].contains(#""trigger":"T8""#))
  }

  @Test("A new roll ends it; a search that ends with it begins it; over school age it ends")
  func ending() async throws {
    let service = try Searching()
    try await service.enrol(left: Self.day.adding(days: -40))
    try await service.begin()
    try await service.enrol(at: try URN("900102"), registration: 2)
    // Leaving without a destination was reported, and falls away with the new roll too.
    #expect(try await service.states() == ["closed", "ended"])
    let aged = try Searching()
    try await aged.enrol()
    try await aged.begin()
    try await aged.apply(CompulsorySchoolAgeEnded(pupil: aged.pupil, school: aged.school, on: Self.day))
    #expect(try await aged.states() == ["ended"])
    let found = try Searching()
    try await found.enrol()
    try await found.found(TenDayAbsence.self)
    try await found.act(.screen, [.safeguarding: .text("no")])
    try await found.act(
      .close, [.outcome: .text("home-educated"), .evidence: .text("home-education")], by: Searching.manager)
    #expect(try await found.states() == ["closed", "notified"])
  }

  @Test("A risk that the safeguarding questions find is published at once, and not which it is")
  func risk() async throws {
    let service = try Searching()
    try await service.enrol()
    try await service.found(TenDayAbsence.self)
    try await service.act(.escalate, [.safeguarding: .text("yes")])
    #expect(try await service.published() == ["search-opened", "risk-found"])
    let told = try await service.names("SELECT CAST(data AS TEXT) FROM outbox ORDER BY sequence")
    #expect(told[1] == #"{"case":"c1","concerns":[],"on":"2026-11-30","pupil":"p000000001","school":"900101"}"#)
  }

  @Test("The register of children not in school is switched off until an authority has a day for it")
  func notInSchool() throws {
    #expect(ChildrenNotInSchool.law(from: nil, on: Self.day) == nil)
    #expect(ChildrenNotInSchool.law(from: Self.day.adding(days: 1), on: Self.day) == nil)
    let law = try #require(ChildrenNotInSchool.law(from: Self.day, on: Self.day))
    let born = Day(iso: "2016-05-10") ?? Self.day
    func ground(_ here: Bool, _ registered: Bool, _ agreed: Bool, _ born: Day) -> ChildrenNotInSchool.Ground? {
      law.ground(
        dateOfBirth: born, livesHere: here, isRegistered: registered, isAbsentByAgreement: agreed, on: Self.day)
    }
    #expect(ground(true, false, false, born) == .notRegistered && ground(false, false, false, born) == nil)
    #expect(ground(true, true, true, born) == .absentByAgreement && ground(true, true, false, born) == nil)
    #expect(ground(true, false, false, Self.day.adding(months: -40)) == nil, "not of school age")
  }
}
