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

  public init(made: Day, dateOfBirth: Day, extensions: [Extension] = []) {
    let rule = Rule.inForce.value(on: made)
    let end = CompulsorySchoolAge.span(dateOfBirth: dateOfBirth).lastDay
    var last = made.adding(months: 12 * rule.years).adding(days: -1)
    var violations: Set<Violation> = []
    for request in extensions {
      if request.applied < last.adding(months: -rule.extensionMonths) { violations.insert(.early) }
      if request.applied > min(last, end) { violations.insert(.late) }
      if request.until > last.adding(months: 12 * rule.longestExtension) { violations.insert(.long) }
      if request.until <= last { violations.insert(.noGain) }
      last = max(last, request.until)
    }
    lastDay = last
    effectiveLastDay = min(last, end)
    earliestExtensionApplication = last.adding(months: -rule.extensionMonths)
    self.violations = violations.sorted()
  }
}
