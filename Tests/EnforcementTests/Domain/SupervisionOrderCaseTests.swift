import CaseFlow
import CaseSimulator
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

@Suite("The flow of an education supervision order") struct SupervisionOrderCaseTests {
  typealias Fact = SupervisionOrderCase.Fact
  typealias Case = Course<SupervisionOrderCase>

  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  private static let officer = Case.person(.attendanceOfficer)
  private static let lawyer = Case.person(.legalOfficer)
  private static let manager = Case.person(.manager)
  private static let child: [Fact: FactValue] = [
    .ageFrom: .text("2021-03-31"), .ageTo: .text("2032-06-25"), .conflict: .text("allow"),
  ]
  private static let application: [Fact: FactValue] = [
    .designated: .flag(true), .report: .flag(true), .plan: .flag(true), .inCare: .flag(false),
  ]

  private static func consulted() -> Case {
    var course = Case(on: day, child)
    #expect(course.act(.propose, by: officer, [.alternatives: .flag(true), .inCare: .flag(false)]) == nil)
    #expect(course.act(.consult, by: officer, [.reply: .text("supports")]) == nil)
    return course
  }

  /// In force since 30 November 2026.
  private static func inForce() -> Case {
    var course = consulted()
    #expect(course.act(.apply, by: lawyer, application) == nil)
    #expect(
      course.act(.make, by: lawyer, [.madeOn: .day(day), .lastDay: .text("2027-11-29"), .inCare: .flag(false)]) == nil)
    return course
  }

  @Test("Its flow has no faults")
  func faults() { #expect(SupervisionOrderCase.flow.faults(on: Self.day) == []) }

  @Test("An application needs what the Act asks for, and social services first")
  func applying() {
    var early = Case(on: Self.day, Self.child)
    #expect(
      early.act(.propose, by: Self.officer, [.alternatives: .flag(false), .inCare: .flag(false)])?.guards == [
        "alternatives"
      ])
    early.act(.propose, by: Self.officer, [.alternatives: .flag(true), .inCare: .flag(false)])
    #expect(early.act(.apply, by: Self.lawyer, Self.application) == .notFromHere(state: .considered))
    #expect(early.act(.consult, by: Self.officer, [.reply: .text("")])?.guards == ["reply-known"])
    for (fact, value) in Self.application {
      var course = Self.consulted()
      let lacking = Self.application.merging([fact: .flag(value == .flag(false))]) { $1 }
      let guarding = fact == .inCare ? "not-in-care" : fact.rawValue
      #expect(course.act(.apply, by: Self.lawyer, lacking)?.guards == [guarding])
    }
    let breaches: [(Fact, FactValue?, String)] = [
      (.ageTo, .text("2026-11-29"), "of-age"),
      (.conflict, .text("hard-block"), "no-hard-conflict"), (.conflict, .text("block"), "no-conflict"),
    ]
    for (fact, value, guarding) in breaches {
      var course = Self.consulted()
      course.facts[fact] = value
      #expect(course.act(.apply, by: Self.lawyer, Self.application)?.guards == [guarding])
      let isOverridable = guarding == "no-conflict"
      let refusal = course.act(.apply, by: Self.lawyer, Self.application, overriding: [guarding])
      #expect(refusal == (isOverridable ? nil : .notOverridable([guarding])))
      #expect(course.file.state == .consulted)
      if isOverridable { #expect(course.agree(by: Self.manager) == nil && course.file.state == .applied) }
    }
  }

  @Test("A court's direction is answered within eight weeks beginning with it, or by the day that the court set")
  func direction() {
    func direct(_ by: String, set: Bool) -> (Refusal<SupervisionOrderCase>?, Case) {
      var course = Case(on: Self.day, Self.child)
      let direction: [Fact: FactValue] = [
        .directedOn: .text("2026-11-27"), .reportBy: .text(by), .courtSetReport: .flag(set),
      ]
      return (course.act(.direct, by: Self.lawyer, direction), course)
    }
    #expect(direct("2027-01-22", set: false).0?.guards == ["report-day"])
    #expect(direct("2027-01-10", set: true).1.file.clocks[.report]?.due.iso == "2027-01-10")
    var (refusal, course) = direct("2027-01-21", set: false)
    #expect(refusal == nil && course.file.clocks[.report]?.due.iso == "2027-01-21")
    #expect(course.act(.decline, by: Self.manager)?.guards == ["consulted"])
    course.act(.consult, by: Self.officer, [.reply: .text("opposes")])
    #expect(course.act(.decline, by: Self.manager) == nil && course.file.state == .notApplied)
    var proposed = Case(on: Self.day, Self.child)
    proposed.act(.propose, by: Self.officer, [.alternatives: .flag(true), .inCare: .flag(false)])
    #expect(proposed.act(.decline, by: Self.manager) == nil)
  }

  @Test("A day that the court sets for the report wins over the eight weeks, and moves the clock")
  func courtSetsTheReport() {
    var course = Case(on: Self.day, Self.child)
    let eightWeeks = Self.day.adding(days: 55)
    #expect(
      course.act(
        .direct, by: Self.lawyer,
        [.directedOn: .day(Self.day), .reportBy: .day(eightWeeks), .courtSetReport: .flag(false)]) == nil)
    #expect(course.file.clocks[.report]?.due == eightWeeks)
    let set: [Fact: FactValue] = [.reportBy: .day(Self.day.adding(days: 20)), .courtSetReport: .flag(true)]
    #expect(
      course.act(.setReportDay, by: Self.lawyer, set.merging([.courtSetReport: .flag(false)]) { $1 })?.guards
        == ["report-day"])
    #expect(course.act(.setReportDay, by: Self.lawyer, set) == nil)
    #expect(course.file.clocks[.report]?.due == Self.day.adding(days: 20))
  }

  @Test("An order lasts a year beginning with the day on which it was made, and ends with compulsory school age")
  func length() throws {
    for (last, refused) in [("2027-11-28", true), ("2027-11-29", false), ("2027-11-30", true)] {
      var course = Self.consulted()
      course.act(.apply, by: Self.lawyer, Self.application)
      let made: [Fact: FactValue] = [.madeOn: .day(Self.day), .lastDay: .text(last), .inCare: .flag(false)]
      #expect(course.act(.make, by: Self.lawyer, made)?.guards ?? [] == (refused ? ["year-long"] : []))
    }
    var course = Self.inForce()
    #expect(course.file.clocks[.expiry]?.due.iso == "2027-11-29")
    #expect(course.file.clocks[.extensionOpens]?.due.iso == "2027-08-29")
    try course.learn(.ageTo, .text("2027-06-25"))
    course.day = try #require(Day(iso: "2027-06-25"))
    #expect(course.act(.expire, by: .program)?.guards == ["over"])
    course.day = course.day.adding(days: 1)
    #expect(course.act(.expire, by: .program) == nil && course.file.state == .ended)
  }

  @Test("An extension is sought in the last three months, and adds three years at most")
  func extensions() throws {
    let cases: [(applied: String, until: String, refused: [String])] = [
      ("2027-08-28", "2028-11-29", ["eso-early"]), ("2027-08-29", "2028-11-29", []),
      ("2027-11-29", "2030-11-29", []), ("2027-11-29", "2030-11-30", ["eso-long"]),
      ("2027-11-30", "2028-11-29", ["eso-late"]), ("2027-10-01", "2027-11-29", ["eso-no-gain"]),
    ]
    for (applied, until, refused) in cases {
      var course = Self.inForce()
      course.day = try #require(Day(iso: applied))
      let seek: [Fact: FactValue] = [.extensionAppliedOn: .text(applied), .extensionUntil: .text(until)]
      #expect(course.act(.seekExtension, by: Self.lawyer, seek)?.guards ?? [] == refused, "\(applied) to \(until)")
    }
    var course = Self.inForce()
    course.day = try #require(Day(iso: "2027-10-01"))
    let seek: [Fact: FactValue] = [.extensionAppliedOn: .text("2027-10-01"), .extensionUntil: .text("2029-11-29")]
    course.act(.seekExtension, by: Self.lawyer, seek)
    var refused = course
    #expect(refused.act(.refuseExtension, by: Self.lawyer) == nil && refused.file.state == .inForce)
    #expect(refused.file.clocks[.expiry]?.due.iso == "2027-11-29")
    #expect(course.act(.extend, by: Self.lawyer, [.lastDay: .text("2029-11-30")])?.guards == ["extended"])
    #expect(course.act(.extend, by: Self.lawyer, [.lastDay: .text("2028-11-29")]) == nil)
    #expect(course.file.clocks[.expiry]?.due.iso == "2028-11-29")
    #expect(course.file.clocks[.extensionOpens]?.due.iso == "2028-08-29")
  }

  @Test("Directions weigh wishes; social services are told of a child who persistently fails, not of a parent")
  func directions() {
    var course = Self.inForce()
    #expect(course.act(.giveDirection, by: Self.officer, [.wishes: .flag(false)])?.guards == ["wishes"])
    #expect(course.act(.giveDirection, by: Self.officer, [.wishes: .flag(true)]) == nil)
    #expect(course.act(.notifySocialCare, by: Self.officer) == .undecided([.recordFailure]))
    course.act(.recordFailure, by: Self.officer, [.failing: .text("parent")])
    #expect(course.act(.notifySocialCare, by: Self.officer)?.guards == ["child-fails"])
    course.act(.recordFailure, by: Self.officer, [.failing: .text("child")])
    #expect(course.act(.notifySocialCare, by: Self.officer) == nil)
  }

  @Test("Random lives keep every promise and reach every act and clock")
  func randomLives() {
    func days(_ days: Int...) -> [FactValue] { days.map { .day(Self.day.adding(days: $0)) } }
    let yes: [FactValue] = [.flag(true), .flag(true), .flag(true), .flag(false)]
    let no: [FactValue] = [.flag(false), .flag(false), .flag(false), .flag(true)]
    let lives = RandomLives<SupervisionOrderCase>(
      seed: SeededGenerator.chosenSeed, 400, moves: 100, from: Self.day,
      [
        .alternatives: yes, .designated: yes, .directedOn: days(0), .reportBy: days(55, 55, 40), .courtSetReport: no,
        .reply: [.text("supports"), .text("?")], .report: yes, .plan: yes, .hearingOn: days(20, 80, 200),
        .madeOn: days(5, 5, 5, 30), .lastDay: days(369, 369, 369, 500), .wishes: yes,
        .failing: [.text("parent"), .text("child")], .extensionAppliedOn: days(300, 340), .extensionUntil: days(600),
        .ending: [.text("care-order"), .text("?")], .ageFrom: days(-2_000),
        .ageTo: days(1_200, 1_200, 1_200, 1_200, 1_200, 1_200, 1_200, 1_200, 150),
        .inCare: no, .conflict: ["allow", "allow", "block", "hard-block"].map(FactValue.text),
      ])
    #expect(lives.violation == nil)
    #expect(lives.never == [])
  }
}
