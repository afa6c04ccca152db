public import Rulebook

/// Whether a parenting order keeps to its lengths (Sentencing Act 2020 s369; Crime and Disorder Act 1998 s8).
public struct ParentingOrder: Hashable, Sendable {
  /// The lengths of the law, in calendar months.
  public struct Rule: Hashable, Sendable {
    public let longest: Int
    /// The most that the counselling or guidance programme takes.
    public let longestProgramme: Int

    public init(longest: Int, longestProgramme: Int) {
      self.longest = longest
      self.longestProgramme = longestProgramme
    }

    public static let inForce: Dated<Rule> = [
      InForce(
        Rule(longest: 12, longestProgramme: 3), from: Day(year: 2000, month: 6, day: 1),
        source: "Crime and Disorder Act 1998 s8(4); Sentencing Act 2020 s369")
    ]
  }

  public enum Violation: String, Hashable, Comparable, Sendable, Codable {
    case long = "PO-LONG"
    case programmeLong = "PO-PROGRAMME-LONG"
    case programmeOutside = "PO-PROGRAMME-OUTSIDE"
    /// A parent's first order has a programme.
    case programmeMissing = "PO-PROGRAMME-MISSING"

    public static func < (a: Violation, b: Violation) -> Bool { a.rawValue < b.rawValue }
  }

  /// The last day that the law allows.
  public let lastPossibleDay: Day
  public let violations: [Violation]

  /// - Parameters:
  ///   - until: its last day.
  ///   - programme: the days of the programme; `nil` when there is none.
  ///   - hadEarlierOrder: whether the parent has had one before.
  public init(made: Day, until: Day, programme: DayRange?, hadEarlierOrder: Bool) {
    let rule = Rule.inForce.value(on: made)
    lastPossibleDay = made.adding(months: rule.longest).adding(days: -1)
    var violations: [Violation] = []
    if until > lastPossibleDay { violations.append(.long) }
    if let programme {
      if programme.last > programme.first.adding(months: rule.longestProgramme).adding(days: -1) {
        violations.append(.programmeLong)
      }
      if programme.first < made || programme.last > until { violations.append(.programmeOutside) }
    } else if !hadEarlierOrder {
      violations.append(.programmeMissing)
    }
    self.violations = violations.sorted()
  }
}
