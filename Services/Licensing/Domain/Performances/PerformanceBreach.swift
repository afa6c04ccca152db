public import Rulebook

/// A rule that a plan breaks, where it does, and what would be lawful instead.
public struct PerformanceBreach: Hashable, Sendable {
  public let rule: PerformanceRule
  /// The day of the schedule on which it is broken.
  public let on: Day
  /// The stretch in which it is broken; `nil` where it is the day, or the plan as a whole.
  public let at: LocalSpan?
  /// What would be lawful, in words.
  public let instead: String

  init(_ rule: PerformanceRule, on day: Day, at span: LocalSpan? = nil, instead: String) {
    self.rule = rule
    on = day
    at = span
    self.instead = instead
  }
}

extension Int {
  /// Minutes in words: `2 hours 30 minutes`.
  var hours: String {
    let (hours, minutes) = quotientAndRemainder(dividingBy: 60)
    let parts = [(hours, "hour"), (minutes, "minute")].filter { $0.0 != 0 }
    return parts.isEmpty ? "0 minutes" : parts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
  }
}
