public import CaseFlow

/// Flows with something changed: what tests plant, and what a change of a rule would be.
extension Flow.ActRule {
  /// The rule with some of it otherwise.
  public func changed(
    to: Kind.State?? = nil, by: Set<Kind.Role>? = nil, guards: [Flow<Kind>.Guard]? = nil, isDecision: Bool? = nil,
    owner: Flow<Kind>.Ownership? = nil, stops: Set<Kind.Clock>? = nil, second: Flow<Kind>.Second?? = nil,
    needs: Set<Kind.Act>? = nil, apartFrom: Set<Kind.Act>? = nil
  ) -> Self {
    Self(
      act, title, from: from, to: to ?? self.to, by: by ?? self.by, byProgram: byProgram, guards: guards ?? self.guards,
      asks: asks, isDecision: isDecision ?? self.isDecision, restsOn: restsOn, ends: ends, owner: owner ?? self.owner,
      restarts: restarts, stops: stops ?? self.stops, second: second ?? self.second,
      needs: needs ?? self.needs, apartFrom: apartFrom ?? self.apartFrom, whenQuestioned: whenQuestioned)
  }
}

extension Flow {
  /// The flow with its clocks, or one act or each, otherwise.
  public func changing(_ act: Kind.Act? = nil, clocks: [ClockRule]? = nil, _ change: (ActRule) -> ActRule = { $0 })
    -> Flow
  {
    Flow(
      title: title, allocation: allocation, reviewWithin: reviewWithin, states: states, clocks: clocks ?? self.clocks,
      acts: acts.map { act == nil || $0.act == act ? change($0) : $0 })
  }
}
