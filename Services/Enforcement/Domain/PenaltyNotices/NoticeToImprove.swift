public import Rulebook

/// The time that a notice to improve gives a family: five school days for each of its weeks, from the first school day
/// after it was received (PN-9).
public struct NoticeToImprove: Hashable, Sendable {
  /// How long the time may be: dated guidance.
  public struct Rule: Hashable, Sendable {
    public let weeks: ClosedRange<Int>
    public let schoolDaysOfAWeek: Int

    public init(weeks: ClosedRange<Int>, schoolDaysOfAWeek: Int) {
      self.weeks = weeks
      self.schoolDaysOfAWeek = schoolDaysOfAWeek
    }

    public static let national: Dated<Rule> = [
      InForce(
        Rule(weeks: 3...6, schoolDaysOfAWeek: 5), from: Day(year: 2024, month: 8, day: 19),
        source: "Working together to improve school attendance, notices to improve; interpretation PN-9")
    ]
  }

  /// `nil` when the school's calendar does not reach so far.
  public let firstDay: Day?
  /// `nil` when the school's calendar does not reach so far.
  public let lastDay: Day?

  /// - Parameters:
  ///   - weeks: those of the rule.
  ///   - calendar: the school's, all years joined.
  /// - Returns: `nil` when the rule does not allow so many weeks.
  public init?(received: Day, weeks: Int, calendar: SchoolCalendar, rule: Rule) {
    guard rule.weeks.contains(weeks) else { return nil }
    firstDay = calendar.schoolDay(nth: 1, after: received)
    lastDay = calendar.schoolDay(nth: weeks * rule.schoolDaysOfAWeek, after: received)
  }
}
