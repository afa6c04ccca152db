public import Rulebook

/// The steps to a school attendance order and the days between them (Education Act 1996 ss437 to 439).
public struct SchoolAttendanceOrder: Hashable, Sendable {
  /// How many days each step gives, the day of service being the first.
  public struct Rule: Hashable, Sendable {
    /// To satisfy the authority (s437(2)).
    public let toSatisfy: Int
    /// To choose a school (s438(3)).
    public let toChoose: Int
    /// For the school that is consulted to seek a direction (s439(6)).
    public let toSeekDirection: Int

    public init(toSatisfy: Int, toChoose: Int, toSeekDirection: Int) {
      self.toSatisfy = toSatisfy
      self.toChoose = toChoose
      self.toSeekDirection = toSeekDirection
    }

    public static let inForce: Dated<Rule> = [
      InForce(
        Rule(toSatisfy: 15, toChoose: 15, toSeekDirection: 15), from: Day(year: 1996, month: 11, day: 1),
        source: "Education Act 1996 ss437(2), 438(3), 439(6); interpretation EN-4")
    ]
  }

  public enum Violation: String, Hashable, Comparable, Sendable, Codable {
    /// The schools were named before the time to satisfy the authority was over.
    case nominationEarly = "SAO-EARLY-438"
    /// The order was served before the time to choose, or the consulted school's own time, was over.
    case orderEarly = "SAO-EARLY-ORDER"
    /// The order was served and no school was named before.
    case noNomination = "SAO-NO-438"
    /// The child was not of compulsory school age when a notice or the order was served.
    case notOfAge = "SAO-NOT-CSA"

    public static func < (a: Violation, b: Violation) -> Bool { a.rawValue < b.rawValue }
  }

  /// The last day to satisfy the authority.
  public let lastDayToSatisfy: Day
  /// The first day on which the schools may be named (EN-4).
  public let earliestNomination: Day
  /// The last day to choose a school; `nil` before the schools are named.
  public let lastDayToChoose: Day?
  /// The first day on which the order may be served; `nil` before the schools are named.
  public let earliestOrder: Day?
  public let violations: [Violation]

  /// - Parameters:
  ///   - noticeServed: the notice to satisfy the authority (s437(1)).
  ///   - nominationServed: the notice that names the schools (s438(2)).
  ///   - schoolConsulted: the day on which the school was served (s439(5)).
  public init(
    dateOfBirth: Day, noticeServed: Day, nominationServed: Day? = nil, schoolConsulted: Day? = nil,
    orderServed: Day? = nil
  ) {
    let age = CompulsorySchoolAge.span(dateOfBirth: dateOfBirth)
    self.init(
      compulsoryAge: DayRange(first: age.start, last: age.lastDay), noticeServed: noticeServed,
      nominationServed: nominationServed, schoolConsulted: schoolConsulted, orderServed: orderServed)
  }

  /// The same by the days on which the child is of compulsory school age, for who need not know when it was born.
  public init(
    compulsoryAge: DayRange, noticeServed: Day, nominationServed: Day? = nil, schoolConsulted: Day? = nil,
    orderServed: Day? = nil
  ) {
    func rule(_ day: Day) -> Rule { Rule.inForce.value(on: day) }
    func isOfAge(_ day: Day) -> Bool { compulsoryAge.contains(day) }
    let nomination = noticeServed.adding(days: rule(noticeServed).toSatisfy)
    let choice = nominationServed.map { $0.adding(days: rule($0).toChoose) }
    let consultation = schoolConsulted.map { $0.adding(days: rule($0).toSeekDirection) }
    let order = choice.map { max($0, consultation ?? $0) }
    var violations: [Violation] = []
    if let nominationServed, nominationServed < nomination { violations.append(.nominationEarly) }
    if let orderServed {
      if let order {
        if orderServed < order { violations.append(.orderEarly) }
      } else {
        violations.append(.noNomination)
      }
    }
    if !isOfAge(noticeServed) || orderServed.map(isOfAge) == false { violations.append(.notOfAge) }
    lastDayToSatisfy = nomination.adding(days: -1)
    earliestNomination = nomination
    lastDayToChoose = choice?.adding(days: -1)
    earliestOrder = order
    self.violations = violations.sorted()
  }
}
