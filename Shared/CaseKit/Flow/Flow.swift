public import Rulebook

/// How cases of one kind go: states, acts with who may do them and under which guards, clocks, and who oversees.
///
/// A flow is a value. ``step(_:_:facts:by:on:calendar:)`` says what an act changes or why it is refused; the program,
/// its tests and the simulator drive the same function. See ``CaseKind`` for an example.
public struct Flow<Kind: CaseKind>: Sendable {
  public let title: String
  public let allocation: Allocation
  /// How long a person has for a second signature, and for a decision whose facts have changed.
  public let reviewWithin: Dated<Span>
  public let states: [StateRule]
  public let clocks: [ClockRule]
  public let acts: [ActRule]
  /// What persons state in some act. Every other fact comes from outside, with each step.
  public let stated: Set<Kind.Fact>

  public init(
    title: String, allocation: Allocation, reviewWithin: Dated<Span>, states: [StateRule], clocks: [ClockRule],
    acts: [ActRule]
  ) {
    self.title = title
    self.allocation = allocation
    self.reviewWithin = reviewWithin
    self.states = states
    self.clocks = clocks
    self.acts = acts
    stated = acts.reduce(into: []) { $0.formUnion($1.asks) }
  }

  /// Who may give a case to somebody.
  public struct Allocation: Sendable {
    public let by: Set<Kind.Role>
    /// The act that the first allocation is, where the flow has one.
    public let act: Kind.Act?

    public init(by: Set<Kind.Role>, act: Kind.Act? = nil) {
      self.by = by
      self.act = act
    }
  }

  /// One state.
  public struct StateRule: Sendable {
    public let state: Kind.State
    public let title: String
    /// Whether somebody still has something to do: an open case has an owner and a next date.
    public let isOpen: Bool

    public init(_ state: Kind.State, _ title: String, isOpen: Bool) {
      self.state = state
      self.title = title
      self.isOpen = isOpen
    }
  }

  /// One clock: it starts when a case enters one of its states from outside them, and stops when the case leaves them.
  public struct ClockRule: Sendable {
    public let clock: Kind.Clock
    public let runsIn: Set<Kind.State>
    /// The work that is due when it ends: "Make the first contact".
    public let work: String
    /// `nil` only where ``endsOn`` alone says when it ends.
    public let spans: Dated<Span>?
    /// The fact whose day it counts from; the day on which it starts where that is not known.
    public let startsFrom: Kind.Fact?
    /// The fact whose day it ends on, wherever that moves; its span counts while the fact is not known. Without a span
    /// it does not run before.
    public let endsOn: Kind.Fact?
    /// What the program does when it ends; beside that the work stays open and is overdue.
    public let onFiring: Kind.Act?

    public init(
      _ clock: Kind.Clock, in runsIn: Set<Kind.State>, _ work: String, _ spans: Dated<Span>? = nil,
      startsFrom: Kind.Fact? = nil, endsOn: Kind.Fact? = nil, onFiring: Kind.Act? = nil
    ) {
      self.clock = clock
      self.runsIn = runsIn
      self.work = work
      self.spans = spans
      self.startsFrom = startsFrom
      self.endsOn = endsOn
      self.onFiring = onFiring
    }
  }

  /// Something that must be so for an act. It sees the facts that it names, the day, and nothing else, so that what it
  /// rests on is all that it says.
  public struct Guard: Sendable {
    public typealias Test = @Sendable (Facts<Kind.Fact>) -> Bool
    public typealias TestOnDay = @Sendable (Facts<Kind.Fact>, Day) -> Bool

    /// Unique in the flow, for example `safeguarding-answered`.
    public let id: String
    /// What is demanded, in one sentence.
    public let demand: String
    public let reads: Set<Kind.Fact>
    /// The demand as it is in force, with the rule that it comes from; nothing is demanded on a day without one.
    public let tests: Dated<TestOnDay>
    /// Whether two persons may go on without it, with a reason.
    public let isOverridable: Bool

    public init(
      _ id: String, _ demand: String, reads: Set<Kind.Fact>, _ tests: Dated<Test>, isOverridable: Bool = false
    ) {
      self.init(
        id, demand, reads: reads, onDay: tests.mapValues { test in { facts, _ in test(facts) } },
        isOverridable: isOverridable)
    }

    /// A guard for which the day of the act matters.
    public init(
      _ id: String, _ demand: String, reads: Set<Kind.Fact>, onDay tests: Dated<TestOnDay>, isOverridable: Bool = false
    ) {
      self.id = id
      self.demand = demand
      self.reads = reads
      self.tests = tests
      self.isOverridable = isOverridable
    }
  }

  /// Who owns a case after an act.
  public enum Ownership: Hashable, Sendable {
    case unchanged
    case team(Kind.Role)
    /// Whoever does it.
    case actor
    /// The person that the act names.
    case named
  }

  /// When a second person must agree, other than the one who acts.
  public enum Second: Hashable, Sendable {
    case always(Kind.Role)
    case toOverride(Kind.Role)

    public var role: Kind.Role {
      switch self {
      case .always(let role), .toOverride(let role): role
      }
    }
  }

  /// One act.
  public struct ActRule: Sendable {
    public let act: Kind.Act
    public let title: String
    /// Empty when it opens a case.
    public let from: Set<Kind.State>
    /// `nil` when the state stays.
    public let to: Kind.State?
    public let by: Set<Kind.Role>
    /// Whether the program may do it by itself, because of an event or a clock.
    public let byProgram: Bool
    public let guards: [Guard]
    /// What the person must state.
    public let asks: Set<Kind.Fact>
    /// Whether it is a decision: its grounds are kept, and it is put back before a person when they change.
    public let isDecision: Bool
    /// What a decision rests on beside what its guards read.
    public let restsOn: Set<Kind.Fact>
    /// The acts whose decisions stand no more after it.
    public let ends: Set<Kind.Act>
    public let owner: Ownership
    public let restarts: Set<Kind.Clock>
    public let stops: Set<Kind.Clock>
    public let second: Second?
    /// What a person is asked when the facts of its decision change; `nil` for "Look again at a decision" and the title.
    public let whenQuestioned: String?
    /// The acts whose decisions must stand before it, with nothing about them to look at again.
    public let needs: Set<Kind.Act>
    /// Whoever did one of these acts in the case may not do this one.
    public let apartFrom: Set<Kind.Act>

    public init(
      _ act: Kind.Act, _ title: String, from: Set<Kind.State>, to: Kind.State? = nil, by: Set<Kind.Role> = [],
      byProgram: Bool = false, guards: [Guard] = [], asks: Set<Kind.Fact> = [], isDecision: Bool = false,
      restsOn: Set<Kind.Fact> = [], ends: Set<Kind.Act> = [], owner: Ownership = .unchanged,
      restarts: Set<Kind.Clock> = [], stops: Set<Kind.Clock> = [], second: Second? = nil,
      needs: Set<Kind.Act> = [], apartFrom: Set<Kind.Act> = [], whenQuestioned: String? = nil
    ) {
      self.act = act
      self.title = title
      self.from = from
      self.to = to
      self.by = by
      self.byProgram = byProgram
      self.guards = guards
      self.asks = asks
      self.isDecision = isDecision
      self.restsOn = restsOn
      self.ends = ends
      self.owner = owner
      self.restarts = restarts
      self.stops = stops
      self.second = second
      self.whenQuestioned = whenQuestioned
      self.needs = needs
      self.apartFrom = apartFrom
    }

    /// An act that opens a case.
    public init(
      _ act: Kind.Act, _ title: String, opening state: Kind.State, by: Set<Kind.Role> = [], byProgram: Bool = false,
      guards: [Guard] = [], asks: Set<Kind.Fact> = [], isDecision: Bool = false, restsOn: Set<Kind.Fact> = [],
      owner: Ownership
    ) {
      self.init(
        act, title, from: [], to: state, by: by, byProgram: byProgram, guards: guards, asks: asks,
        isDecision: isDecision, restsOn: restsOn, owner: owner)
    }

    /// Every fact that its decision rests on.
    public var grounds: Set<Kind.Fact> { guards.reduce(into: restsOn) { $0.formUnion($1.reads) } }
  }

  public func rule(of act: Kind.Act) -> ActRule? { acts.first { $0.act == act } }
  public func rule(of clock: Kind.Clock) -> ClockRule? { clocks.first { $0.clock == clock } }
  public func isOpen(_ state: Kind.State?) -> Bool { states.first { $0.state == state }?.isOpen ?? false }

  /// The acts that a person of a role can try in a state.
  public func acts(from state: Kind.State, by role: Kind.Role) -> [ActRule] {
    acts.filter { $0.from.contains(state) && $0.by.contains(role) }
  }
}
