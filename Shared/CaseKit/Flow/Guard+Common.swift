import Rulebook

/// Guards that most flows need.
extension Flow.Guard {
  /// That a fact is one of some words.
  ///
  /// - Parameter demand: the sentence up to the words: "The kind of contact must be one of".
  public static func oneOf(
    _ values: Set<String>, _ fact: Kind.Fact, _ id: String, _ demand: String, source: String
  ) -> Self {
    Self(
      id, "\(demand): \(values.sorted().joined(separator: ", ")).", reads: [fact],
      [.init({ $0.text(fact).map { values.contains($0) } ?? false }, source: source)])
  }

  /// That a fact says one thing. What is not known does not.
  public static func says(
    _ value: FactValue, _ fact: Kind.Fact, _ id: String, _ demand: String, source: String, isOverridable: Bool = false
  ) -> Self {
    Self(id, demand, reads: [fact], [.init({ $0[fact] == value }, source: source)], isOverridable: isOverridable)
  }

  /// That a fact says yes. What is not known does not.
  public static func yes(
    _ fact: Kind.Fact, _ id: String, _ demand: String, source: String, isOverridable: Bool = false
  ) -> Self { says(.flag(true), fact, id, demand, source: source, isOverridable: isOverridable) }

  /// That a fact says no. What is not known does not.
  public static func no(
    _ fact: Kind.Fact, _ id: String, _ demand: String, source: String, isOverridable: Bool = false
  ) -> Self { says(.flag(false), fact, id, demand, source: source, isOverridable: isOverridable) }

  /// That a fact is a day that has come.
  public static func past(_ fact: Kind.Fact, _ id: String, _ demand: String, source: String) -> Self {
    Self(
      id, demand, reads: [fact],
      onDay: [.init({ facts, day in facts.day(fact).map { $0 <= day } ?? false }, source: source)])
  }

  /// That a fact is a day that is still to come, or today.
  public static func ahead(_ fact: Kind.Fact, _ id: String, _ demand: String, source: String) -> Self {
    Self(
      id, demand, reads: [fact],
      onDay: [.init({ facts, day in facts.day(fact).map { day <= $0 } ?? false }, source: source)])
  }
}
