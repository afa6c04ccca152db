import CaseFlow
import Rulebook

/// The guards that casework's flows have in common.
extension Flow.Guard {
  /// A fact must be one of the words of an enumeration.
  static func among<Words: CaseIterable & RawRepresentable<String>>(
    _ fact: Kind.Fact, _ words: Words.Type, _ id: String, _ demand: String, _ source: String
  ) -> Self {
    .oneOf(Set(Words.allCases.map(\.rawValue)), fact, id, demand, source: source)
  }
}

extension Dated {
  /// The test of a guard that compares facts with a dated value.
  func guarding<Fact: FlowName>(
    _ test: @Sendable @escaping (Value, Facts<Fact>) -> Bool
  ) -> Dated<@Sendable (Facts<Fact>) -> Bool> {
    mapValues { value in { test(value, $0) } }
  }
}
