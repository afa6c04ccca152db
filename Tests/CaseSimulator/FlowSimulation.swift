public import CaseFlow
public import Rulebook
import Seeded

/// Random lives of one kind of case: random persons try random acts with random facts on days that go on and sometimes
/// jump. Whatever they try, the flow's promises must hold.
///
/// ```swift
/// for seed in 0..<100_000 {
///   #expect(FlowSimulation<AttendanceCase>(seed: seed, from: day).run(moves: 30) == nil)
/// }
/// ```
public struct FlowSimulation<Kind: CaseKind> {
  /// A promise that was broken.
  public struct Violation: Hashable, Sendable, CustomStringConvertible {
    public let seed: UInt64
    public let promise: String
    /// The entries until then, by name.
    public let history: [String]
    public var description: String { "seed \(seed): \(promise) after \(history.joined(separator: ", "))" }
  }

  /// How often each thing happened, to see that a run reaches what it is for.
  public internal(set) var seen: [String: Int] = [:]

  /// What is promised.
  let law = Kind.flow
  /// What is driven: the same, unless a test plants a mistake.
  let flow: Flow<Kind>
  let seed: UInt64
  let keepsHistory: Bool
  let values: [Kind.Fact: [FactValue]]
  var generator: SeededGenerator
  var day: Day
  var file = CaseFile<Kind>()
  var history: [Entry<Kind>] = []
  var outside = Facts<Kind.Fact>()
  var calendar: SchoolCalendar?
  /// The first promise that was broken.
  var broken: String? { didSet { if let oldValue { broken = oldValue } } }
  /// Which clocks fired since they were last started.
  var fired: Set<Kind.Clock> = []

  /// - Parameters:
  ///   - values: what facts can say; true and false where nothing is given.
  ///   - driving: another flow than the kind's, to see that what it does wrong is found.
  ///   - beginning: what has happened in the case already; it is driven on from there.
  ///   - keepsHistory: whether what happened is written down as it was; `false` plants the mistake that it is not.
  public init(
    seed: UInt64, from day: Day, values: [Kind.Fact: [FactValue]] = [:], driving: Flow<Kind>? = nil,
    beginning history: [Entry<Kind>] = [], keepsHistory: Bool = true
  ) {
    self.seed = seed
    self.day = day
    self.values = values
    self.keepsHistory = keepsHistory
    flow = driving ?? law
    generator = SeededGenerator(seed: seed)
    self.history = history
    file = CaseFile(history)
  }

  /// Goes through one life.
  ///
  /// - Returns: the first promise that was broken; `nil` when all were kept.
  public mutating func run(moves: Int) -> Violation? {
    for _ in 0..<moves where broken == nil {
      passTime()
      changeFacts()
      attempt()
      checkStanding()
      if let state = file.state, !law.isOpen(state), generator.below(4) == 0 { beginAnew() }
    }
    checkReplay()
    return broken.map { Violation(seed: seed, promise: $0, history: history.map(\.name)) }
  }

  private mutating func checkReplay() {
    if broken == nil, CaseFile(history) != file { broken = "replaying the history does not give the case" }
  }

  /// A closed case has been looked at for a while; the life goes on with another.
  private mutating func beginAnew() {
    checkReplay()
    guard broken == nil else { return }
    (file, history, fired) = (CaseFile(), [], [])
  }

  // MARK: What happens

  private mutating func passTime() {
    // Now and then the clock is set back; a long absence comes sometimes.
    day = day.adding(days: generator.pick([0, 0, 1, 1, 2, 5, 30, -3]))
    if generator.below(20) == 0 { changeCalendar() }
    for clock in Kind.Clock.allCases {
      guard let running = file.clocks[clock], running.due < day else { continue }
      // The schedule may come late or twice.
      for _ in 0..<generator.below(3) {
        guard let entry = try? flow.fire(clock, in: file, on: day) else { continue }
        take(entry)
        if let act = flow.rule(of: clock)?.onFiring { tryAct(.act(act), by: .program) }
      }
    }
  }

  private mutating func changeCalendar() {
    let first = day.adding(days: -generator.below(100))
    let calendar = SchoolCalendar(terms: [DayRange(first: first, last: first.adding(days: generator.below(200)))])
    self.calendar = calendar
    if let entry = flow.recount(file, in: calendar, on: day) { take(entry) }
  }

  private mutating func changeFacts() {
    for fact in Kind.Fact.allCases where !law.stated.contains(fact) && generator.below(4) == 0 {
      outside[fact] = value(of: fact)
    }
    guard file.state != nil else { return }
    if let entry = try? flow.reconsider(file, facts: outside, on: day, calendar: calendar) { take(entry) }
  }

  private mutating func attempt() {
    let role = generator.pick(Array(Kind.Role.allCases))
    let actor = generator.below(5) == 0 ? Actor<Kind.Role>.program : .person("u\(generator.below(3))", role)
    switch generator.below(10) {
    case 0: step(.allocate(to: Owner(role, "u\(generator.below(3))"), reason: "Allocated"), by: actor)
    case 1, 2: step(.second(agrees: generator.below(3) > 0, reason: "Seen"), by: actor)
    case 3:
      let number = file.decisions.isEmpty ? 1 : generator.pick(file.decisions).number
      tryAct(.uphold(decision: number), by: actor)
    case 4, 5: tryAct(.act(generator.pick(Array(Kind.Act.allCases))), by: actor)
    default: attemptFromHere()
    }
  }

  /// What a person would do: agree to what waits, uphold what is questioned, or try an act that can be tried here,
  /// leads on and mostly keeps the case open; as one whom it is for. So a long flow is gone through to its end.
  private mutating func attemptFromHere() {
    if case .act(let act)? = file.proposal?.intent.aim, let role = flow.rule(of: act)?.second?.role {
      return step(.second(agrees: true, reason: "Seen"), by: person(of: [role]))
    }
    if generator.below(3) == 0, let decision = file.decisions.first(where: { $0.question != nil }),
      let rule = flow.rule(of: decision.act)
    {
      return tryAct(.uphold(decision: decision.number), by: person(of: rule.by))
    }
    let here = flow.acts.filter { file.state.map($0.from.contains) ?? $0.from.isEmpty }
    let keepingOpen = here.filter { !$0.by.isEmpty && ($0.to.map(flow.isOpen) ?? true) }
    let onward = keepingOpen.filter { $0.to != nil && $0.to != file.state }
    let choices = [onward, keepingOpen, here]
    let chosen = choices[generator.below(choices.count)]
    guard let rule = (chosen.isEmpty ? here : chosen).randomElement(using: &generator) else { return }
    tryAct(.act(rule.act), by: person(of: rule.by))
  }

  /// Somebody of one of some roles; the program where there are none.
  private mutating func person(of roles: Set<Kind.Role>) -> Actor<Kind.Role> {
    let roles = Kind.Role.allCases.filter(roles.contains)
    return roles.isEmpty ? .program : .person("u\(generator.below(3))", generator.pick(roles))
  }

  private mutating func tryAct(_ aim: Intent<Kind>.Aim, by actor: Actor<Kind.Role>) {
    var stating = Facts<Kind.Fact>()
    var overriding: Set<String> = []
    if case .act(let act) = aim, let rule = flow.rule(of: act) {
      for fact in Kind.Fact.allCases where rule.asks.contains(fact) && generator.below(40) > 0 {
        stating[fact] = value(of: fact)
      }
      for guarding in rule.guards where generator.below(guarding.isOverridable ? 4 : 40) == 0 {
        overriding.insert(guarding.id)
      }
    }
    let owner = generator.below(2) == 0 ? Owner(generator.pick(Array(Kind.Role.allCases)), "u1") : nil
    let reason = generator.below(10) == 0 ? " " : "A reason"
    step(
      .attempt(.init(aim, owner: owner, stating: stating, overriding: overriding, reason: reason)), by: actor)
  }

  private mutating func value(of fact: Kind.Fact) -> FactValue {
    generator.pick(values[fact] ?? [.flag(true), .flag(false)])
  }

  private mutating func step(_ move: Move<Kind>, by actor: Actor<Kind.Role>) {
    do {
      let entry = try flow.step(file, move, facts: outside, by: actor, on: day, calendar: calendar)
      take(entry)
    } catch {
      seen["refused: \("\(error)".prefix { $0 != "(" })", default: 0] += 1
    }
  }
}
