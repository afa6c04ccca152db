public import CaseFlow
import CaseSimulator
import CaseworkDomain
public import Rulebook
public import Seeded

/// A mistake that can be planted in the flow of attendance cases, to see that random lives find it.
public enum CaseMistake: String, Sendable, CaseIterable {
  /// A case is closed by one person.
  case closesAlone = "closes-alone"
  /// The social worker need not be consulted before enforcement.
  case forgetsSocialWorker = "forgets-social-worker"
  /// A referral is accepted without an answer to the safeguarding question.
  case skipsSafeguarding = "skips-safeguarding"

  func plant(in flow: Flow<AttendanceCase>) -> Flow<AttendanceCase> {
    func changed(
      _ act: AttendanceCase.Act, guards: ([Flow<AttendanceCase>.Guard]) -> [Flow<AttendanceCase>.Guard] = { $0 },
      second: Flow<AttendanceCase>.Second? = nil
    ) -> Flow<AttendanceCase> {
      Flow(
        title: flow.title, allocation: flow.allocation, reviewWithin: flow.reviewWithin, states: flow.states,
        clocks: flow.clocks,
        acts: flow.acts.map { rule in
          guard rule.act == act else { return rule }
          return .init(
            rule.act, rule.title, from: rule.from, to: rule.to, by: rule.by, byProgram: rule.byProgram,
            guards: guards(rule.guards), asks: rule.asks, isDecision: rule.isDecision, restsOn: rule.restsOn,
            ends: rule.ends, owner: rule.owner, restarts: rule.restarts, stops: rule.stops, second: second,
            needs: rule.needs, apartFrom: rule.apartFrom)
        })
    }
    return switch self {
    case .closesAlone: changed(.close)
    case .forgetsSocialWorker:
      changed(
        .escalate, guards: { $0.filter { $0.id != "social-worker-consulted" } },
        second: flow.rule(of: .escalate)?.second)
    case .skipsSafeguarding: changed(.accept, guards: { _ in [] })
    }
  }
}

/// Many lives of cases, contracts and duties of section 19, one seed after the other, on one or more threads.
public struct CaseCampaign: Sendable {
  public let from: UInt64
  /// How many attendance cases are lived; with each a contract and a duty of section 19.
  public let lives: Int
  private let day: Day
  private let flow: Flow<AttendanceCase>?
  private let beginnings: [[Entry<AttendanceCase>]]

  /// - Throws: `Refusal` where the flow does not lead to the cases that lives begin with.
  public init(from seed: UInt64, lives: Int, on day: Day, mistake: CaseMistake? = nil) throws {
    (from, self.lives, self.day) = (seed, lives, day)
    flow = mistake?.plant(in: AttendanceCase.flow)
    var formal = try DrivenCase(on: day)
    try formal.take(.moveStage, [.level: .number(4)])
    var paused = formal
    try paused.take(.pause, [.pause: .text("health")], by: paused.manager)
    var enforced = formal
    try enforced.take(.escalate, [.legalBasis: .text("Education Act 1996 s444"), .consulted: .flag(true)])
    try enforced.agree()
    beginnings = [[], Array(formal.history.prefix(3)), formal.history, enforced.history, paused.history]
  }

  /// Lives all of them, dealt out evenly; the tally says how often each thing happened, by kind of case.
  public func run(threads: Int = 1) async -> SeedReport {
    await Seeds(lives, from: from).deal(to: threads, from: SeedReport(), run: live, sum: { $0.add($1) })
  }

  @Sendable private func live(_ seed: UInt64, _ report: inout SeedReport) {
    report.runs += 1
    let beginning = beginnings[Int((seed &- from) % UInt64(beginnings.count))]
    var attendance = FlowSimulation<AttendanceCase>(
      seed: seed, from: day, values: Self.attendance(day), driving: flow, beginning: beginning)
    Self.live(&attendance, seed, moves: 60, in: &report)
    guard flow == nil else { return }
    var contract = FlowSimulation<AttendanceContract>(seed: seed, from: day, values: Self.contract(day))
    Self.live(&contract, seed, moves: 50, in: &report)
    var section19 = FlowSimulation<Section19>(seed: seed, from: day, values: Self.section19(day))
    Self.live(&section19, seed, moves: 40, in: &report)
  }

  private static func live<Kind>(
    _ life: inout FlowSimulation<Kind>, _ seed: UInt64, moves: Int, in report: inout SeedReport
  ) {
    if let violation = life.run(moves: moves) { report.add(violation: "\(Kind.name): \(violation)", of: seed) }
    for (what, count) in life.seen { report.tally["\(Kind.name): \(what)", default: 0] += count }
  }

  /// What of a kind no life has reached.
  public static func unreached<Kind: CaseKind>(_: Kind.Type, in tally: [String: Int]) -> [String] {
    (Kind.Act.allCases.map { "acted \($0.rawValue)" } + Kind.Clock.allCases.map { "fired \($0.rawValue)" })
      .filter { tally["\(Kind.name): \($0)", default: 0] == 0 }
  }

  // MARK: What facts can say

  private static func words<Words: CaseIterable & RawRepresentable<String>>(_: Words.Type) -> [FactValue] {
    Words.allCases.map { .text($0.rawValue) } + [.text("something else")]
  }

  /// Mostly one value, so that lives get far, and sometimes another.
  private static func often(_ usual: FactValue, _ other: FactValue) -> [FactValue] {
    [usual, usual, usual, usual, other]
  }

  private static func attendance(_ day: Day) -> [AttendanceCase.Fact: [FactValue]] {
    [
      .safeguarding: words(Referral.Safeguarding.Answer.self), .contact: words(AttendanceCase.Contact.self),
      .closing: words(Closing.self), .destination: words(AttendanceCase.Redirection.self),
      .visit: words(AttendanceCase.Visit.self), .review: words(AttendanceCase.ReviewOutcome.self),
      .pause: words(AttendanceCase.PauseReason.self), .figures: words(AttendanceCase.Figures.self),
      .socialWorker: often(.flag(false), .flag(true)), .level: [4, 4, 5, 6].map(FactValue.number),
      .levels: often(.text("1 2 3 4 5 6"), .text("1 3 5")), .reviews: [0, 1, 2, 3].map(FactValue.number),
      .allocatedOn: often(.day(day), .text("no day")), .newsDue: [.day(day.adding(days: 10))],
      .legalBasis: often(.text("Education Act 1996 s444"), .text(" ")),
    ].merging(
      [.assessment, .baseline, .attendanceOutcome, .support, .consulted, .equality, .hasFastTrack].map {
        ($0, often(.flag(true), .flag(false)))
      }
    ) { first, _ in first }
  }

  private static func contract(_ day: Day) -> [AttendanceContract.Fact: [FactValue]] {
    [
      .target: ["90", "92.5", "0", "100.5", "ninety"].map(FactValue.text),
      .firstDay: [.day(day), .day(day.adding(days: 7))],
      .lastDay: [.day(day.adding(days: 90)), .day(day.adding(days: 10)), .day(day.adding(days: 500))],
      .agreement: words(AttendanceContract.Agreement.self), .review: words(AttendanceCase.ReviewOutcome.self),
      .result: words(ContractResult.Outcome.self), .ending: words(AttendanceContract.Ending.self),
      .isOver: often(.flag(true), .flag(false)),
    ]
  }

  private static func section19(_ day: Day) -> [Section19.Fact: [FactValue]] {
    [
      .ground: words(Section19.Ground.self), .since: [.day(day)],
      .evidence: often(.text("A letter of the clinic"), .text(" ")), .provision: words(Section19.Provision.self),
      .from: [.day(day)], .hours: [0, 5, 25].map(FactValue.number), .partTime: often(.text("Health"), .text("")),
      .childView: [.text("Afraid of the bus")], .parentView: [.text("Wants tuition")], .informed: [.text("By letter")],
      .ending: words(Section19.Ending.self),
    ]
  }
}
