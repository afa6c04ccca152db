public import Rulebook

/// The days that a question about figures names.
public enum FigurePeriod: Hashable, Sendable {
  case days(DayRange)
  /// The half term that a day is in, or the last one before it.
  case halfTerm(Day)
  /// The autumn, spring or summer term that a day is in, or the last one before it.
  case term(Day)
  /// From the beginning of the school year to a day.
  case yearToDate(Day)
  case year(SchoolYear)

  /// How an answer names it.
  public var name: String {
    switch self {
    case .days: "days"
    case .halfTerm: "half-term"
    case .term: "term"
    case .yearToDate: "year-to-date"
    case .year: "year"
    }
  }

  /// The day by which calendars are looked for; `nil` when none are needed.
  public var calendarDay: Day? {
    switch self {
    case .halfTerm(let day), .term(let day): day
    case .days, .yearToDate, .year: nil
    }
  }

  /// The days, by the calendars of the year of ``calendarDay``. Where schools differ, from the earliest beginning to the
  /// latest end; `nil` when no calendar has such a term.
  public func days(_ calendars: [SchoolCalendar]) -> DayRange? {
    switch self {
    case .days(let days): return days
    case .year(let year): return year.days
    case .yearToDate(let day): return DayRange(first: SchoolYear(containing: day).first, last: day)
    case .halfTerm(let day):
      return Self.hull(calendars.compactMap { Self.half($0, day).map { [$0] } })
    case .term(let day):
      return Self.hull(
        calendars.compactMap { calendar in
          Self.half(calendar, day).map { half in calendar.stretches.filter { Self.season($0) == Self.season(half) } }
        })
    }
  }

  private static func half(_ calendar: SchoolCalendar, _ day: Day) -> DayRange? {
    calendar.stretches.filter { $0.first <= day }.max { $0.first < $1.first }
  }

  /// Autumn to December, spring to March, summer from April, by the first day: Easter moves the end of a term only.
  private static func season(_ range: DayRange) -> Int {
    switch range.first.month {
    case 8...12: 0
    case 1...3: 1
    default: 2
    }
  }

  private static func hull(_ ranges: [[DayRange]]) -> DayRange? {
    let all = ranges.joined()
    guard let first = all.map(\.first).min(), let last = all.map(\.last).max() else { return nil }
    return DayRange(first: first, last: last)
  }
}
