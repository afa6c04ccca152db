import CaseFlow
import CaseSimulator
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

/// A prosecution for an unpaid notice, as far as a test takes it.
struct Charged {
  typealias Fact = Prosecution.Fact

  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  static let officer = Course<Prosecution>.person(.attendanceOfficer)
  static let lawyer = Course<Prosecution>.person(.legalOfficer)
  static let reviewer = Course<Prosecution>.person(.legalOfficer, 2)
  static let manager = Course<Prosecution>.person(.manager)

  /// Everything that is in order.
  static let facts: [Fact: FactValue] = [
    .chargedFrom: .text("2026-09-14"), .chargedTo: .text("2026-10-16"), .sessions: .number(12), .barred: .number(0),
    .liable: .flag(true), .moneyHeld: .flag(false), .proceedingsFrom: .text("2026-11-27"), .conflict: .text("allow"),
    .packSigned: .flag(true), .register: .text("r1"),
  ]
  static let referral: [Fact: FactValue] = [
    .route: .text("unpaid-notice"), .support: .text("recorded"), .parentVerified: .flag(true),
  ]
  static let tested: [Fact: FactValue] = [
    .evidenceSuffices: .flag(true), .publicInterest: .flag(true), .defencesConsidered: .flag(true),
    .equalityConsidered: .flag(true),
  ]

  var course = Course<Prosecution>(on: day, facts)

  /// Ready to be laid.
  init(_ offence: Offence = .irregularAttendance, _ procedure: String = Prosecution.singleJustice, tested: Bool = true)
  {
    #expect(course.act(.refer, by: Self.officer, Self.referral) == nil)
    #expect(course.act(.considerSupervision, by: Self.manager, [.supervision: .text("not-now")]) == nil)
    let charge: [Fact: FactValue] = [.offence: .text(offence.rawValue), .procedure: .text(procedure)]
    #expect(course.act(.review, by: Self.lawyer, charge) == nil)
    if tested { #expect(course.act(.testCode, by: Self.reviewer, Self.tested) == nil) }
  }

  /// What laying is refused for; the second person agrees where it is not.
  mutating func lay(overriding: Set<String> = [], adult: Bool = true) -> Refusal<Prosecution>? {
    course.act(.lay, by: Self.lawyer, [.adult: .flag(adult)], overriding: overriding)
      ?? course.agree(by: Self.manager)
  }
}

@Suite("The prosecution") struct ProsecutionTests {
  @Test("Its flow has no faults")
  func faults() {
    #expect(Prosecution.flow.faults(on: Charged.day) == [])
  }

  @Test("From a referral to the end of the time of an appeal")
  func wholeCourse() throws {
    var charged = Charged(.irregularAttendance)
    #expect(charged.lay() == nil && charged.course.file.state == .laid)
    #expect(charged.course.file.decisions.last?.guards.count == Prosecution.layingGuards.count)
    #expect(charged.course.act(.serveNotice, by: Charged.lawyer, [.servedOn: .text("2026-11-30")]) == nil)
    #expect(charged.course.file.clocks[.plea]?.due.iso == "2026-12-21")
    let guilty: [Prosecution.Fact: FactValue] = [.convictedOf: .text("s444-1")]
    #expect(charged.course.act(.decideOnPapers, by: Charged.lawyer, guilty)?.guards == ["answer-over"])
    charged.course.day = try #require(Day(iso: "2026-12-22"))
    #expect(charged.course.act(.decideOnPapers, by: Charged.lawyer, guilty) == nil)
    #expect(charged.course.act(.sentence, by: Charged.lawyer, SentenceTests.fine) == nil)
    #expect(charged.course.file.clocks[.appeal]?.due.iso == "2027-01-12")
    #expect(charged.course.act(.conclude, by: .program)?.guards == ["appeal-over"])
    charged.course.day = try #require(Day(iso: "2027-01-13"))
    #expect(charged.course.act(.conclude, by: .program) == nil && charged.course.file.state == .concluded)
  }

  @Test("The limitation is warned of after four months and ends after six, by the calendar")
  func limitationClocks() throws {
    var charged = Charged(tested: false)
    #expect(charged.course.file.clocks[.limitationNear]?.due.iso == "2027-02-16")
    #expect(charged.course.file.clocks[.limitation]?.due.iso == "2027-04-16")
    charged.course.facts[.chargedTo] = .text("2026-08-31")
    #expect(charged.course.act(.reduce, by: .program) == nil)
    #expect(charged.course.file.clocks[.limitation]?.due.iso == "2027-02-28")
  }

  @Test("A final warning lasts four to six weeks, and its clock ends on the day that was said")
  func finalWarning() {
    for (days, refused) in [(27, true), (28, false), (42, false), (43, true)] {
      var course = Course<Prosecution>(on: Charged.day, Charged.facts)
      course.act(.refer, by: Charged.officer, Charged.referral)
      let until = Charged.day.adding(days: days)
      let guards = course.act(.warn, by: Charged.officer, [.warningUntil: .day(until)])?.guards ?? []
      #expect(guards == (refused ? ["warning-length"] : []), "\(days) days")
      if !refused { #expect(course.file.clocks[.warning]?.due == until) }
    }
  }

  @Test("Legal review waits until a supervision order was considered, and nobody lays where it was chosen instead")
  func supervisionConsidered() {
    var course = Course<Prosecution>(on: Charged.day, Charged.facts)
    course.act(.refer, by: Charged.officer, Charged.referral)
    let charge: [Prosecution.Fact: FactValue] = [.offence: .text("s444-1"), .procedure: .text("summons")]
    #expect(course.act(.review, by: Charged.lawyer, charge) == .undecided([.considerSupervision]))
    #expect(course.act(.considerSupervision, by: Charged.officer, [.supervision: .text("not-now")]) == .notPermitted)
    #expect(
      course.act(.considerSupervision, by: Charged.manager, [.supervision: .text("never")])?.guards
        == ["supervision-answered"])
    #expect(course.act(.considerSupervision, by: Charged.manager, [.supervision: .text("instead")]) == nil)
    #expect(course.act(.review, by: Charged.lawyer, charge) == nil)
    #expect(course.act(.testCode, by: Charged.reviewer, Charged.tested) == nil)
    #expect(course.act(.lay, by: Charged.lawyer, [.adult: .flag(true)])?.guards == ["not-instead"])
  }

  @Test("The full code test is by somebody else than the case officer, and all of it must be met")
  func fullCodeTest() {
    var charged = Charged(tested: false)
    #expect(charged.course.act(.lay, by: Charged.lawyer, [.adult: .flag(true)]) == .undecided([.testCode]))
    let sameOfficer = Actor<Prosecution.Role>.person(Charged.officer.id, .legalOfficer)
    #expect(charged.course.act(.testCode, by: sameOfficer, Charged.tested) == .didEarlier([.refer]))
    for fact in Charged.tested.keys {
      var answers = Charged.tested
      answers[fact] = .flag(false)
      #expect(charged.course.act(.testCode, by: Charged.reviewer, answers)?.guards == [fact.rawValue])
    }
    #expect(charged.course.act(.testCode, by: Charged.reviewer, Charged.tested) == nil)
    #expect(charged.course.act(.reduce, by: .program) == nil)
    #expect(charged.course.act(.lay, by: Charged.lawyer, [.adult: .flag(true)]) == .undecided([.testCode]))
  }

  @Test("One person cannot lay, and the second is a manager who is another person")
  func twoPersons() {
    var charged = Charged()
    #expect(charged.course.act(.lay, by: Charged.lawyer, [.adult: .flag(true)]) == nil)
    #expect(charged.course.file.state == .legalReview)
    #expect(charged.course.agree(by: Charged.reviewer) == .notPermitted)
    #expect(charged.course.agree(by: .person(Charged.lawyer.id, .manager)) == .samePerson)
    #expect(charged.course.act(.lay, by: Charged.manager, [.adult: .flag(true)]) == .awaitingSecond)
    #expect(charged.course.agree(by: Charged.manager) == nil && charged.course.file.state == .laid)
  }

  @Test("What is proposed is judged anew when the second person agrees")
  func judgedAnew() {
    var charged = Charged()
    charged.course.act(.lay, by: Charged.lawyer, [.adult: .flag(true)])
    charged.course.facts[.moneyHeld] = .flag(true)
    #expect(charged.course.agree(by: Charged.manager)?.guards == ["no-money-held"])
    #expect(charged.course.file.state == .legalReview)
  }

  @Test("A mark amended after laying puts the laying before a person; so does money that comes")
  func questioned() throws {
    var charged = Charged()
    #expect(charged.lay() == nil)
    for (fact, value) in [(Prosecution.Fact.register, FactValue.text("r2")), (.moneyHeld, .flag(true))] {
      var course = charged.course
      try course.learn(fact, value)
      #expect(course.file.decisions.contains { $0.act == .lay && $0.question != nil }, "\(fact.rawValue)")
    }
  }

  @Test("Random lives keep every promise and reach every act and clock")
  func randomLives() {
    let lives = RandomLives<Prosecution>(
      seed: SeededGenerator.chosenSeed, 1_000, from: Charged.day, Self.values,
      beginnings: [Charged().course, Self.listed, Self.sentenced, Self.appealed].map(\.beginning))
    #expect(lives.violation == nil)
    #expect(lives.never == [])
  }

  /// Sentenced today, so that an appeal is possible.
  private static var sentenced: Course<Prosecution> {
    var course = SentenceTests.convicted(.irregularAttendance)
    course.act(.sentence, by: Charged.lawyer, SentenceTests.fine)
    return course
  }

  private static var appealed: Course<Prosecution> {
    var course = sentenced
    #expect(
      course.act(
        .appeal, by: Charged.lawyer, [.appealedOn: .day(course.day), .hearingOn: .text("2027-02-01")]) == nil)
    return course
  }

  /// Waiting for trial.
  private static var listed: Course<Prosecution> {
    var charged = Charged(.knowingly, "summons")
    #expect(charged.lay() == nil)
    charged.course.act(
      .serveSummons, by: Charged.lawyer, [.servedOn: .text("2026-11-30"), .hearingOn: .text("2026-12-20")])
    charged.course.act(.pleadNotGuilty, by: Charged.lawyer, [.hearingOn: .text("2027-02-01")])
    return charged.course
  }

  /// Mostly what lets a life go on.
  static let values: [Prosecution.Fact: [FactValue]] = {
    func mostly(_ value: FactValue, _ others: FactValue...) -> [FactValue] {
      others + Array(repeating: value, count: 24 - others.count)
    }
    let near = ["2026-12-30", "2027-02-01", "2027-04-01", "2027-07-01", "2027-12-01", "2029-01-01"].map(FactValue.text)
    let yes = mostly(.flag(true), .flag(false))
    return [
      .route: mostly(.text("direct"), .text("unpaid-notice"), .text("whim")),
      .support: mostly(.text("recorded"), .text("")), .parentVerified: yes, .warningUntil: near,
      .supervision: mostly(.text("not-now"), .text("instead")), .offence: mostly(.text("s444-1"), .text("s444-1a")),
      .procedure: ["single-justice", "summons"].map(FactValue.text), .evidenceSuffices: yes, .publicInterest: yes,
      .defencesConsidered: yes, .equalityConsidered: yes, .adult: yes,
      .servedOn: mostly(.text("2026-11-30"), .text("2027-01-01")), .hearingOn: near,
      .convictedOf: mostly(.text("s444-1"), .text("s444-1a")), .sentence: mostly(.text("fine"), .text("custody")),
      .sentencedOn: ["2027-03-01", "2027-05-01", "2027-07-01", "2026-12-22"].map(FactValue.text),
      .fineBand: [.text("band-b")], .fine: mostly(.number(400_00), .number(1_000_01)),
      .surcharge: [.number(160_00)], .costs: [.number(0)],
      .appealedOn: ["2027-03-02", "2027-05-02", "2027-07-02", "2026-12-23"].map(FactValue.text),
      .chargedFrom: [.text("2027-05-03")],
      .chargedTo: [.text("2027-05-20")], .sessions: mostly(.number(14), .number(3)),
      .barred: mostly(.number(0), .number(2)), .liable: yes, .moneyHeld: mostly(.flag(false), .flag(true)),
      .proceedingsFrom: mostly(.text("2026-11-27"), .text("2027-01-10")),
      .conflict: mostly(.text("allow"), .text("warn"), .text("block"), .text("hard-block")), .packSigned: yes,
      .register: mostly(.text("r1"), .text("r2")),
    ]
  }()
}
