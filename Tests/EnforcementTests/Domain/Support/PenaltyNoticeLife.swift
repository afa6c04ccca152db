import CaseFlow
import EnforcementDomain
import Rulebook
import Testing

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

  static let issuing: [Fact: FactValue] = [
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

  /// What an officer decides by an act, or why it is refused.
  func outcome(of act: PenaltyNoticeCase.Act) -> Result<Decision<PenaltyNoticeCase>?, Refusal<PenaltyNoticeCase>> {
    do { return .success(try entry(act, nil, [], Self.officer).decision) } catch { return .failure(error) }
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
