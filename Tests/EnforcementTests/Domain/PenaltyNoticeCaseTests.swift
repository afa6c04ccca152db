import CaseFlow
import CaseSimulator
import EnforcementDomain
import Rulebook
import Seeded
import TestKit
import Testing

@Suite("The flow of a penalty notice") struct PenaltyNoticeCaseTests {
  typealias Fact = PenaltyNoticeCase.Fact
  typealias Life = PenaltyNoticeLife

  @Test("Every state can be reached and left, and has a next date")
  func isWhole() throws {
    #expect(PenaltyNoticeCase.flow.faults(on: Life.today) == [])
  }

  @Test("Random lives keep the promises of every flow")
  func simulation() throws {
    var seen: [String: Int] = [:]
    let first = SeededGenerator.chosenSeed
    // The end of a long flow is reached from the beginning too seldom: a third of the lives begin in the middle, a third
    // before a court.
    let histories = try [[], Life.unpaid(isProsecuted: false), Life.unpaid(isProsecuted: true)]
    for number in 0..<1_000 {
      var life = FlowSimulation<PenaltyNoticeCase>(
        seed: first &+ UInt64(number), from: Life.today, values: Life.values,
        beginning: histories[number % histories.count])
      let violation = life.run(moves: 60)
      #expect(violation == nil, "\(violation.map(String.init(describing:)) ?? "")")
      seen.merge(life.seen, uniquingKeysWith: +)
    }
    for act in PenaltyNoticeCase.Act.allCases { #expect(seen["acted \(act.rawValue)", default: 0] > 0, "\(act)") }
    for clock in PenaltyNoticeCase.Clock.allCases {
      #expect(seen["fired \(clock.rawValue)", default: 0] > 0, "\(clock)")
    }
    print("penalty notice: 1000 lives from seed \(first), \(seen.values.reduce(0, +)) moves tried")
  }

  @Test("A notice is issued when everything holds, and no guard can be left out", arguments: Life.breaches)
  func issue(breach: Life.Breach) throws {
    var life = try Life(considering: .init())
    #expect(throws: Never.self) { try life.tries(.issue) }
    if let outside = breach.outside {
      life.outside[breach.fact] = outside
      let refused = life.refusal(.issue)
      #expect(refused == [breach.guarding])
    } else {
      var answers = Life.answers
      answers[breach.fact] = breach.stated
      life = try Life(considering: answers)
      #expect(life.refusal(.issue) == [breach.guarding])
    }
  }

  @Test("Below the threshold a reason is enough; a manager lets a fresh N pass")
  func exceptions() throws {
    var answers = Life.answers
    answers[.belowThreshold] = .text("short holidays again and again")
    var life = try Life(considering: answers)
    life.outside[.threshold] = .flag(false)
    #expect(life.refusal(.issue) == [])
    life.outside[.fresh] = .number(2)
    #expect(life.refusal(.issue) == ["reasons-had-time"])
    try life.does(.allow, stating: [.exception: .text("unresolved-within-time")])
    #expect(life.file.proposal != nil && life.refusal(.issue) == nil, "it waits for a second person")
    try life.seconds()
    #expect(life.refusal(.issue) == [])
    try life.does(.issue)
    #expect(life.file.state == .issued)
  }

  @Test(
    "Two persons let pass what stands in the way, each thing by its name; what excludes a notice gives way to nobody")
  func conflicts() throws {
    var life = try Life(considering: [:])
    life.outside[.conflict] = .text("in-care, supervision-order")
    life.outside[.fresh] = .number(1)
    #expect(life.refusal(.issue) == ["reasons-had-time", "no-conflict"])
    for (exception, refused) in [
      ("supervision-order", ["reasons-had-time", "no-conflict"]),
      ("supervision-order,in-care", ["reasons-had-time"]),
      ("unresolved-within-time, supervision-order, in-care", []),
    ] {
      try life.does(.allow, stating: [.exception: .text(exception)])
      try life.seconds()
      #expect(life.refusal(.issue) == refused, "\(exception)")
    }
    life.outside[.conflict] = .text("attendance-order, in-care, supervision-order")
    #expect(life.refusal(.issue) == ["no-conflict"], "what came since is not let pass")
    life.outside[.conflict] = .text("")
    life.outside[.excluded] = .text("authority-is-parent")
    #expect(life.refusal(.issue) == ["no-hard-conflict"])
    for name in ["", "anything", "supervision-order, anything"] {
      #expect(throws: Refusal<PenaltyNoticeCase>.self) { try life.does(.allow, stating: [.exception: .text(name)]) }
    }
  }

  @Test("A correction after the issue is put before an officer, who may withdraw; a payment returns nothing by itself")
  func corrected() throws {
    var life = try Life(considering: .init())
    try life.does(.issue)
    life.outside[.sessions] = .text("2026-09-08 am U")
    life.outside[.lost] = .number(9)
    try life.reconsiders()
    let work = PenaltyNoticeCase.flow.work(of: life.file).map(\.title)
    #expect(work.contains("Consider withdrawing a notice: what it rests on has changed"))
    #expect(life.file.state == .issued)
    try life.does(.withdraw, stating: [.ground: .text("material_error")], by: .legalOfficer)
    #expect(life.file.state == .withdrawn && life.file.decisions.filter(\.stands).map(\.act) == [.withdraw])
    #expect(PenaltyNoticeCase.flow.work(of: life.file).isEmpty)
  }

  @Test("Unpaid after its time it waits for a decision; while money is held nothing leads to prosecution")
  func unpaid() throws {
    var life = try Life(considering: .init())
    try life.does(.issue)
    life.outside[.account] = .text("unpaid")
    try life.programDoes(.expire)
    life.outside[.held] = .number(80_00)
    try life.programDoes(.query)
    #expect(life.refusal(.prosecute, by: .program) == nil && life.file.state == .queried)
    life.outside[.held] = .number(0)
    try life.programDoes(.settle)
    life.outside[.unresolved] = .number(1)
    #expect(life.refusal(.prosecute, by: .program) == ["payment-guard"])
    life.outside[.unresolved] = .number(0)
    try life.programDoes(.prosecute)
    #expect(life.file.state == .prosecuted)
    #expect(life.file.clocks.keys.contains(.proceedings))
  }

  @Test("A receipt that is shown to be later moves the last day to pay, and a notice thought unpaid runs again")
  func laterReceipt() throws {
    var life = try Life(considering: .init())
    try life.does(.issue)
    #expect(life.file.clocks[.payment]?.due == Life.today.adding(days: 29))
    life.outside[.lastDayToPay] = .day(Life.today.adding(days: 40))
    try life.reconsiders()
    #expect(life.file.clocks[.payment]?.due == Life.today.adding(days: 40))
    life.outside[.account] = .text("unpaid")
    try life.programDoes(.expire)
    life.outside[.account] = .text("open_full")
    life.outside[.lastDayToPay] = .day(Life.today.adding(days: 60))
    try life.programDoes(.reopen)
    #expect(life.file.state == .issued && life.file.clocks[.payment]?.due == Life.today.adding(days: 60))
  }
}

/// One life of a penalty notice, driven step by step.
struct PenaltyNoticeLife {
  typealias Fact = PenaltyNoticeCase.Fact

  /// Something that forbids the issue, and the guard that says so.
  struct Breach: Sendable, CustomTestStringConvertible {
    let guarding: String
    let fact: Fact
    var outside: FactValue?
    var stated: FactValue?
    var testDescription: String { guarding }
  }

  static let today = Day(year: 2026, month: 11, day: 30)!
  static let officer = Actor<PenaltyNoticeCase.Role>.person("u1", .attendanceOfficer)

  static let answers: [Fact: FactValue] = [
    .support: .text("offered"), .effect: .text("yes"), .bestTool: .text("yes"), .equality: .text("no-bar"),
    .otherProceedings: .text("none"), .leave: .text("not-sought"), .allowed: .text("yes"), .code: .text("yes"),
    .belowThreshold: .text("none"),
  ]

  static let breaches: [Breach] = [
    .init(guarding: "school-in-scope", fact: .inScope, outside: .flag(false)),
    .init(guarding: "under-limit", fact: .limit, outside: .flag(true)),
    .init(guarding: "sessions-unused", fact: .used, outside: .flag(true)),
    .init(guarding: "sessions-stand", fact: .lost, outside: .number(1)),
    .init(guarding: "threshold", fact: .threshold, outside: .flag(false)),
    .init(guarding: "reasons-had-time", fact: .fresh, outside: .number(1)),
    .init(guarding: "parent-on-record", fact: .parent, outside: .flag(false)),
    .init(guarding: "no-prosecution", fact: .prosecution, outside: .flag(true)),
    .init(guarding: "no-hard-conflict", fact: .excluded, outside: .text("paid-notice")),
    .init(guarding: "no-conflict", fact: .conflict, outside: .text("supervision-order")),
    .init(guarding: "document-made", fact: .document, outside: .flag(false)),
    .init(guarding: "support", fact: .support, stated: .text("unknown")),
    .init(guarding: "effect", fact: .effect, stated: .text("no")),
    .init(guarding: "best-tool", fact: .bestTool, stated: .text("no")),
    .init(guarding: "equality", fact: .equality, stated: .text("not-considered")),
    .init(guarding: "other-proceedings", fact: .otherProceedings, stated: .text("known")),
    .init(guarding: "leave", fact: .leave, stated: .text("granted")),
    .init(guarding: "allowed", fact: .allowed, stated: .text("no")),
    .init(guarding: "code", fact: .code, stated: .text("no")),
  ]

  static let values: [Fact: [FactValue]] = {
    func texts(_ texts: String...) -> [FactValue] { texts.map { .text($0) } }
    let days: [FactValue] = [1, 20, 60].map { .day(today.adding(days: $0)) }
    var values: [Fact: [FactValue]] = answers.mapValues {
      Array(repeating: $0, count: 30) + [.text("no")]
    }
    values[.sessions] = texts("a", "b")
    values[.account] =
      texts("open_reduced", "open_full", "paid_reduced", "paid_full") + Array(repeating: .text("unpaid"), count: 6)
    values[.ground] = NoticeWithdrawal.Ground.allCases.map { .text($0.rawValue) } + texts("hardship")
    values[.enquiries] = texts("not-needed", "answered", "no-answer-in-time", "not-needed", "answered", "asked")
    for fact in [Fact.identity, .address] { values[fact] = texts("yes", "yes", "yes", "yes", "yes", "yes", "no") }
    values[.figures] = texts("6 of 30 missed")
    values[.exception] = texts(
      "unresolved-within-time", "other-proceedings", "another", "supervision-order, in-care")
    values[.conflict] = Array(repeating: .text(""), count: 12) + texts("supervision-order")
    values[.excluded] = Array(repeating: .text(""), count: 12) + texts("authority-is-parent")
    values[.person] = texts("c00000000a", "c00000000a", "c00000000b")
    for fact in [Fact.lost, .fresh, .held, .unresolved] {
      values[fact] = Array(repeating: .number(0), count: 12) + [.number(1)]
    }
    values[.level] = [.number(1), .number(2), .number(0)]
    for fact in [Fact.improvementEnds, .lastDayToPay, .warnOn, .lastDayToLay] { values[fact] = days }
    for fact in [Fact.inScope, .parent, .threshold, .document, .withdrawal] {
      values[fact] = Array(repeating: .flag(true), count: 20) + [.flag(false)]
    }
    for fact in [Fact.limit, .used, .prosecution] {
      values[fact] = Array(repeating: .flag(false), count: 20) + [.flag(true)]
    }
    return values
  }()

  /// The history of a notice whose time to pay is over; with the proceedings that were begun then, or before them.
  static func unpaid(isProsecuted: Bool) throws -> [Entry<PenaltyNoticeCase>] {
    var life = try PenaltyNoticeLife(considering: [:])
    try life.does(.issue)
    life.outside[.account] = .text("unpaid")
    try life.programDoes(.expire)
    if isProsecuted { try life.programDoes(.prosecute) }
    return life.history
  }

  private(set) var history: [Entry<PenaltyNoticeCase>] = []
  var file: CaseFile<PenaltyNoticeCase> { CaseFile(history) }
  var outside = Facts<Fact>([
    .sessions: .text("2026-09-08 am U, 2026-09-08 pm U"), .lost: .number(0), .threshold: .flag(true),
    .fresh: .number(0),
    .limit: .flag(false), .used: .flag(false), .level: .number(1), .inScope: .flag(true), .parent: .flag(true),
    .prosecution: .flag(false), .document: .flag(true), .held: .number(0), .unresolved: .number(0),
    .account: .text("open_reduced"),
    .lastDayToPay: .day(today.adding(days: 29)), .person: .text("c00000000a"),
    .withdrawal: .flag(true), .conflict: .text(""), .excluded: .text(""),
  ])

  /// - Parameter answers: those to the considerations; all that let a notice be issued without them.
  init(considering answers: [Fact: FactValue]) throws {
    try does(.consider, stating: answers.isEmpty ? Self.answers : answers)
  }

  private static let issuing: [Fact: FactValue] = [
    .identity: .text("yes"), .address: .text("yes"), .enquiries: .text("not-needed"),
  ]

  private func entry(
    _ act: PenaltyNoticeCase.Act, _ stating: [Fact: FactValue]?, _ overriding: Set<String>,
    _ actor: Actor<PenaltyNoticeCase.Role>
  ) throws(Refusal<PenaltyNoticeCase>) -> Entry<PenaltyNoticeCase> {
    let stated = stating ?? (act == .issue ? Self.issuing : [:])
    return try PenaltyNoticeCase.flow.step(
      file, .attempt(.init(.act(act), stating: .init(stated), overriding: overriding, reason: "A reason")),
      facts: outside, by: actor, on: Self.today)
  }

  func tries(_ act: PenaltyNoticeCase.Act) throws { _ = try entry(act, nil, [], Self.officer) }

  /// The guards that do not hold; `nil` when it is refused for another reason.
  func refusal(_ act: PenaltyNoticeCase.Act, by actor: Actor<PenaltyNoticeCase.Role> = officer) -> [String]? {
    do {
      _ = try entry(act, nil, [], actor)
      return []
    } catch {
      guard case .unmet(let unmet) = error else { return nil }
      return unmet.map(\.id)
    }
  }

  mutating func does(
    _ act: PenaltyNoticeCase.Act, stating: [Fact: FactValue]? = nil, overriding: Set<String> = [],
    by role: PenaltyNoticeCase.Role = .attendanceOfficer
  ) throws { history.append(try entry(act, stating, overriding, .person("u1", role))) }

  mutating func programDoes(_ act: PenaltyNoticeCase.Act) throws { history.append(try entry(act, nil, [], .program)) }

  mutating func seconds() throws {
    history.append(
      try PenaltyNoticeCase.flow.step(
        file, .second(agrees: true, reason: ""), facts: outside, by: .person("u2", .manager), on: Self.today))
  }

  mutating func reconsiders() throws {
    let entry = try #require(try PenaltyNoticeCase.flow.reconsider(file, facts: outside, on: Self.today))
    history.append(entry)
  }
}
