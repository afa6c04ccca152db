import CaseFlow
import CaseSimulator
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import CaseworkDomain

/// The flows of casework: without faults, and true to their promises in random lives.
@Suite("The flows of casework, driven")
struct FlowTests {
  private static let seed: UInt64 = {
    let seed = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
    print("flows of casework: SEED=\(seed)")
    return seed
  }()
  private static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  private static func words<Words: CaseIterable & RawRepresentable<String>>(_: Words.Type) -> [FactValue] {
    Words.allCases.map { .text($0.rawValue) } + [.text("something else")]
  }

  /// Mostly one value, so that lives get far, and sometimes another.
  private static func often(_ usual: FactValue, _ other: FactValue) -> [FactValue] {
    [usual, usual, usual, usual, other]
  }

  /// Random lives, until every act and every clock was seen.
  private func live<Kind: CaseKind>(
    _: Kind.Type, _ values: [Kind.Fact: [FactValue]], startingAfter histories: [[Entry<Kind>]] = [[]], lives: Int,
    moves: Int
  ) {
    #expect(Kind.flow.faults(on: Self.day) == [])
    var seen: [String: Int] = [:]
    for number in 0..<lives {
      var life = FlowSimulation<Kind>(
        seed: Self.seed &+ UInt64(number), from: Self.day, values: values,
        beginning: histories[number % histories.count]
      )
      let violation = life.run(moves: moves)
      #expect(violation == nil, "\(violation.map(String.init(describing:)) ?? "")")
      seen.merge(life.seen, uniquingKeysWith: +)
    }
    for act in Kind.Act.allCases { #expect(seen["acted \(act.rawValue)", default: 0] > 0, "\(act)") }
    for clock in Kind.Clock.allCases { #expect(seen["fired \(clock.rawValue)", default: 0] > 0, "\(clock)") }
    let rarest = Kind.Act.allCases.map { seen["acted \($0.rawValue)", default: 0] }.min() ?? 0
    print("\(Kind.name): \(lives) lives, \(seen.values.reduce(0, +)) moves tried, every act at least \(rarest) times")
  }

  @Test("Attendance cases keep every promise and reach every act and clock")
  func cases() throws {
    var formal = try Case()
    try formal.take(.moveStage, [.level: .number(4)])
    var paused = formal
    try paused.take(.pause, [.pause: .text("health")], by: paused.manager)
    var enforced = formal
    try enforced.take(.escalate, [.legalBasis: .text("Education Act 1996 s444"), .consulted: .flag(true)])
    try enforced.agree()
    live(
      AttendanceCase.self,
      [
        .safeguarding: Self.words(Referral.Safeguarding.Answer.self), .contact: Self.words(AttendanceCase.Contact.self),
        .closing: Self.words(Closing.self), .destination: Self.words(AttendanceCase.Redirection.self),
        .visit: Self.words(AttendanceCase.Visit.self), .review: Self.words(AttendanceCase.ReviewOutcome.self),
        .pause: Self.words(AttendanceCase.PauseReason.self), .figures: Self.words(AttendanceCase.Figures.self),
        .socialWorker: Self.often(.flag(false), .flag(true)),
        .level: [4, 4, 5, 6].map(FactValue.number), .levels: Self.often(.text("1 2 3 4 5 6"), .text("1 3 5")),
        .reviews: [0, 1, 2, 3].map(FactValue.number), .allocatedOn: Self.often(.day(Self.day), .text("no day")),
        .newsDue: [.day(Self.day.adding(days: 10))],
        .legalBasis: Self.often(.text("Education Act 1996 s444"), .text(" ")),
      ].merging(
        [.assessment, .baseline, .attendanceOutcome, .support, .consulted, .equality, .hasFastTrack].map {
          ($0, Self.often(.flag(true), .flag(false)))
        }
      ) { first, _ in first },
      startingAfter: [[], Array(formal.history.prefix(3)), formal.history, enforced.history, paused.history],
      lives: Self.lives(500), moves: 60)
  }

  @Test("The duty of section 19 keeps every promise and reaches every act and clock")
  func section19() {
    live(
      Section19.self,
      [
        .ground: Self.words(Section19.Ground.self), .since: [.day(Self.day)],
        .evidence: Self.often(.text("A letter of the clinic"), .text(" ")),
        .provision: Self.words(Section19.Provision.self), .from: [.day(Self.day)],
        .hours: [0, 5, 25].map(FactValue.number), .partTime: Self.often(.text("Health"), .text("")),
        .ending: Self.words(Section19.Ending.self),
      ], lives: Self.lives(200), moves: 40)
  }

  /// How many lives are tried: `LIVES=100000` for a long run.
  private static func lives(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["LIVES"].flatMap { Int($0) } ?? usual
  }

  @Test("Attendance contracts keep every promise and reach every act and clock")
  func contracts() {
    live(
      AttendanceContract.self,
      [
        .target: ["90", "92.5", "0", "100.5", "ninety"].map(FactValue.text),
        .firstDay: [.day(Self.day), .day(Self.day.adding(days: 7))],
        .lastDay: [.day(Self.day.adding(days: 90)), .day(Self.day.adding(days: 10)), .day(Self.day.adding(days: 500))],
        .agreement: Self.words(AttendanceContract.Agreement.self),
        .review: Self.words(AttendanceCase.ReviewOutcome.self), .result: Self.words(ContractResult.Outcome.self),
        .ending: Self.words(AttendanceContract.Ending.self), .isOver: Self.often(.flag(true), .flag(false)),
      ], lives: 200, moves: 50)
  }

  /// A case at some point of its life, with what is known from outside.
  private struct Case {
    var file = CaseFile<AttendanceCase>()
    var history: [Entry<AttendanceCase>] = []
    var facts = Facts<AttendanceCase.Fact>([
      .assessment: .flag(true), .baseline: .flag(true), .attendanceOutcome: .flag(true), .support: .flag(true),
      .levels: .text("1 2 3 4 5 6"),
    ])
    var day = FlowTests.day
    let officer = Actor<AttendanceCase.Role>.person("u-officer", .attendanceOfficer)
    let manager = Actor<AttendanceCase.Role>.person("u-manager", .manager)

    mutating func take(
      _ act: AttendanceCase.Act, _ stating: [AttendanceCase.Fact: FactValue] = [:],
      by actor: Actor<AttendanceCase.Role>? = nil, owner: Owner<AttendanceCase.Role>? = nil
    ) throws {
      let intent = Intent<AttendanceCase>(.act(act), owner: owner, stating: .init(stating), reason: "A reason")
      let entry = try AttendanceCase.flow.step(file, .attempt(intent), facts: facts, by: actor ?? officer, on: day)
      file.apply(entry)
      history.append(entry)
    }

    mutating func agree() throws {
      let entry = try AttendanceCase.flow.step(
        file, .second(agrees: true, reason: ""), facts: facts, by: manager, on: day)
      file.apply(entry)
      history.append(entry)
    }

    /// Up to support.
    init() throws {
      try take(.refer, by: .program)
      try take(.accept, [.safeguarding: .text("no")])
      try take(.allocate, by: manager, owner: Owner(.attendanceOfficer, "u-officer"))
      facts[.allocatedOn] = .day(day)
      try take(.contact, [.contact: .text("meeting")])
      try take(.plan)
    }
  }

  @Test(
    "A plan is due twenty working days from allocation, however late the first contact; a home visit has its own day")
  func planClock() throws {
    var one = try Case()
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
    let one = try Case()
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
    var one = try Case()
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
    var one = try Case()
    one.facts[.levels] = .text(Pathways.threeStages.pathway(on: one.day).entries.map { "\($0)" }.joined(separator: " "))
    #expect(throws: Refusal<AttendanceCase>.self) { try one.take(.moveStage, [.level: .number(4)]) }
    try one.take(.moveStage, [.level: .number(5)])
    #expect(one.file.stated.number(.level) == 5)
  }

  @Test("Sustained needs the figure and two reviews, partial a better figure; two people may go on without")
  func closing() throws {
    var one = try Case()
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
