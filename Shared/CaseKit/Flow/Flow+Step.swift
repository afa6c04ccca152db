public import Rulebook

extension Flow {
  /// What a person's or the program's move changes in a case, or why it is refused. Nothing is written: the entry is
  /// applied by ``CaseFile/apply(_:)``.
  ///
  /// - Parameters:
  ///   - facts: what is known from outside. What persons state in some act is taken from the case and the move alone.
  ///   - calendar: the school's, all years joined; `nil` while none is known.
  public func step(
    _ file: CaseFile<Kind>, _ move: Move<Kind>, facts: Facts<Kind.Fact>, by actor: Actor<Kind.Role>, on day: Day,
    calendar: SchoolCalendar? = nil
  ) throws(Refusal<Kind>) -> Entry<Kind> {
    let scene = Scene(flow: self, file: file, outside: facts, day: day, calendar: calendar)
    switch move {
    case .attempt(let intent):
      guard file.proposal == nil || actor.isProgram else { throw .awaitingSecond }
      return try scene.attempt(intent, by: actor, second: nil)
    case .allocate(let owner, let reason): return try scene.allocate(to: owner, reason, by: actor)
    case .second(let agrees, let reason): return try scene.answer(agrees, reason, by: actor)
    }
  }
}

/// What a step is judged in.
struct Scene<Kind: CaseKind> {
  typealias Entry = CaseFlow.Entry<Kind>

  let flow: Flow<Kind>
  let file: CaseFile<Kind>
  let outside: Facts<Kind.Fact>
  let day: Day
  let calendar: SchoolCalendar?

  func attempt(
    _ intent: Intent<Kind>, by actor: Actor<Kind.Role>, second: Actor<Kind.Role>?
  ) throws(Refusal<Kind>) -> Entry {
    guard let rule = flow.rule(for: intent, in: file) else { throw .notQuestioned }
    if case .uphold(let number) = intent.aim, file.standing(number)?.question == nil { throw .notQuestioned }
    if case .act = intent.aim {
      let isFromHere = file.state.map(rule.from.contains) ?? rule.from.isEmpty
      guard isFromHere else { throw .notFromHere(state: file.state) }
    }
    try permit(rule, actor, intent.reason)
    try check(intent.stating, rule, intent.aim)
    let facts = known(stating: intent.stating)
    try checkEarlier(rule, facts, by: actor)
    let answers = try judge(rule, facts, intent.overriding)
    if needsSecond(rule, answers), !actor.isProgram, second == nil {
      var entry = try proposal(of: intent, by: actor)
      entry.judged = judging(rule, facts, answers)
      return entry
    }
    var entry = entry(.acted(rule.act), by: actor, intent.reason)
    entry.second = second
    entry.evidence = intent.evidence
    entry.stated = intent.stating
    switch intent.aim {
    case .act: try move(&entry, rule, facts, to: intent.owner, by: actor)
    case .uphold(let number):
      entry = entry.renamed(.upheld(decision: number))
    }
    if rule.isDecision {
      entry.decision = decision(entry.number, rule, facts, answers)
    } else {
      entry.judged = judging(rule, facts, answers)
    }
    return try questioning(retiming(entry, facts), facts)
  }

  /// Somebody else sees to the case; the first time it may be an act of the flow.
  func allocate(
    to owner: Owner<Kind.Role>, _ reason: String, by actor: Actor<Kind.Role>
  ) throws(Refusal<Kind>) -> Entry {
    if let act = flow.allocation.act, let state = file.state, flow.rule(of: act)?.from.contains(state) == true {
      return try attempt(.init(.act(act), owner: owner, reason: reason), by: actor, second: nil)
    }
    guard flow.isOpen(file.state) else { throw .notFromHere(state: file.state) }
    guard let role = actor.role, flow.allocation.by.contains(role) else { throw .notPermitted }
    guard !reason.allSatisfy(\.isWhitespace) else { throw .noReason }
    var entry = entry(.allocated, by: actor, reason)
    entry.owner = owner
    return entry
  }

  /// The second person's answer. What was proposed is judged anew, by what is known now.
  func answer(_ agrees: Bool, _ reason: String, by actor: Actor<Kind.Role>) throws(Refusal<Kind>) -> Entry {
    guard let proposal = file.proposal else { throw .nothingToAnswer }
    guard actor.role == flow.secondRole(for: proposal.intent, in: file) else { throw .notPermitted }
    guard actor.id != proposal.by.id else { throw .samePerson }
    guard agrees else {
      guard !reason.allSatisfy(\.isWhitespace) else { throw .noReason }
      return entry(.declined, by: actor, reason)
    }
    return try attempt(proposal.intent, by: proposal.by, second: actor)
  }

  // MARK: What is asked of a move

  private func permit(
    _ rule: Flow<Kind>.ActRule, _ actor: Actor<Kind.Role>, _ reason: String
  ) throws(Refusal<Kind>) {
    guard let role = actor.role else {
      guard rule.byProgram else { throw .notPermitted }
      return
    }
    guard rule.by.contains(role) else { throw .notPermitted }
    guard !reason.allSatisfy(\.isWhitespace) else { throw .noReason }
  }

  /// What was done and decided in the case before.
  private func checkEarlier(
    _ rule: Flow<Kind>.ActRule, _ facts: Facts<Kind.Fact>, by actor: Actor<Kind.Role>
  ) throws(Refusal<Kind>) {
    let done = rule.apartFrom.filter { file.hasDone($0, actor) }
    guard done.isEmpty else { throw .didEarlier(done) }
    let decided = file.decisions.filter { decision in
      let grounds = flow.rule(of: decision.act)?.grounds ?? []
      return decision.stands && decision.question == nil && decision.grounds == facts.only(grounds)
    }
    let undecided = rule.needs.subtracting(decided.map(\.act))
    guard undecided.isEmpty else { throw .undecided(undecided) }
  }

  private func check(
    _ stating: Facts<Kind.Fact>, _ rule: Flow<Kind>.ActRule, _ aim: Intent<Kind>.Aim
  ) throws(Refusal<Kind>) {
    let given = Set(stating.values.keys)
    let more = given.subtracting(rule.asks)
    guard more.isEmpty else { throw .notAsked(more) }
    guard case .act = aim else { return }
    let missing = rule.asks.subtracting(given)
    guard missing.isEmpty else { throw .notStated(missing) }
  }

  func known(stating: Facts<Kind.Fact> = .init()) -> Facts<Kind.Fact> {
    let fromOutside = Set(outside.values.keys).subtracting(flow.stated)
    return stating.over(file.stated).over(outside.only(fromOutside))
  }

  private func judge(
    _ rule: Flow<Kind>.ActRule, _ facts: Facts<Kind.Fact>, _ overriding: Set<String>
  ) throws(Refusal<Kind>) -> [GuardAnswer] {
    let known = Set(rule.guards.filter(\.isOverridable).map(\.id))
    let wrong = overriding.subtracting(known)
    guard wrong.isEmpty else { throw .notOverridable(wrong) }
    var answers: [GuardAnswer] = []
    var unmet: [Refusal<Kind>.Unmet] = []
    for guarding in rule.guards {
      guard let test = guarding.tests.inForce(on: day) else { continue }
      let holds = test.value(facts.only(guarding.reads), day)
      if holds || overriding.contains(guarding.id) {
        answers.append(
          .init(
            id: guarding.id, demand: guarding.demand, source: test.source, inForceFrom: test.from,
            outcome: holds ? .held : .overridden))
      } else {
        unmet.append(
          .init(
            id: guarding.id, demand: guarding.demand, source: test.source, isOverridable: guarding.isOverridable))
      }
    }
    guard unmet.isEmpty else { throw .unmet(unmet) }
    return answers
  }

  private func needsSecond(_ rule: Flow<Kind>.ActRule, _ answers: [GuardAnswer]) -> Bool {
    if case .always? = rule.second { return true }
    return answers.contains { $0.outcome == .overridden }
  }

  // MARK: What it changes

  func entry(_ what: Entry.What, by actor: Actor<Kind.Role>, _ reason: String = "") -> Entry {
    var entry = Entry(file.entries + 1, what, on: day, by: actor)
    entry.reason = reason
    return entry
  }

  private func proposal(of intent: Intent<Kind>, by actor: Actor<Kind.Role>) throws(Refusal<Kind>) -> Entry {
    var entry = entry(.proposed(intent), by: actor, intent.reason)
    entry.evidence = intent.evidence
    entry.answerBy = try reviewDay()
    return entry
  }

  private func move(
    _ entry: inout Entry, _ rule: Flow<Kind>.ActRule, _ facts: Facts<Kind.Fact>, to owner: Owner<Kind.Role>?,
    by actor: Actor<Kind.Role>
  ) throws(Refusal<Kind>) {
    entry.from = file.state
    entry.to = rule.to ?? file.state
    entry.ends = rule.ends
    switch rule.owner {
    case .unchanged: break
    case .team(let role): entry.owner = Owner(role)
    case .actor: entry.owner = actor.role.map { Owner($0, actor.id) }
    case .named:
      guard let owner, owner.person != nil else { throw .noOwner }
      entry.owner = owner
    }
    guard let to = entry.to else { return }
    for clock in flow.clocks {
      let isRunning = file.clocks[clock.clock] != nil
      let isStopped = rule.stops.contains(clock.clock) || !clock.runsIn.contains(to)
      if isStopped {
        if isRunning { entry.stopped.insert(clock.clock) }
      } else if rule.restarts.contains(clock.clock) || !(file.state.map(clock.runsIn.contains) ?? false) {
        if let running = try start(clock, facts) { entry.started[clock.clock] = running }
      }
    }
  }

  private func start(
    _ clock: Flow<Kind>.ClockRule, _ facts: Facts<Kind.Fact>
  ) throws(Refusal<Kind>) -> RunningClock? {
    if let last = clock.endsOn.flatMap({ facts.day($0) }) { return RunningClock(.until(last), from: day, in: nil) }
    guard let spans = clock.spans else { return nil }
    guard let span = spans.inForce(on: day)?.value else { throw .noSpan }
    return RunningClock(span, from: clock.startsFrom.flatMap { facts.day($0) } ?? day, in: calendar)
  }

  private func decision(
    _ number: Int, _ rule: Flow<Kind>.ActRule, _ facts: Facts<Kind.Fact>, _ answers: [GuardAnswer]
  ) -> Decision<Kind> {
    Decision(number: number, act: rule.act, on: day, grounds: facts.only(rule.grounds), guards: answers)
  }

  private func judging(
    _ rule: Flow<Kind>.ActRule, _ facts: Facts<Kind.Fact>, _ answers: [GuardAnswer]
  ) -> Judging<Kind>? {
    guard !answers.isEmpty else { return nil }
    let read = rule.guards.reduce(into: Set()) { $0.formUnion($1.reads) }
    return Judging(facts: facts.only(read), guards: answers)
  }

  private func reviewDay() throws(Refusal<Kind>) -> Day {
    guard let span = flow.reviewWithin.inForce(on: day)?.value else { throw .noSpan }
    return span.end(from: day, in: calendar).day
  }

  /// The entry, with the clocks that end on a day of the facts where that has moved. One that has fired runs again.
  func retiming(_ entry: Entry, _ facts: Facts<Kind.Fact>) -> Entry {
    var entry = entry
    var after = file
    after.apply(entry)
    guard let state = after.state else { return entry }
    for clock in flow.clocks where clock.runsIn.contains(state) {
      let running = after.clocks[clock.clock]
      guard let last = clock.endsOn.flatMap({ facts.day($0) }), running?.due != last else { continue }
      // Where it does not run, either its day was not known yet or an act has stopped it.
      guard running != nil || !flow.acts.contains(where: { $0.stops.contains(clock.clock) }) else { continue }
      let from = running?.startedOn ?? day
      entry.started[clock.clock] = RunningClock(.until(last), from: from, in: nil)
    }
    return entry
  }

  /// The entry, with a question for each decision that stands after it and whose grounds are not what they were.
  func questioning(_ entry: Entry, _ facts: Facts<Kind.Fact>) throws(Refusal<Kind>) -> Entry {
    var entry = entry
    var after = file
    after.apply(entry)
    for decision in after.decisions where decision.stands {
      guard let rule = flow.rule(of: decision.act) else { continue }
      let now = facts.only(rule.grounds)
      guard now != (decision.question?.facts ?? decision.grounds) else { continue }
      if let earlier = decision.question {
        entry.questioned[decision.number] = Question(since: earlier.since, due: earlier.due, facts: now)
      } else {
        entry.questioned[decision.number] = Question(since: day, due: try reviewDay(), facts: now)
      }
    }
    return entry
  }
}

extension Entry {
  fileprivate func renamed(_ what: What) -> Entry {
    var entry = Entry(number, what, on: on, by: by)
    entry.second = second
    entry.reason = reason
    entry.evidence = evidence
    entry.stated = stated
    return entry
  }
}
