import CaseFlow
import CaseSimulator
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

@Suite("The flow of a parenting order") struct ParentingOrderCaseTests {
  typealias Fact = ParentingOrderCase.Fact
  typealias Case = Course<ParentingOrderCase>

  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  private static let officer = Case.person(.attendanceOfficer)
  private static let lawyer = Case.person(.legalOfficer)
  private static let parent: [Fact: FactValue] = [
    .convicted: .flag(true), .underSixteen: .flag(true), .earlierOrder: .flag(false),
    .conflict: .text("allow"),
  ]
  private static let request: [Fact: FactValue] = [
    .desirable: .flag(true), .programmeAvailable: .flag(true), .family: .text("obtained"),
  ]
  private static let order: [Fact: FactValue] = [
    .madeOn: .day(day), .until: .text("2027-11-29"), .programmeFrom: .text("2026-12-07"),
    .programmeTo: .text("2027-03-06"), .residential: .flag(false), .residentialJustified: .flag(false),
  ]

  private static func requested() -> Case {
    var course = Case(on: day, parent)
    #expect(course.act(.request, by: lawyer, request) == nil)
    return course
  }

  private static func active() -> Case {
    var course = requested()
    #expect(course.act(.make, by: lawyer, order) == nil)
    #expect(course.act(.begin, by: officer, [.responsibleOfficer: .text("u7")]) == nil)
    return course
  }

  @Test("Its flow has no faults")
  func faults() { #expect(ParentingOrderCase.flow.faults(on: Self.day) == []) }

  @Test("A request says that an order is desirable, and what is known of the family of a child under sixteen")
  func requests() {
    let cases: [(changes: [Fact: FactValue], under: Bool, refused: [String])] = [
      ([.desirable: .flag(false)], true, ["desirable"]), ([.family: .text("not-needed")], true, ["family"]),
      ([.family: .text("not-needed")], false, []), ([.family: .text("")], false, ["family"]),
      ([.programmeAvailable: .flag(false)], true, []),
    ]
    for (changes, under, refused) in cases {
      var course = Case(on: Self.day, Self.parent)
      course.facts[.underSixteen] = .flag(under)
      let guards = course.act(.request, by: Self.lawyer, Self.request.merging(changes) { $1 })?.guards ?? []
      #expect(guards == refused)
    }
  }

  @Test("Nobody asks for an order against the authority; what else is known was asked before the prosecution")
  func conflicts() {
    for (answer, refused) in [("hard-block", ["no-hard-conflict"]), ("block", []), ("", ["no-hard-conflict"])] {
      var course = Case(on: Self.day, Self.parent)
      course.facts[.conflict] = .text(answer)
      #expect((course.act(.request, by: Self.lawyer, Self.request)?.guards ?? []) == refused, "\(answer)")
    }
  }

  static let orders: [(changes: [Fact: FactValue], refused: [String])] = [
    ([:], []), ([.until: .text("2027-11-30")], ["po-long"]),
    ([.programmeTo: .text("2027-03-07")], ["po-programme-long"]),
    ([.programmeFrom: .text("2026-11-29"), .programmeTo: .text("2027-01-01")], ["po-programme-outside"]),
    ([.until: .text("2027-01-31")], ["po-programme-outside"]), ([.residential: .flag(true)], ["residential-justified"]),
    ([.residential: .flag(true), .residentialJustified: .flag(true)], []),
    ([.madeOn: .text("2026-12-01")], ["made"]),
  ]

  @Test("An order keeps to its lengths", arguments: orders.indices)
  func lengths(index: Int) {
    let (changes, refused) = Self.orders[index]
    var course = Self.requested()
    #expect(course.act(.make, by: Self.lawyer, Self.order.merging(changes) { $1 })?.guards ?? [] == refused)
  }

  @Test("Only a parent who has had an order before has one without a programme, and only on a conviction")
  func withoutProgramme() {
    let short: [Fact: FactValue] = [.madeOn: .day(Self.day), .until: .text("2027-05-31")]
    var first = Self.requested()
    #expect(first.act(.makeWithoutProgramme, by: Self.lawyer, short)?.guards == ["po-programme-missing"])
    first.facts[.earlierOrder] = .flag(true)
    #expect(first.act(.makeWithoutProgramme, by: Self.lawyer, short) == nil)
    #expect(first.file.clocks[.programme] == nil && first.file.clocks[.term]?.due.iso == "2027-05-31")
    var acquitted = Self.requested()
    acquitted.facts[.convicted] = .flag(false)
    #expect(acquitted.act(.make, by: Self.lawyer, Self.order)?.guards == ["convicted"])
  }

  @Test("The order and its programme end on their days, and the court can vary the order inside twelve months")
  func days() throws {
    var course = Self.active()
    #expect(course.file.clocks[.programme]?.due.iso == "2027-03-06")
    #expect(course.file.clocks[.term]?.due.iso == "2027-11-29")
    #expect(course.act(.vary, by: Self.lawyer, [.until: .text("2027-11-30")])?.guards == ["varied"])
    #expect(course.act(.vary, by: Self.lawyer, [.until: .text("2027-06-30")]) == nil)
    #expect(course.file.clocks[.term]?.due.iso == "2027-06-30")
    course.day = try #require(Day(iso: "2027-06-30"))
    #expect(course.act(.complete, by: .program)?.guards == ["over"])
    course.day = course.day.adding(days: 1)
    #expect(course.act(.complete, by: .program) == nil && course.file.state == .completed)
  }

  @Test("A breach lies in the order, and has six months to be charged")
  func breach() throws {
    var course = Self.active()
    course.day = try #require(Day(iso: "2027-01-31"))
    #expect(course.act(.breach, by: Self.officer, [.breachOn: .text("2026-11-29")])?.guards == ["breach-inside"])
    #expect(course.act(.breach, by: Self.officer, [.breachOn: .text("2027-02-01")])?.guards == ["breach-inside"])
    #expect(course.act(.breach, by: Self.officer, [.breachOn: .text("2027-01-31")]) == nil)
    #expect(course.file.clocks[.limitation]?.due.iso == "2027-07-31")
    var discharged = course
    #expect(discharged.act(.discharge, by: Self.lawyer) == nil && discharged.file.state == .discharged)
    #expect(course.act(.resume, by: Self.officer) == nil && course.file.clocks[.limitation] == nil)
  }

  @Test("Random lives keep every promise and reach every act and clock")
  func randomLives() {
    func days(_ days: Int...) -> [FactValue] { days.map { .day(Self.day.adding(days: $0)) } }
    let yes: [FactValue] = [.flag(true), .flag(true), .flag(true), .flag(false)]
    let lives = RandomLives<ParentingOrderCase>(
      seed: SeededGenerator.chosenSeed, 400, from: Self.day,
      [
        .desirable: yes, .family: [.text("obtained"), .text("not-needed")], .hearingOn: days(10, 50, 100),
        .madeOn: days(0, 0, 20), .until: days(200, 300, 500), .programmeFrom: days(30), .programmeTo: days(60, 200),
        .residentialJustified: yes, .responsibleOfficer: [.text("u7"), .text(" ")], .breachOn: days(30, 60, 400),
        .convicted: yes, .conflict: [.text("allow"), .text("block"), .text("allow"), .text("hard-block")],
      ])
    #expect(lives.violation == nil)
    #expect(lives.never == [])
  }
}
