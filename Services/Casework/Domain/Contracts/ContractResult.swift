/// What became of an attendance contract's target: judged on the exact sessions between agreement and end (CW-4).
public struct ContractResult: Hashable, Sendable {
  /// What became of the target.
  public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    case met
    /// At least half the way from where the child began to the target.
    case partMet = "part-met"
    case notMet = "not-met"
    /// No session was possible.
    case notMeasurable = "not-measurable"
  }

  public let outcome: Outcome
  /// How many more sessions would have met the target; `nil` where nothing is measurable.
  public let sessionsShort: Int?

  /// - Parameters:
  ///   - target: per cent.
  ///   - baseline: before the contract; without a possible session it counts as none attended.
  ///   - achieved: between agreement and end.
  public init(target: Fraction, baseline: Attended, achieved: Attended) {
    guard let reached = achieved.percentage else {
      (outcome, sessionsShort) = (.notMeasurable, nil)
      return
    }
    let start = baseline.percentage ?? Fraction(0)
    let half = start + (target - start) / Fraction(2)
    outcome = reached >= target ? .met : start < target && reached >= half ? .partMet : .notMet
    let needed = (target * Fraction(achieved.possible, over: 100)).roundedUp
    sessionsShort = max(0, needed - achieved.present)
  }
}
