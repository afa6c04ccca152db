public import Rulebook

/// A school's year as the judge walks it: the days in session in order, each with its place in a pupil-year row.
public struct YearPlan: Hashable, Sendable {
  struct SchoolDay: Hashable, Sendable {
    let day: Day
    /// Where the morning stands in the row; the afternoon is next to it.
    let position: Int
    let hasMorning: Bool
    let hasAfternoon: Bool

    var sessions: Int { (hasMorning ? 1 : 0) + (hasAfternoon ? 1 : 0) }
  }

  public let year: SchoolYear
  public let calendar: SchoolCalendar
  let days: [SchoolDay]
  /// How many days have one session only: it is the whole day.
  let oneSessionDays: Int
  /// Which sessions can count, by year group.
  public let sessions: YearSessions

  public init(_ calendar: SchoolCalendar, _ year: SchoolYear) {
    self.year = year
    self.calendar = calendar
    sessions = YearSessions(calendar, year)
    days = calendar.schoolDays.filter { year.first <= $0 && $0 <= year.last }.map { day in
      SchoolDay(
        day: day, position: year.position(of: day, .am), hasMorning: calendar.hasSession(day, .am),
        hasAfternoon: calendar.hasSession(day, .pm))
    }
    oneSessionDays = days.count { $0.sessions == 1 }
  }

  /// Whether some sessions can fill a number of whole days.
  func can(_ sessions: Int, fill days: Int) -> Bool { sessions + oneSessionDays >= days * 2 }

  /// How many school days lie before a day.
  func schoolDays(before day: Day) -> Int {
    var low = 0
    var high = days.count
    while low < high {
      let middle = (low + high) / 2
      if days[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
