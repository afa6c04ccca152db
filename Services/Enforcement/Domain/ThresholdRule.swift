public import Rulebook

/// The national threshold for considering a penalty notice: dated data, with its source.
public struct ThresholdRule: Hashable, Sendable {
  /// How many sessions of unauthorised absence.
  public let sessions: Int
  /// Within how many school weeks.
  public let schoolWeeks: Int

  /// What has been in force since when (PN-1, PN-2).
  public static let national: Dated<ThresholdRule> = [
    InForce(
      ThresholdRule(sessions: 10, schoolWeeks: 10), from: Day(year: 2024, month: 8, day: 19),
      source: "SI 2007/1867 as amended by SI 2024/210; Working together to improve school attendance, penalty notices")
  ]

  /// The name under which events and pages speak of it.
  public static let id = "national-threshold"
}

extension InForce<ThresholdRule> {
  /// The rule as an event names it.
  public var reference: RuleReference { reference(as: ThresholdRule.id) }
}
