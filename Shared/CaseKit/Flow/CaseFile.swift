public import Rulebook

/// A case as its history makes it.
public struct CaseFile<Kind: CaseKind>: Hashable, Sendable, Codable {
  /// Something that waits for a second person.
  public struct Proposal: Hashable, Sendable, Codable {
    public let intent: Intent<Kind>
    public let by: Actor<Kind.Role>
    public let answerBy: Day
  }

  /// `nil` before the case is opened.
  public private(set) var state: Kind.State?
  public private(set) var owner: Owner<Kind.Role>?
  public private(set) var clocks: [Kind.Clock: RunningClock] = [:]
  /// What persons have stated.
  public private(set) var stated = Facts<Kind.Fact>()
  /// In order.
  public private(set) var decisions: [Decision<Kind>] = []
  public private(set) var proposal: Proposal?
  public private(set) var openedOn: Day?
  /// Which persons did each act; absent in files from before it was kept.
  private var doers: [Kind.Act: Set<String>]?
  /// How many entries its history has.
  public private(set) var entries = 0

  /// Before anything has happened.
  public init() {}

  /// The case that a history makes.
  public init(_ history: some Sequence<Entry<Kind>>) { for entry in history { apply(entry) } }

  /// The decision of a number that stands.
  public func standing(_ number: Int) -> Decision<Kind>? { decisions.first { $0.number == number && $0.stands } }

  /// Whether a person did an act in the case.
  public func hasDone(_ act: Kind.Act, _ actor: Actor<Kind.Role>) -> Bool {
    !actor.isProgram && doers?[act]?.contains(actor.id) == true
  }

  /// Does what an entry says. Entries are given in order, each once.
  public mutating func apply(_ entry: Entry<Kind>) {
    precondition(entry.number == entries + 1, "a history has no gap")
    entries = entry.number
    if openedOn == nil { openedOn = entry.on }
    if entry.to != entry.from { proposal = nil }
    state = entry.to ?? state
    owner = entry.owner ?? owner
    stated = entry.stated.over(stated)
    for clock in entry.stopped { clocks[clock] = nil }
    clocks.merge(entry.started) { $1 }
    settle(entry)
    if case .acted(let act) = entry.what, !entry.by.isProgram { doers = noting(entry.by.id, act) }
    for (number, question) in entry.questioned { change(number) { $0.question = question } }
    switch entry.what {
    case .proposed(let intent): proposal = entry.answerBy.map { .init(intent: intent, by: entry.by, answerBy: $0) }
    case .declined: proposal = nil
    case .fired(let clock): clocks[clock]?.firedOn = entry.on
    case .acted, .upheld: if entry.second != nil { proposal = nil }
    case .allocated, .reconsidered, .recounted: break
    }
  }

  private func noting(_ person: String, _ act: Kind.Act) -> [Kind.Act: Set<String>] {
    var doers = doers ?? [:]
    doers[act, default: []].insert(person)
    return doers
  }

  /// What an entry decides, and which decisions it ends.
  private mutating func settle(_ entry: Entry<Kind>) {
    for index in decisions.indices where decisions[index].stands {
      let act = decisions[index].act
      guard act == entry.decision?.act || entry.ends.contains(act) else { continue }
      decisions[index].endedBy = entry.number
      decisions[index].question = nil
    }
    if let decision = entry.decision { decisions.append(decision) }
  }

  private mutating func change(_ number: Int, _ body: (inout Decision<Kind>) -> Void) {
    if let index = decisions.firstIndex(where: { $0.number == number }) { body(&decisions[index]) }
  }
}

/// One thing that somebody has to do.
public struct WorkItem<Kind: CaseKind>: Hashable, Sendable {
  /// Unique in the case: a clock's name, `second`, or `decision-` and a number.
  public let name: String
  public let title: String
  /// The last day on which it is in time.
  public let due: Day
  public let owner: Owner<Kind.Role>
}

extension Flow {
  /// What is to be done in a case, the most urgent first.
  public func work(of file: CaseFile<Kind>) -> [WorkItem<Kind>] {
    guard let owner = file.owner else { return [] }
    var items = file.clocks.map { clock, running in
      WorkItem<Kind>(
        name: clock.rawValue, title: rule(of: clock)?.work ?? clock.rawValue, due: running.due, owner: owner)
    }
    if let proposal = file.proposal, let role = secondRole(for: proposal.intent, in: file) {
      items.append(
        .init(
          name: "second", title: "Agree or disagree: \(title(of: proposal.intent, in: file))", due: proposal.answerBy,
          owner: Owner(role)))
    }
    for decision in file.decisions {
      guard let question = decision.question, let rule = rule(of: decision.act) else { continue }
      items.append(
        .init(
          name: "decision-\(decision.number)", title: rule.whenQuestioned ?? "Look again at a decision: \(rule.title)",
          due: question.due,
          owner: owner))
    }
    return items.sorted { ($0.due, $0.name) < ($1.due, $1.name) }
  }

  /// The rule of what somebody wants to do: the act's, or that of the act whose decision is upheld.
  func rule(for intent: Intent<Kind>, in file: CaseFile<Kind>) -> ActRule? {
    switch intent.aim {
    case .act(let act): rule(of: act)
    case .uphold(let number): file.standing(number).flatMap { rule(of: $0.act) }
    }
  }

  func secondRole(for intent: Intent<Kind>, in file: CaseFile<Kind>) -> Kind.Role? {
    rule(for: intent, in: file)?.second?.role
  }

  private func title(of intent: Intent<Kind>, in file: CaseFile<Kind>) -> String {
    rule(for: intent, in: file)?.title ?? intent.name
  }
}
