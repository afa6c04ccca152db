public import Rulebook

/// The calendars of one school, by school year.
public struct CalendarYears: Hashable, Sendable {
  public let years: [SchoolYear: SchoolCalendar]
  /// The same as findings are judged by.
  public let plans: [SchoolYear: YearPlan]

  public init(_ years: [SchoolYear: SchoolCalendar]) {
    self.init(plans: Dictionary(uniqueKeysWithValues: years.map { ($0, YearPlan($1, $0)) }))
  }

  public init(plans: [SchoolYear: YearPlan]) {
    self.plans = plans
    years = plans.mapValues(\.calendar)
  }

  /// A row with only the marks that count (``TimeOnRoll/counts(_:_:in:)``); none of a year without a calendar.
  public func counting(_ row: PupilYear, for time: TimeOnRoll) -> PupilYear {
    plans[row.year]?.counting(row, for: time) ?? PupilYear(year: row.year)
  }

  /// Whether there is a calendar that has a session for a child.
  public func has(_ day: Day, _ session: Session, for taught: TaughtGroup) -> Bool {
    let year = SchoolYear(containing: day)
    return years[year]?.hasSession(day, session, for: taught.group(in: year)) ?? false
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
    let calendar = years[SchoolYear(containing: day)]
    if !PlausibleYears.contain(day, today: today), calendar == nil || day > today { return .implausibleYear(day) }
    if day > today { return .futureDate(day) }
    guard let calendar else { return .noCalendar(day) }
    if calendar.hasSession(day, session) { return nil }
    if calendar.isSchoolDay(day) { return .noSuchSession(day, session) }
    guard calendar.terms.contains(where: { $0.contains(day) }) else {
      let before = calendar.terms.map(\.last).filter { $0 < day }.max()
      let after = calendar.terms.map(\.first).filter { $0 > day }.min()
      guard let before, let after else { return .outsideTerms(day) }
      return .betweenTerms(day, after: before, before: after)
    }
    return day.weekday > 5 ? .weekend(day) : .closedDay(day)
  }
}

/// The school years that a mark can be of.
public enum PlausibleYears {
  /// From how many school years before today's to how many after it. A pupil can be on a roll from the age of two to
  /// nineteen, and records of a school that changes its system reach back as far; marks are sent ahead for the next school
  /// year at most.
  public static let around: Dated<ClosedRange<Int>> = [
    InForce(-20...1, source: "the product's own: the longest time on school rolls, and the school year to come")
  ]

  /// Whether a day is in one of them.
  static func contain(_ day: Day, today: Day) -> Bool {
    let years = SchoolYear(containing: day).startYear - SchoolYear(containing: today).startYear
    return around.value(on: today).contains(years)
  }
}
