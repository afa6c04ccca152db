import CaseFlow
import Rulebook

/// Guards of what other matters say: the fact has the worst answer of ``Conflicts``. What is not known stands in the way.
extension Flow.Guard {
  /// That nothing excludes the step. Nobody may go on without it.
  static func noHardConflict(_ fact: Kind.Fact, _ demand: String) -> Self {
    Self(
      "no-hard-conflict", demand, reads: [fact],
      [.init({ answer(fact, $0).map { $0 != .hardBlock } ?? false }, source: "EN-20")])
  }

  /// That nothing stands in the way that two persons could let pass.
  static func noConflict(_ fact: Kind.Fact, _ demand: String) -> Self {
    Self(
      "no-conflict", demand, reads: [fact],
      [.init({ answer(fact, $0).map { $0 != .block } ?? false }, source: "EN-20")], isOverridable: true)
  }

  private static func answer(_ fact: Kind.Fact, _ facts: Facts<Kind.Fact>) -> Conflicts.Answer? {
    facts.text(fact).flatMap(Conflicts.Answer.init)
  }
}
