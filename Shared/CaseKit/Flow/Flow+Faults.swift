public import Rulebook

extension Flow {
  /// What is wrong with the flow itself, for a test: names without a rule, states that cannot be reached or left, an
  /// open state in which no clock is sure to run, days without a rule in force.
  ///
  /// - Parameter day: the day whose law is looked at.
  public func faults(on day: Day) -> [String] {
    nameFaults + stateFaults + clockFaults(on: day) + actFaults(on: day)
  }

  private var nameFaults: [String] {
    once(states.map(\.state), "state") + once(clocks.map(\.clock), "clock") + once(acts.map(\.act), "act")
  }

  /// Every name has one rule.
  private func once<Name: FlowName>(_ rules: [Name], _ what: String) -> [String] {
    Name.allCases.compactMap { name in
      let count = rules.count { $0 == name }
      return count == 1 ? nil : "\(what) \(name.rawValue) has \(count) rules"
    }
  }

  private var stateFaults: [String] {
    let reached = reach(Set(acts.filter { $0.from.isEmpty }.compactMap(\.to)))
    return states.flatMap { rule -> [String] in
      var faults: [String] = []
      if !reached.contains(rule.state) { faults.append("state \(rule.state.rawValue) cannot be reached") }
      guard rule.isOpen else { return faults }
      if reach([rule.state]).allSatisfy(isOpen) { faults.append("from state \(rule.state.rawValue) nothing is closed") }
      // A clock that no act stops runs in each of its states, however the case got there.
      let isTimed = clocks.contains { clock in
        clock.runsIn.contains(rule.state) && clock.spans != nil && !acts.contains { $0.stops.contains(clock.clock) }
      }
      if !isTimed { faults.append("state \(rule.state.rawValue) may have no next date") }
      return faults
    }
  }

  private func reach(_ first: Set<Kind.State>) -> Set<Kind.State> {
    var reached = first
    for _ in states {
      for act in acts where !act.from.isDisjoint(with: reached) { act.to.map { _ = reached.insert($0) } }
    }
    return reached
  }

  private func clockFaults(on day: Day) -> [String] {
    clocks.flatMap { clock -> [String] in
      var faults: [String] = []
      if clock.spans.map({ $0.inForce(on: day) == nil }) ?? (clock.endsOn == nil) {
        faults.append("clock \(clock.clock.rawValue) has no span")
      }
      if !clock.runsIn.allSatisfy(isOpen) { faults.append("clock \(clock.clock.rawValue) runs in a closed case") }
      if let act = clock.onFiring, rule(of: act)?.byProgram != true {
        faults.append("clock \(clock.clock.rawValue) does an act that is not the program's")
      }
      return faults
    }
  }

  private func actFaults(on day: Day) -> [String] {
    var faults = reviewWithin.inForce(on: day) == nil ? ["nothing says how long a person has to look again"] : []
    for act in acts {
      let name = "act \(act.act.rawValue)"
      if act.by.isEmpty && !act.byProgram { faults.append("\(name) is for nobody") }
      if act.from.isEmpty && (act.to == nil || act.owner == .unchanged) { faults.append("\(name) opens no owned case") }
      if act.guards.contains(where: \.isOverridable) && act.second == nil {
        faults.append("\(name) has a guard to override and no second person")
      }
      if Set(act.guards.map(\.id)).count != act.guards.count { faults.append("\(name) has a guard twice") }
      if act.owner == .named && act.byProgram { faults.append("\(name) needs a person to name the owner") }
    }
    return faults
  }
}
