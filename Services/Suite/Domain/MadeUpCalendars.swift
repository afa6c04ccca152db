public import Rulebook
import Seeded

/// Calendars like those that English schools publish: six half terms, bank holidays, five days of staff training.
public enum MadeUpCalendars {
  /// The years that a made-up school has a calendar for.
  public static let years: [SchoolYear] = terms.keys.sorted()

  /// How many days of staff training a school has in a year.
  static let trainingDays = 5

  /// The half terms of each school year. Made up, in the pattern that most authorities publish; for 2026/27 the spring
  /// term ends before Good Friday, 26 March 2027.
  private static let terms: [SchoolYear: [DayRange]] = [
    SchoolYear(startYear: 2025): ranges([
      ("2025-09-01", "2025-10-24"), ("2025-11-03", "2025-12-19"), ("2026-01-05", "2026-02-13"),
      ("2026-02-23", "2026-03-27"), ("2026-04-13", "2026-05-22"), ("2026-06-01", "2026-07-21"),
    ]),
    SchoolYear(startYear: 2026): ranges([
      ("2026-09-01", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", "2027-02-12"),
      ("2027-02-22", "2027-03-25"), ("2027-04-12", "2027-05-28"), ("2027-06-07", "2027-07-22"),
    ]),
  ]

  /// The half term of autumn in which the school year begins, and the one after it.
  public static func autumn(_ year: SchoolYear) -> (first: DayRange, second: DayRange) {
    guard let terms = terms[year] else { preconditionFailure("the years are those of the table") }
    return (terms[0], terms[1])
  }

  /// One school's calendars: its own days of staff training, at the edges of half terms.
  static func calendars(_ random: inout SeededGenerator) -> [SchoolYear: SchoolCalendar] {
    var calendars: [SchoolYear: SchoolCalendar] = [:]
    for year in years {
      guard let terms = terms[year] else { continue }
      let holidays = terms.flatMap(weekdays).filter(WorkingDays.isBankHoliday)
      // Every school trains its staff on the first day of the year; the other days are its own choice.
      var training: Set<Day> = [terms[0].first]
      let edges = terms.dropFirst().map(\.first) + terms.map(\.last)
      while training.count < trainingDays { training.insert(random.pick(edges)) }
      calendars[year] = SchoolCalendar(terms: terms, closed: training.union(holidays))
    }
    return calendars
  }

  private static func weekdays(_ range: DayRange) -> [Day] {
    (range.first.ordinal...range.last.ordinal).map { Day(ordinal: $0) }.filter { $0.weekday <= 5 }
  }

  private static func ranges(_ texts: [(String, String)]) -> [DayRange] {
    texts.map { first, last in
      guard let first = Day(iso: first), let last = Day(iso: last) else { preconditionFailure("the table has dates") }
      return DayRange(first: first, last: last)
    }
  }
}
