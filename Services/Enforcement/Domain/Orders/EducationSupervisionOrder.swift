public import Rulebook

/// How long an education supervision order lasts, with its extensions (Children Act 1989 s36, Sch 3 para 15).
public struct EducationSupervisionOrder: Hashable, Sendable {
  /// The lengths of the law.
  public struct Rule: Hashable, Sendable {
    /// In years, beginning with the day it is made.
    public let years: Int
    /// An extension is applied for in so many last months.
    public let extensionMonths: Int
    /// The most that one extension adds, in years.
    public let longestExtension: Int

    public init(years: Int, extensionMonths: Int, longestExtension: Int) {
      self.years = years
      self.extensionMonths = extensionMonths
      self.longestExtension = longestExtension
    }

    public static let inForce: Dated<Rule> = [
      InForce(
        Rule(years: 1, extensionMonths: 3, longestExtension: 3), from: Day(year: 1991, month: 10, day: 14),
        source: "Children Act 1989 Sch 3 para 15")
    ]
  }

  /// An extension that was applied for.
  public struct Extension: Hashable, Sendable {
    public let applied: Day
    /// The last day that it asks for.
    public let until: Day

    public init(applied: Day, until: Day) {
      self.applied = applied
      self.until = until
    }
  }

  public enum Violation: String, Hashable, Comparable, Sendable, Codable {
    case early = "ESO-EARLY"
    /// Applied for when the order had ended, or the child had left compulsory school age.
    case late = "ESO-LATE"
    case long = "ESO-LONG"
    case noGain = "ESO-NO-GAIN"

    public static func < (a: Violation, b: Violation) -> Bool { a.rawValue < b.rawValue }
  }

  /// The last day that the court gave.
  public let lastDay: Day
  /// The last day on which it is in force: it ends with compulsory school age.
  public let effectiveLastDay: Day
  /// The first day on which an extension, or a further one, may be applied for.
  public let earliestExtensionApplication: Day
  public let violations: [Violation]

  /// What is wrong with one extension.
  ///
  /// - Parameters:
  ///   - lastDay: that of the order before it.
  ///   - lastDayOfAge: the child's last day of compulsory school age.
  public static func violations(
    of request: Extension, lastDay: Day, lastDayOfAge: Day, _ rule: Rule
  ) -> Set<Violation> {
    var violations: Set<Violation> = []
    if request.applied < lastDay.adding(months: -rule.extensionMonths) { violations.insert(.early) }
    if request.applied > min(lastDay, lastDayOfAge) { violations.insert(.late) }
    if request.until > lastDay.adding(months: 12 * rule.longestExtension) { violations.insert(.long) }
    if request.until <= lastDay { violations.insert(.noGain) }
    return violations
  }

  /// The last day of an order that is not extended.
  public static func lastDay(made: Day) -> Day {
    made.adding(months: 12 * Rule.inForce.value(on: made).years).adding(days: -1)
  }

  public init(made: Day, dateOfBirth: Day, extensions: [Extension] = []) {
    let rule = Rule.inForce.value(on: made)
    let end = CompulsorySchoolAge.span(dateOfBirth: dateOfBirth).lastDay
    var last = Self.lastDay(made: made)
    var violations: Set<Violation> = []
    for request in extensions {
      violations.formUnion(Self.violations(of: request, lastDay: last, lastDayOfAge: end, rule))
      last = max(last, request.until)
    }
    lastDay = last
    effectiveLastDay = min(last, end)
    earliestExtensionApplication = last.adding(months: -rule.extensionMonths)
    self.violations = violations.sorted()
  }
}
