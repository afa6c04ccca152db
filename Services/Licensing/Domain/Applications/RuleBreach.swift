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
    fix = violation.instead
    on = violation.on
    source = violation.source
  }

  init(_ breach: PerformanceBreach, source: String) {
    rule = breach.rule.rawValue
    words = breach.rule.words
    fix = breach.instead
    on = breach.on
    self.source = source
  }
}
