public import Rulebook

/// The calendars of one school, by school year.
public struct CalendarYears: Hashable, Sendable {
  public let years: [SchoolYear: SchoolCalendar]
  /// The same as findings are judged by.
  public let plans: [SchoolYear: YearPlan]

  public init(_ years: [SchoolYear: SchoolCalendar]) {
    self.years = years
    plans = Dictionary(uniqueKeysWithValues: years.map { ($0, YearPlan($1, $0)) })
  }

  /// The closures of a day that are to some year groups only; nearly always none.
  func closures(on day: Day) -> [YearGroupClosure] {
    guard let all = years[SchoolYear(containing: day)]?.yearGroupClosures, !all.isEmpty else { return [] }
    return all.filter { $0.covers(day) }
  }

  /// Why a session cannot have a mark; `nil` when it can.
  ///
  /// - Parameter today: the last day that can have marks.
  func obstacle(_ day: Day, _ session: Session, today: Day) -> MarkReason? {
    if day > today { return .futureDate }
    guard let calendar = years[SchoolYear(containing: day)] else { return .noCalendar }
    if calendar.hasSession(day, session) { return nil }
    if calendar.isSchoolDay(day) { return .noSuchSession }
    guard calendar.terms.contains(where: { $0.contains(day) }) else {
      let before = calendar.terms.map(\.last).filter { $0 < day }.max()
      let after = calendar.terms.map(\.first).filter { $0 > day }.min()
      guard let before, let after else { return .outsideTerms }
      return .betweenTerms(after: before, before: after)
    }
    return day.weekday > 5 ? .weekend : .closedDay
  }
}
