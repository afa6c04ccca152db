import LicensingDomain
import Rulebook
public import Seeded

/// Schedules of one child that are near the limits of the rules, around both changes of the clock and elsewhere.
public enum RandomSchedule {
  private static let starts = [
    (2026, 3, 25), (2026, 10, 21), (2026, 6, 29), (2027, 3, 24), (2027, 10, 27), (2026, 12, 1),
  ]

  /// One child’s stays, in order.
  public static func make(_ random: inout SeededGenerator) -> [PerformanceOracle.Stay] {
    let first = random.pick(starts)
    let start = date(first.0, first.1, first.2)
    // Around the birthdays at which the bands change, and others.
    let born =
      random.below(2) == 0
      ? start.adding(days: 3).anniversary(-random.pick([5, 9])).adding(days: random.below(7) - 3)
      : start.adding(days: -random.within(700...5600))
    let nights = random.below(4) == 0
    return (0..<random.within(1...10)).filter { _ in random.below(5) > 0 }.map { offset in
      stay(on: start.adding(days: offset), born, isNight: nights && random.below(2) == 0, &random)
    }
  }

  private static func stay(
    on day: Day, _ born: Day, isNight: Bool, _ random: inout SeededGenerator
  ) -> PerformanceOracle.Stay {
    let from = (isNight ? 1200 : random.pick([415, 420, 425, 540, 840, 1080])) + random.within(-3...3)
    let lengths = [235, 240, 241, 295, 300, 305, 475, 480, 485, 565, 570, 575]
    let length = random.pick(lengths) + random.within(-2...2)
    func moment(_ minutes: Int) -> LocalMoment {
      let (date, time) = (day.adding(days: minutes / 1440), minutes % 1440)
      // The hour that the clock does not show in spring.
      let isSkipped = date.month == 3 && date.weekday == 7 && date.day > 24 && 60..<120 ~= time
      return LocalMoment(date, clock(isSkipped ? 120 : time))
    }
    func span(_ from: Int, _ to: Int) -> LocalSpan {
      guard let span = LocalSpan(moment(from), moment(to)) else { preconditionFailure("times are in order") }
      return span
    }
    var (parts, breaks): ([PerformanceDay.Part], [LocalSpan]) = ([], [])
    var at = from + random.below(30)
    while at < from + length {
      let end = min(from + length, at + random.pick([10, 30, 31, 60, 90, 120, 149, 150, 151]))
      if random.below(3) == 0 {
        let pause = span(at, min(from + length, at + random.pick([14, 15, 16, 44, 45, 60])))
        breaks.append(pause)
        at += random.pick([15, 45, 60])
      } else {
        let part = span(at, end)
        if part.length > 0 { parts.append(.init(random.pick(PerformanceDay.Part.Kind.allCases), part)) }
        at = end + random.pick([0, 1, 14, 15, 16, 60, 89, 90, 91])
      }
    }
    var times = PerformanceDay.Times(
      dateOfBirth: born, atPlace: span(from, from + length), parts: parts, breaks: breaks)
    times.isNightWorkPermitted = isNight
    times.isHomeOrSchool = random.below(12) == 0
    return .init(day: times)
  }
}
