import Rulebook

@testable import LicensingDomain

/// What the tests make up.
enum MadeUp {
  static func day(_ year: Int, _ month: Int, _ day: Int) -> Day {
    Day(year: year, month: month, day: day) ?? Day(ordinal: 0)
  }

  /// A stretch of one day, by hours.
  static func span(_ from: Int, _ to: Int) -> ClockSpan { ClockSpan(ClockTime(from, 0), ClockTime(to, 0)) }

  /// A stretch of one day in minutes since midnight.
  static func span(_ day: Day, _ from: Int, _ to: Int) -> LocalSpan? {
    guard let from = ClockTime(minutes: from), let to = ClockTime(minutes: to) else { return nil }
    return LocalSpan(LocalMoment(day, from), LocalMoment(day, to))
  }
}
