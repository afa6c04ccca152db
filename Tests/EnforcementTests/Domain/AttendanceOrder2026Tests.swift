import CaseFlow
import CaseSimulator
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

@Suite("The school attendance order of the Act of 2026, which is not in force") struct AttendanceOrder2026Tests {
  typealias Fact = AttendanceOrderCase2026.Fact
  typealias Case = Course<AttendanceOrderCase2026>

  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  private static let officer = Case.person(.cmeOfficer)
  private static let lawyer = Case.person(.legalOfficer)
  private static let manager = Case.person(.manager)
  private static let child: [Fact: FactValue] = [
    .ageFrom: .text("2021-03-31"), .ageTo: .text("2032-06-25"), .registered: .flag(false),
  ]
  private static let notice: [Fact: FactValue] = [
    .ground: .text("home-visit-refused"), .noticeServedOn: .day(day),
  ]

  private static func day(_ days: Int) -> FactValue { .day(day.adding(days: days)) }

  @Test("Without a day of commencement every case goes by the first version, and none of the second is opened")
  func notCommenced() {
    #expect(AttendanceOrderProcess.begun(on: Self.day, commencement: nil) == .act1996)
    #expect(AttendanceOrderProcess.begun(on: Self.day, commencement: Self.day.adding(days: 1)) == .act1996)
    #expect(AttendanceOrderProcess.begun(on: Self.day, commencement: Self.day) == .act2026)
    for commencement in [nil, Self.day(1)] {
      var course = Case(on: Self.day, Self.child)
      course.facts[.commencement] = commencement
      #expect(course.act(.notify, by: Self.officer, Self.notice)?.guards == ["commenced"])
    }
    #expect(AttendanceOrderCase2026.flow.faults(on: Self.day) == [])
  }

  @Test("Were it in force: two notices with fifteen days each, then the order with a second person")
  func course() {
    var course = Case(on: Self.day, Self.child)
    course.facts[.commencement] = .day(Self.day)
    #expect(course.act(.notify, by: Self.officer, Self.notice) == nil)
    #expect(course.file.clocks[.answer]?.due == Self.day.adding(days: 14))
    course.day = Self.day.adding(days: 20)
    func nomination(_ days: Int) -> [Fact: FactValue] {
      [.expedient: .flag(true), .nominationServedOn: Self.day(days)]
    }
    #expect(course.act(.nominate, by: Self.lawyer, nomination(14))?.guards == ["nomination-due"])
    #expect(course.act(.nominate, by: Self.lawyer, nomination(15)) == nil)
    #expect(course.file.clocks[.choice]?.due == Self.day.adding(days: 29))
    course.day = Self.day.adding(days: 29)
    #expect(course.act(.nameByDefault, by: Self.lawyer, [.school: .text("100001")])?.guards == ["choice-over"])
    course.day = Self.day.adding(days: 30)
    var chosen = course
    let late: [Fact: FactValue] = [.school: .text("100001"), .choiceOn: Self.day(30)]
    #expect(chosen.act(.choose, by: Self.lawyer, late)?.guards == ["choice-in-time"])
    #expect(chosen.act(.choose, by: Self.lawyer, late.merging([.choiceOn: Self.day(29)]) { $1 }) == nil)
    #expect(course.act(.nameByDefault, by: Self.lawyer, [.school: .text("100001")]) == nil)
    let order: [Fact: FactValue] = [.orderServedOn: Self.day(30), .registerBy: Self.day(44)]
    #expect(course.act(.serveOrder, by: Self.lawyer, order) == nil)
    #expect(course.agree(by: Self.manager) == nil && course.file.state == .orderInForce)
  }

  @Test("Random lives keep every promise and reach every act and clock")
  func randomLives() {
    func days(_ days: Int...) -> [FactValue] { days.map { .day(Self.day.adding(days: $0)) } }
    let yes: [FactValue] = [.flag(true), .flag(true), .flag(true), .flag(false)]
    let lives = RandomLives<AttendanceOrderCase2026>(
      seed: SeededGenerator.chosenSeed, 500, moves: 100, from: Self.day,
      [
        .ground: [.text("unsuitable-education"), .text("?")], .noticeServedOn: days(-20, -5), .answered: yes,
        .expedient: yes, .nominationServedOn: days(0, 12), .choiceOn: days(10, 20), .school: [.text("100001")],
        .orderServedOn: days(30), .registerBy: days(40, 900), .breachOn: days(45, 90),
        .next: [.text("both")], .ending: [.text("court"), .text("?")], .commencement: days(0, 0, 0, 300),
        .ageFrom: days(-2_000), .ageTo: days(1_500, 1_500, 1_500, 1_500, 1_500, 100),
      ])
    #expect(lives.violation == nil)
    #expect(lives.never == [])
  }
}
