import CaseFlow
import Rulebook

/// What must be true whatever happens; worked out from the flow's tables and not by its step.
extension FlowSimulation {
  mutating func take(_ entry: Entry<Kind>) {
    checkTransition(entry)
    seen[entry.name.filter { !$0.isNumber }, default: 0] += 1
    if case .fired(let clock) = entry.what {
      if !fired.insert(clock).inserted { broken = "clock \(clock.rawValue) fired twice" }
      if file.clocks[clock].map({ $0.due >= day }) ?? true { broken = "clock \(clock.rawValue) fired before its time" }
    }
    for clock in entry.started.keys where entry.what != .recounted { fired.remove(clock) }
    file.apply(entry)
    var written = entry
    if !keepsHistory { written.to = written.from }
    history.append(written)
  }

  private mutating func checkTransition(_ entry: Entry<Kind>) {
    guard case .acted(let act) = entry.what else {
      if entry.to != entry.from { broken = "the state changed without an act" }
      return
    }
    guard let rule = law.acts.first(where: { $0.act == act }) else { return }
    if entry.from != file.state { broken = "\(act.rawValue) began where the case was not" }
    if entry.from.map({ !rule.from.contains($0) }) ?? !rule.from.isEmpty { broken = "\(act.rawValue) is not from here" }
    if entry.to != rule.to ?? entry.from { broken = "\(act.rawValue) led elsewhere" }
    let mayAct = entry.by.role.map(rule.by.contains) ?? rule.byProgram
    if !mayAct { broken = "\(act.rawValue) was done by who may not" }
    if !entry.by.isProgram, entry.reason.allSatisfy(\.isWhitespace) { broken = "\(act.rawValue) has no reason" }
    if rule.isDecision, entry.decision?.grounds.values.keys.contains(where: { !rule.grounds.contains($0) }) ?? true {
      broken = "\(act.rawValue) kept no decision, or grounds of others"
    }
    checkEarlier(entry, rule)
    checkGuards(entry, rule)
  }

  private mutating func checkEarlier(_ entry: Entry<Kind>, _ rule: Flow<Kind>.ActRule) {
    let isSame = history.contains { earlier in
      guard case .acted(let act) = earlier.what, !entry.by.isProgram else { return false }
      return rule.apartFrom.contains(act) && earlier.by.id == entry.by.id
    }
    if isSame { broken = "\(rule.act.rawValue) was done by who did what must be apart" }
    let decided = Set(file.decisions.filter { $0.stands && $0.question == nil }.map(\.act))
    if !rule.needs.isSubset(of: decided) { broken = "\(rule.act.rawValue) came before what must be decided" }
  }

  private mutating func checkGuards(_ entry: Entry<Kind>, _ rule: Flow<Kind>.ActRule) {
    let facts = outside.only(Set(Kind.Fact.allCases).subtracting(law.stated))
    let known = entry.stated.over(file.stated).over(facts)
    let unmet = rule.guards.filter { guarding in
      guarding.tests.inForce(on: day).map { !$0.value(known.only(guarding.reads), day) } ?? false
    }
    if unmet.contains(where: { !$0.isOverridable }) { broken = "\(rule.act.rawValue) went past a guard" }
    var needsSecond = !unmet.isEmpty
    if case .always? = rule.second, !entry.by.isProgram { needsSecond = true }
    guard needsSecond else { return }
    guard let second = entry.second else {
      broken = "\(rule.act.rawValue) lacks a second person"
      return
    }
    if second.id == entry.by.id { broken = "\(rule.act.rawValue) was signed twice by one person" }
    if second.role != rule.second?.role { broken = "\(rule.act.rawValue) was signed by who may not" }
  }

  /// What is true of the case between moves.
  mutating func checkStanding() {
    guard broken == nil, let state = file.state else { return }
    guard law.isOpen(state) || !file.decisions.isEmpty else { return }
    let known = file.stated.over(outside.only(Set(Kind.Fact.allCases).subtracting(law.stated)))
    for decision in file.decisions where decision.stands {
      guard let rule = law.acts.first(where: { $0.act == decision.act }) else { continue }
      let rests = known.only(rule.grounds)
      if rests != decision.grounds, decision.question?.facts != rests {
        broken = "a decision rests on what is no longer so, and nobody is asked"
      }
    }
    guard law.isOpen(state) else {
      if !file.clocks.isEmpty { broken = "a clock runs in a closed case" }
      return
    }
    if file.owner == nil { broken = "an open case has no owner" }
    if law.work(of: file).isEmpty { broken = "an open case has no next date" }
    if file.clocks.keys.contains(where: { law.rule(of: $0)?.runsIn.contains(state) != true }) {
      broken = "a clock runs in another state"
    }
  }
}
