public import Rulebook

/// A rule that an application breaks, as answers and letters show it.
public struct RuleBreach: Hashable, Sendable, Codable {
  /// Its id, for example `CE-LATE`.
  public let rule: String
  public let words: String
  /// How to put it right.
  public let fix: String
  /// The first day on which it is broken.
  public let on: Day
  /// The paragraph or the row of byelaws; the id of the rule's chapter where it is one of a whole Part.
  public let source: String

  init(_ violation: WorkViolation) {
    rule = violation.rule.rawValue
    words = violation.rule.words
    fix = violation.rule.fix
    on = violation.on
    source = violation.source
  }

  init(_ rule: PerformanceRule, on day: Day, source: String) {
    self.rule = rule.rawValue
    words = rule.words
    fix = rule.fix
    self.on = day
    self.source = source
  }
}
