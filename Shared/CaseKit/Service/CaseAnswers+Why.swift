import CaseFlow
import Rulebook

/// Why something was decided or done in a case, from its history.
extension CaseAnswers.WhyList {
  /// - Parameters:
  ///   - history: the case's, in order.
  ///   - known: what is known now, from outside and stated.
  init<Kind>(_ stored: StoredCase<Kind>, _ history: [Entry<Kind>], known: Facts<Kind.Fact>) {
    let entries = Dictionary(history.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    self.init(
      id: stored.id,
      decisions: stored.file.decisions.compactMap { decision in
        entries[decision.number].map { .init(decision, entry: $0, known: known) }
      }, acts: history.compactMap { .init($0, in: stored.file, known: known) })
  }
}

extension CaseAnswers.Why {
  fileprivate init<Kind>(_ decision: Decision<Kind>, entry: Entry<Kind>, known: Facts<Kind.Fact>) {
    let rule = Kind.flow.rule(of: decision.act)
    self.init(
      number: decision.number, act: decision.act.rawValue, on: decision.on, by: .init(entry.by), reason: entry.reason,
      stands: decision.stands, endedBy: decision.endedBy, lookAgainBy: decision.question?.due,
      grounds: Self.grounds(rule?.grounds ?? [], decision.grounds, known),
      rules: Self.rules(decision.guards, of: rule, decision.grounds, known))
  }

  fileprivate static func rules<Kind>(
    _ guards: [GuardAnswer], of rule: Flow<Kind>.ActRule?, _ then: Facts<Kind.Fact>, _ now: Facts<Kind.Fact>
  ) -> [Rule] {
    guards.map { answer in
      let reads = rule?.guards.first { $0.id == answer.id }?.reads ?? []
      return Rule(
        id: answer.id, demand: answer.demand, source: answer.source, inForceFrom: answer.inForceFrom,
        outcome: answer.outcome, facts: grounds(reads, then, now))
    }
  }

  private static func grounds<Name>(_ names: Set<Name>, _ then: Facts<Name>, _ now: Facts<Name>) -> [Ground] {
    names.sorted { $0.rawValue < $1.rawValue }.map { Ground(fact: $0.rawValue, then: then[$0], now: now[$0]) }
  }
}

extension CaseAnswers.Why.Judged {
  /// `nil` for an entry that was not judged, or that is a decision.
  fileprivate init?<Kind>(_ entry: Entry<Kind>, in file: CaseFile<Kind>, known: Facts<Kind.Fact>) {
    guard let judged = entry.judged else { return nil }
    let act: Kind.Act? =
      switch entry.what {
      case .acted(let act): act
      case .proposed(let intent):
        switch intent.aim {
        case .act(let act): act
        case .uphold(let number): file.decisions.first { $0.number == number }?.act
        }
      default: nil
      }
    self.init(
      number: entry.number, what: entry.name, on: entry.on, by: .init(entry.by), reason: entry.reason,
      rules: CaseAnswers.Why.rules(judged.guards, of: act.flatMap { Kind.flow.rule(of: $0) }, judged.facts, known))
  }
}
