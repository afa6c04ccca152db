import CaseFlow
import CaseSimulator
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

@Suite("The flow of a school attendance order") struct AttendanceOrderCaseTests {
  typealias Fact = AttendanceOrderCase.Fact
  typealias Case = Course<AttendanceOrderCase>

  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  private static let officer = Case.person(.cmeOfficer)
  private static let lawyer = Case.person(.legalOfficer)
  private static let manager = Case.person(.manager)
  private static let child: [Fact: FactValue] = [
    .ageFrom: .text("2021-03-31"), .ageTo: .text("2032-06-25"), .registered: .flag(false), .conflict: .text("allow"),
  ]

  private static func day(_ served: Int) -> FactValue { .day(day.adding(days: served)) }

  /// Up to the notice that names schools, or to the notice to satisfy where the child's plan names one.
  private static func served(plan: Bool = false) -> Case {
    var course = Case(on: day, child)
    #expect(course.act(.enquire, by: officer, [.resident: .flag(true)]) == nil)
    let notice: [Fact: FactValue] = [
      .addressVerified: .flag(true), .planNamesSchool: .flag(plan), .noticeServedOn: .day(day),
    ]
    #expect(course.act(.notify, by: officer, notice) == nil)
    course.day = day.adding(days: 15)
    guard !plan else { return course }
    #expect(course.act(.nominate, by: lawyer, nomination(15)) == nil)
    return course
  }

  private static func nomination(_ days: Int) -> [Fact: FactValue] {
    [.expedient: .flag(true), .nominationServedOn: day(days), .consultedOn: day(days)]
  }

  private static func order(_ days: Int) -> [Fact: FactValue] {
    [.orderServedOn: day(days), .registerBy: day(days + 14), .schoolCanBeNamed: .flag(true)]
  }

  /// The order is in force since the thirtieth day.
  private static func ordered() -> Case {
    var course = served()
    course.day = day.adding(days: 30)
    #expect(course.act(.nameByDefault, by: lawyer, [.school: .text("100001")]) == nil)
    #expect(course.act(.serveOrder, by: lawyer, order(30)) == nil)
    #expect(course.agree(by: manager) == nil && course.file.state == .orderInForce)
    return course
  }

  /// Not complied with on the forty-fifth day.
  private static func breached() -> Case {
    var course = ordered()
    course.day = day.adding(days: 45)
    course.act(.remind, by: lawyer, [.remindedOn: day(45)])
    #expect(course.act(.breach, by: lawyer, [.breachOn: day(45)]) == nil)
    return course
  }

  @Test("Its flow has no faults")
  func faults() { #expect(AttendanceOrderCase.flow.faults(on: Self.day) == []) }

  @Test("The clocks end with the fifteenth day of each notice, and with the day in the order")
  func clocks() {
    var course = Case(on: Self.day, Self.child)
    course.act(.enquire, by: Self.officer, [.resident: .flag(true)])
    #expect(course.file.clocks[.age]?.due.iso == "2032-06-25")
    let late: [Fact: FactValue] = [
      .addressVerified: .flag(true), .planNamesSchool: .flag(false), .noticeServedOn: .text("2026-11-26"),
    ]
    course.act(.notify, by: Self.officer, late)
    #expect(course.file.clocks[.satisfy]?.due.iso == "2026-12-10")
    #expect(Self.served().file.clocks[.choice]?.due == Self.day.adding(days: 29))
    #expect(Self.ordered().file.clocks[.registration]?.due == Self.day.adding(days: 44))
  }

  @Test("No notice without an address, residence or age")
  func notice() throws {
    for (fact, value) in [(Fact.ageTo, FactValue.text("2026-11-29")), (.ageFrom, .text("2026-12-01"))] {
      var course = Case(on: Self.day, Self.child)
      course.facts[fact] = value
      #expect(course.act(.enquire, by: Self.officer, [.resident: .flag(true)])?.guards == ["of-age"])
    }
    var elsewhere = Case(on: Self.day, Self.child)
    #expect(elsewhere.act(.enquire, by: Self.officer, [.resident: .flag(false)])?.guards == ["resident"])
    var course = Case(on: Self.day, Self.child)
    course.act(.enquire, by: Self.officer, [.resident: .flag(true)])
    let notice: [Fact: FactValue] = [
      .addressVerified: .flag(false), .planNamesSchool: .flag(false), .noticeServedOn: .text("2026-12-01"),
    ]
    #expect(course.act(.notify, by: Self.officer, notice)?.guards == ["address-verified", "notice-served"])
  }

  @Test("Schools are named from the sixteenth day, when it is expedient and the school was consulted")
  func nomination() {
    var course = Case(on: Self.day, Self.child)
    course.act(.enquire, by: Self.officer, [.resident: .flag(true)])
    let notice: [Fact: FactValue] = [
      .addressVerified: .flag(true), .planNamesSchool: .flag(false), .noticeServedOn: .day(Self.day),
    ]
    course.act(.notify, by: Self.officer, notice)
    course.day = Self.day.adding(days: 14)
    #expect(course.act(.nominate, by: Self.lawyer, Self.nomination(14))?.guards == ["nomination-due"])
    course.day = Self.day.adding(days: 15)
    let hasty = Self.nomination(15).merging([.expedient: .flag(false), .consultedOn: Self.day(16)]) { $1 }
    #expect(course.act(.nominate, by: Self.lawyer, hasty)?.guards == ["expedient", "consulted"])
    #expect(course.act(.nominate, by: Self.lawyer, Self.nomination(15)) == nil)
  }

  @Test("A parent chooses until the fifteenth day; a school is named by default from the sixteenth")
  func choice() {
    for (chosen, refused) in [(14, true), (15, false), (29, false), (30, true)] {
      var course = Self.served()
      course.day = Self.day.adding(days: 40)
      let choice: [Fact: FactValue] = [.school: .text("100001"), .choiceOn: Self.day(chosen)]
      let guards = course.act(.choose, by: Self.lawyer, choice)?.guards ?? []
      #expect(guards == (refused ? ["choice-in-time"] : []), "chosen on day \(chosen)")
    }
    var course = Self.served()
    course.day = Self.day.adding(days: 29)
    #expect(course.act(.nameByDefault, by: Self.lawyer, [.school: .text("100001")])?.guards == ["choice-over"])
    course.day = Self.day.adding(days: 30)
    #expect(course.act(.nameByDefault, by: Self.lawyer, [.school: .text("100001")]) == nil)
  }

  @Test("The order waits for the times before it, for age and for a second person")
  func order() {
    var course = Self.served()
    course.day = Self.day.adding(days: 20)
    course.act(.choose, by: Self.lawyer, [.school: .text("100001"), .choiceOn: Self.day(18)])
    #expect(course.act(.serveOrder, by: Self.lawyer, Self.order(20))?.guards == ["order-in-time"])
    course.day = Self.day.adding(days: 30)
    var full = course
    let cannot = Self.order(30).merging([.schoolCanBeNamed: .flag(false), .registerBy: Self.day(30)]) { $1 }
    #expect(full.act(.serveOrder, by: Self.lawyer, cannot)?.guards == ["school-can-be-named", "register-after"])
    #expect(course.act(.serveOrder, by: Self.lawyer, Self.order(30)) == nil && course.file.state == .orderReady)
    #expect(course.agree(by: .person(Self.lawyer.id, .manager)) == .samePerson)
    course.facts[.ageTo] = .text("2026-12-29")
    #expect(course.agree(by: Self.manager)?.guards == ["of-age", "order-in-time"])
  }

  @Test("A conflict stops the order unless the second person lets it pass; one that is hard stops it for everybody")
  func conflicts() {
    var course = Self.served()
    course.day = Self.day.adding(days: 30)
    course.act(.nameByDefault, by: Self.lawyer, [.school: .text("100001")])
    course.facts[.conflict] = .text("block")
    #expect(course.act(.serveOrder, by: Self.lawyer, Self.order(30))?.guards == ["no-conflict"])
    var hard = course
    hard.facts[.conflict] = .text("hard-block")
    #expect(hard.act(.serveOrder, by: Self.lawyer, Self.order(30))?.guards == ["no-hard-conflict"])
    #expect(
      hard.act(.serveOrder, by: Self.lawyer, Self.order(30), overriding: ["no-hard-conflict"])
        == .notOverridable(["no-hard-conflict"]))
    #expect(course.act(.serveOrder, by: Self.lawyer, Self.order(30), overriding: ["no-conflict"]) == nil)
    #expect(course.agree(by: Self.manager) == nil && course.file.state == .orderInForce)
  }

  @Test("The school of a plan is named without a choice, after the time to satisfy the authority")
  func plan() {
    var course = Self.served(plan: true)
    #expect(course.act(.nominate, by: Self.lawyer, Self.nomination(15))?.guards == ["no-plan"])
    let named: [Fact: FactValue] = [.expedient: .flag(true), .school: .text("100002")]
    course.day = Self.day.adding(days: 14)
    #expect(course.act(.nameFromPlan, by: Self.lawyer, named)?.guards == ["satisfy-over"])
    course.day = Self.day.adding(days: 15)
    #expect(course.act(.nameFromPlan, by: Self.lawyer, named) == nil)
    #expect(course.act(.serveOrder, by: Self.lawyer, Self.order(15)) == nil)
    #expect(course.agree(by: Self.manager) == nil && course.file.state == .orderInForce)
    var without = Self.served()
    #expect(without.act(.nameFromPlan, by: Self.lawyer, named) == .notFromHere(state: .schoolChoice))
  }

  @Test("A breach follows the day in the order and a reminder; its limitation runs by months")
  func breach() throws {
    var course = Self.ordered()
    course.day = Self.day.adding(days: 45)
    let breach: [Fact: FactValue] = [.breachOn: Self.day(45)]
    #expect(course.act(.breach, by: Self.officer, breach) == .notPermitted)
    #expect(course.act(.breach, by: Self.lawyer, breach)?.guards == ["reminded"])
    #expect(course.act(.remind, by: Self.lawyer, [.remindedOn: Self.day(45)]) == nil)
    #expect(course.act(.breach, by: Self.lawyer, [.breachOn: Self.day(44)])?.guards == ["breach-after"])
    #expect(course.act(.breach, by: Self.lawyer, breach) == nil)
    #expect(course.file.clocks[.limitation]?.due == Self.day.adding(days: 45).adding(months: 6))
    #expect(course.act(.followBreach, by: Self.lawyer, [.next: .text("prosecution")]) == nil)
    try course.learn(.registered, .flag(true))
    #expect(course.file.decisions.contains { $0.act == .breach && $0.question != nil })
    #expect(course.act(.comply, by: Self.officer) == nil && course.file.state == .complied)
  }

  @Test("A child who leaves the roll again is put before a person, who may find that the order is not complied with")
  func watched() throws {
    var course = Self.ordered()
    course.facts[.registered] = .flag(true)
    #expect(course.act(.comply, by: Self.officer) == nil)
    #expect(!AttendanceOrderCase.flow.work(of: course.file).contains { $0.title.contains("reg 9(1)(d)") })
    try course.learn(.registered, .flag(false))
    let work = AttendanceOrderCase.flow.work(of: course.file).map(\.title)
    #expect(work.contains("See whether the order is still complied with: the child left the roll (reg 9(1)(d), (e))"))
    course.day = Self.day.adding(days: 60)
    #expect(course.act(.remind, by: Self.lawyer, [.remindedOn: Self.day(60)]) == nil)
    #expect(course.act(.breach, by: Self.lawyer, [.breachOn: Self.day(60)]) == nil)
    #expect(course.file.decisions.filter(\.stands).map(\.act).contains(.comply) == false)
  }

  @Test("An application to revoke is refused only where what was arranged instead is not suitable (s442)")
  func revocationRefused() {
    var course = Self.ordered()
    #expect(course.act(.refuseRevocation, by: Self.lawyer, [.suitable: .flag(true)])?.guards == ["not-suitable"])
    #expect(course.act(.refuseRevocation, by: Self.officer, [.suitable: .flag(false)]) == .notPermitted)
    #expect(course.act(.refuseRevocation, by: Self.lawyer, [.suitable: .flag(false)]) == nil)
    #expect(course.file.state == .orderInForce && course.file.decisions.last?.act == .refuseRevocation)
    #expect(
      course.act(.end, by: Self.lawyer, [.ending: .text("revoked")]) == nil, "the Secretary of State may direct it")
    #expect(course.file.decisions.filter(\.stands).map(\.act) == [.end])
  }

  @Test("An order ends for a reason that the Act knows, and with the last day of compulsory school age")
  func endings() throws {
    var course = Self.ordered()
    #expect(course.act(.end, by: Self.lawyer, [.ending: .text("tired")])?.guards == ["ending-known"])
    #expect(course.act(.leaveAge, by: .program)?.guards == ["age-over"])
    try course.learn(.ageTo, .day(course.day.adding(days: 3)))
    #expect(course.file.clocks[.age]?.due == course.day.adding(days: 3))
    course.day = course.day.adding(days: 4)
    #expect(course.act(.leaveAge, by: .program) == nil && course.file.state == .ended)
    #expect(course.file.decisions.filter(\.stands).isEmpty)
  }

  @Test("Random lives keep every promise and reach every act and clock")
  func randomLives() {
    func days(_ days: Int...) -> [FactValue] { days.map { .day(Self.day.adding(days: $0)) } }
    let yes: [FactValue] = [.flag(true), .flag(true), .flag(true), .flag(false)]
    let lives = RandomLives<AttendanceOrderCase>(
      seed: SeededGenerator.chosenSeed, 400, from: Self.day,
      [
        .addressVerified: yes, .suitable: yes, .expedient: yes, .schoolCanBeNamed: yes, .schoolAgrees: yes,
        .noticeServedOn: days(-20, -5, 0, 20), .nominationServedOn: days(0, 10, 20, 30, 50),
        .consultedOn: days(0, 5, 10), .choiceOn: days(10, 20, 40), .school: [.text("100001")],
        .orderServedOn: days(30, 30, 50), .registerBy: days(40, 70, 900), .remindedOn: days(40, 80),
        .breachOn: days(45, 90), .next: [.text("both"), .text("?")], .ending: [.text("court"), .text("?")],
        .ageFrom: days(-2_000), .ageTo: days(1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 100),
        .conflict: [.text("allow"), .text("allow"), .text("block"), .text("hard-block")],
        .resident: yes, .planNamesSchool: [.flag(true), .flag(false), .flag(false)],
      ], beginnings: [Self.ordered().beginning, Self.breached().beginning])
    #expect(lives.violation == nil)
    #expect(lives.never == [])
  }
}
