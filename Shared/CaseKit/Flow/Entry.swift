public import Rulebook

/// One line of a case's history: who did what, when, why, on what evidence, and everything that it changed. The history
/// only grows, and applying it from the first line gives the case.
public struct Entry<Kind: CaseKind>: Hashable, Sendable, Codable {
  /// What happened.
  public enum What: Hashable, Sendable, Codable {
    case acted(Kind.Act)
    /// An act, or that a decision still stands, waits for a second person.
    case proposed(Intent<Kind>)
    /// A second person did not agree.
    case declined
    case allocated
    /// The time of a clock is over.
    case fired(Kind.Clock)
    /// Facts that decisions rest on have changed.
    case reconsidered
    /// A person found that a decision stands although its facts have changed.
    case upheld(decision: Int)
    /// A school's calendar moved what is due.
    case recounted
  }

  /// Its number in the case, from 1.
  public let number: Int
  public let what: What
  public let on: Day
  public let by: Actor<Kind.Role>
  /// Who agreed, where two persons were needed.
  public var second: Actor<Kind.Role>?
  public var reason = ""
  /// References to documents and findings, opaque.
  public var evidence: [String] = []
  public var from: Kind.State?
  public var to: Kind.State?
  public var owner: Owner<Kind.Role>?
  public var stated = Facts<Kind.Fact>()
  public var started: [Kind.Clock: RunningClock] = [:]
  public var stopped: Set<Kind.Clock> = []
  /// What was decided, where it is a decision.
  public var decision: Decision<Kind>?
  /// How an act was judged that is no decision, or that waits for a second person; absent where nothing was demanded, and in
  /// histories from before it was kept.
  public var judged: Judging<Kind>?
  /// The acts whose decisions it ends.
  public var ends: Set<Kind.Act> = []
  /// Decisions that must be looked at again, by number.
  public var questioned: [Int: Question<Kind>] = [:]
  /// Until when a second person is to answer.
  public var answerBy: Day?

  init(_ number: Int, _ what: What, on day: Day, by actor: Actor<Kind.Role>) {
    self.number = number
    self.what = what
    on = day
    by = actor
  }

  /// The thing that happened as one word, with the act or clock where it is about one: `acted accept`.
  public var name: String {
    switch what {
    case .acted(let act): "acted \(act.rawValue)"
    case .proposed(let intent): "proposed \(intent.name)"
    case .declined: "declined"
    case .allocated: "allocated"
    case .fired(let clock): "fired \(clock.rawValue)"
    case .reconsidered: "reconsidered"
    case .upheld(let decision): "upheld \(decision)"
    case .recounted: "recounted"
    }
  }
}

/// What somebody wants to do, with all that they said about it.
public struct Intent<Kind: CaseKind>: Hashable, Sendable, Codable {
  public enum Aim: Hashable, Sendable, Codable {
    case act(Kind.Act)
    /// That a decision stands although its facts have changed.
    case uphold(decision: Int)
  }

  public let aim: Aim
  public let owner: Owner<Kind.Role>?
  public let stating: Facts<Kind.Fact>
  /// The guards to go on without.
  public let overriding: Set<String>
  public let reason: String
  public let evidence: [String]

  public init(
    _ aim: Aim, owner: Owner<Kind.Role>? = nil, stating: Facts<Kind.Fact> = .init(), overriding: Set<String> = [],
    reason: String, evidence: [String] = []
  ) {
    self.aim = aim
    self.owner = owner
    self.stating = stating
    self.overriding = overriding
    self.reason = reason
    self.evidence = evidence
  }

  var name: String {
    switch aim {
    case .act(let act): act.rawValue
    case .uphold(let decision): "uphold-\(decision)"
    }
  }
}

/// What a step does.
public enum Move<Kind: CaseKind>: Hashable, Sendable {
  case attempt(Intent<Kind>)
  case allocate(to: Owner<Kind.Role>, reason: String)
  /// A second person answers what waits.
  case second(agrees: Bool, reason: String)

  /// An act with nothing to state.
  public static func act(_ act: Kind.Act, reason: String) -> Move { .attempt(.init(.act(act), reason: reason)) }
}

/// A clock that runs in a case.
public struct RunningClock: Hashable, Sendable, Codable {
  public let startedOn: Day
  public let span: Span
  /// The last day on which the work is in time.
  public let due: Day
  /// Whether school days were counted without a calendar.
  public let isProvisional: Bool
  /// The day on which it was found to be over.
  public var firedOn: Day?

  init(_ span: Span, from day: Day, in calendar: SchoolCalendar?) {
    let end = span.end(from: day, in: calendar)
    startedOn = day
    self.span = span
    due = end.day
    isProvisional = end.isProvisional
  }
}

/// How a guard was answered.
public struct GuardAnswer: Hashable, Sendable, Codable {
  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable { case held, overridden }

  public let id: String
  public let demand: String
  /// The rule that it comes from, and since when it has been in force; `nil` when that is not known.
  public let source: String
  public let inForceFrom: Day?
  public let outcome: Outcome
}

/// How an act was judged.
public struct Judging<Kind: CaseKind>: Hashable, Sendable, Codable {
  /// The facts that its guards read, as they were.
  public let facts: Facts<Kind.Fact>
  public let guards: [GuardAnswer]
}

/// A decision with its grounds, and whether it stands.
public struct Decision<Kind: CaseKind>: Hashable, Sendable, Codable {
  /// The number of its entry.
  public let number: Int
  public let act: Kind.Act
  public let on: Day
  /// The facts that it rests on, as they were.
  public let grounds: Facts<Kind.Fact>
  public let guards: [GuardAnswer]
  /// The number of the entry that ended it, or that decided the same anew; `nil` while it stands.
  public var endedBy: Int?
  /// Present while a person has to look at it again.
  public var question: Question<Kind>?

  public var stands: Bool { endedBy == nil }
}

/// Why a decision must be looked at again.
public struct Question<Kind: CaseKind>: Hashable, Sendable, Codable {
  public let since: Day
  public let due: Day
  /// The facts that it rests on, as they are now.
  public let facts: Facts<Kind.Fact>
}
