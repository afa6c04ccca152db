import CaseFlow
import CaseSimulator
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@Suite("Steps kept apart, decisions that need others, and days from outside") struct ApartTests {
  private let flow = AwardKind.flow
  private static let one = Actor<AwardKind.Role>.person("u1", .officer)
  private static let two = Actor<AwardKind.Role>.person("u2", .officer)
  private static let assess = Move<AwardKind>.attempt(
    .init(.act(.assess), stating: .init([.assessed: .flag(true)]), reason: "Assessed"))
  private static let award = Move<AwardKind>.attempt(
    .init(.act(.award), stating: .init([.lastDay: .text("2027-02-28")]), reason: "Due"))

  private var file = CaseFile<AwardKind>()
  private var facts = Facts<AwardKind.Fact>([.lossOn: .text("2026-08-31"), .hearingOn: .text("2026-12-09")])
  private var day = AwardKind.day

  init() throws { try step(.act(.claim, reason: "Asked for"), by: Self.one) }

  @discardableResult
  private mutating func step(_ move: Move<AwardKind>, by actor: Actor<AwardKind.Role>) throws -> Entry<AwardKind> {
    let entry = try flow.step(file, move, facts: facts, by: actor, on: day)
    file.apply(entry)
    return entry
  }

  private func refusal(_ move: Move<AwardKind>, by actor: Actor<AwardKind.Role>) -> Refusal<AwardKind>? {
    do {
      _ = try flow.step(file, move, facts: facts, by: actor, on: day)
      return nil
    } catch { return error }
  }

  @Test("Whoever did one step may not do the step that is apart from it")
  mutating func apart() throws {
    #expect(refusal(Self.assess, by: Self.one) == .didEarlier([.claim]))
    try step(Self.assess, by: Self.two)
    #expect(file.hasDone(.claim, Self.one) && !file.hasDone(.claim, Self.two) && !file.hasDone(.claim, .program))
  }

  @Test("A decision waits for the one that it needs: made, standing, and with the facts it rests on as they are")
  mutating func needs() throws {
    #expect(refusal(Self.award, by: Self.one) == .undecided([.assess]))
    try step(Self.assess, by: Self.two)
    facts[.lossOn] = .text("2026-09-01")
    #expect(refusal(Self.award, by: Self.one) == .undecided([.assess]))
    file.apply(try #require(try flow.reconsider(file, facts: facts, on: day)))
    #expect(refusal(Self.award, by: Self.one) == .undecided([.assess]))
    let number = try #require(file.decisions.last?.number)
    try step(.attempt(.init(.uphold(decision: number), reason: "No other")), by: Self.two)
    #expect(refusal(Self.award, by: Self.one) == nil)
    try step(.act(.change, reason: "More came"), by: Self.one)
    #expect(refusal(Self.award, by: Self.one) == .undecided([.assess]))
  }

  @Test("A guard sees the day of the act")
  mutating func dayOfTheAct() throws {
    try step(Self.assess, by: Self.two)
    #expect(refusal(Self.award, by: Self.one) == nil)
    day = day.adding(days: 1)
    guard case .unmet(let unmet)? = refusal(Self.award, by: Self.one) else {
      Issue.record("awarded out of time")
      return
    }
    #expect(unmet.map(\.id) == ["in-time"])
  }

  @Test("Clocks count calendar months, back as well, and end on a day that somebody set; a calendar moves none of them")
  mutating func spans() throws {
    #expect(file.clocks[.limit]?.due.iso == "2026-11-30")
    #expect(file.clocks[.warning]?.due.iso == "2026-10-31")
    #expect(file.clocks[.hearing]?.due.iso == "2026-12-09" && file.clocks[.hearing]?.isProvisional == false)
    let calendar = SchoolCalendar(terms: [DayRange(first: day, last: day.adding(days: 60))])
    #expect(flow.recount(file, in: calendar, on: day) == nil)
    try step(Self.assess, by: Self.two)
    try step(Self.award, by: Self.one)
    #expect(file.clocks[.term]?.due.iso == "2027-01-28")
    #expect(
      [Span.months(1), .months(-3), .until(day)].map(\.words) == [
        "1 month", "3 months before", "until 30 November 2026",
      ])
  }

  @Test("A file from before it was kept who did what can still be read")
  mutating func earlierFiles() throws {
    let json = try JSONEncoder().encode(file)
    var object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(object.removeValue(forKey: "doers") != nil)
    file = try JSONDecoder().decode(CaseFile<AwardKind>.self, from: JSONSerialization.data(withJSONObject: object))
    #expect(file.state == .claimed && !file.hasDone(.claim, Self.one))
    try step(Self.assess, by: Self.one)
    #expect(file.hasDone(.assess, Self.one))
  }

  private static func violation(driving flow: Flow<AwardKind>? = nil) -> FlowSimulation<AwardKind>.Violation? {
    let days = [AwardKind.day, AwardKind.day.adding(days: -80), AwardKind.day.adding(days: 40)].map(FactValue.day)
    for number in 0..<1_000 {
      var life = FlowSimulation<AwardKind>(
        seed: SeededGenerator.chosenSeed &+ UInt64(number), from: AwardKind.day,
        values: [.lossOn: days, .hearingOn: days, .lastDay: days], driving: flow)
      if let violation = life.run(moves: 40) { return violation }
    }
    return nil
  }

  @Test("Random lives keep these promises; a flow that does not is found")
  func randomLives() {
    #expect(AwardKind.flow.faults(on: AwardKind.day) == [])
    #expect(Self.violation() == nil)
    let apart = Self.violation(driving: flow.changing(.assess) { $0.changed(apartFrom: []) })
    #expect(apart?.promise.contains("must be apart") == true)
    let needs = Self.violation(driving: flow.changing(.award) { $0.changed(needs: []) })
    #expect(needs?.promise.contains("must be decided") == true)
  }
}
