public import Contracts
public import Rulebook

/// The attendance of one child in care (`attendance.md` 10). The two counts are never blended.
public struct CareChild: Hashable, Sendable {
  public let pupil: PupilID
  public let inCareSince: Day
  /// From the day of coming into care, or the first of the school year, on every roll.
  public let sinceEntering: Statistics
  /// From the first of the school year, earlier history included.
  public let yearToDate: Statistics
  /// School days in care on which the child was on no roll. They are not possible sessions.
  public let daysOffRoll: Int

  public init(
    pupil: PupilID, inCareSince: Day, sinceEntering: Statistics, yearToDate: Statistics, daysOffRoll: Int
  ) {
    self.pupil = pupil
    self.inCareSince = inCareSince
    self.sinceEntering = sinceEntering
    self.yearToDate = yearToDate
    self.daysOffRoll = daysOffRoll
  }

  /// How many school days of a span are on no roll: by the calendar of the school that the child left, else of the one
  /// that it came to, else Mondays to Fridays.
  public static func daysOffRoll(
    in span: DayRange, rolls: [(days: Membership, calendars: CalendarYears)]
  ) -> Int {
    guard span.first <= span.last else { return 0 }
    let ordered = rolls.sorted { $0.days.first < $1.days.first }
    return (span.first.ordinal...span.last.ordinal).map(Day.init(ordinal:)).count { day in
      if ordered.contains(where: { $0.days.first <= day && ($0.days.last.map { day <= $0 } ?? true) }) { return false }
      let left = ordered.last { $0.days.first <= day } ?? ordered.first
      guard let calendar = left?.calendars.years[SchoolYear(containing: day)] else { return day.weekday <= 5 }
      return calendar.isSchoolDay(day)
    }
  }
}

/// I22 over some children: the headline over all, the adjusted figure over those with enough sessions, and the bands.
public struct CareFigures: Hashable, Sendable {
  public let headline: CareIndicator
  public let adjusted: CareIndicator
  public let minimumSessions: Int
  /// Children with a possible session and at least 90%, but not above 95%.
  public let middle: Int
  /// Children below 90%.
  public let below: Int
  public let total: Statistics

  /// - Parameter day: the rules are those of this day.
  public init(_ children: [Statistics], on day: Day) {
    self.init(children, on: day, minimumSessions: FigureRules.careMinimumSessions.value(on: day))
  }

  init(_ children: [Statistics], on day: Day, minimumSessions: Int) {
    let target = FigureRules.careTarget.value(on: day)
    let alert = FigureRules.careAlert.value(on: day)
    self.minimumSessions = minimumSessions
    headline = CareIndicator(children, threshold: target, minimumSessions: 0)
    adjusted = CareIndicator(children, threshold: target, minimumSessions: minimumSessions)
    below = children.count { $0.possible > 0 && $0.present * alert.outOf < $0.possible * alert.parts }
    middle = headline.counted - headline.above - below
    total = children.reduce(Statistics(), +)
  }
}

/// I22 as it leaves the service.
public struct CareMeasure: Codable, Hashable, Sendable {
  /// How many children have which attendance; absent when suppressed.
  public struct Bands: Codable, Hashable, Sendable {
    public let above95: Int?
    public let from90To95: Int?
    public let below90: Int?
    public let suppressed: Bool
  }

  /// Over all children with a possible session.
  public let headline: PublishedFigure
  /// Over those with at least `minimumSessions` possible sessions.
  public let adjusted: PublishedFigure
  public let minimumSessions: Int
  public let bands: Bands
  public let attendance: PublishedFigure
  public let authorised: PublishedFigure
  public let unauthorised: PublishedFigure

  /// - Parameter small: the counts that are kept back; `nil` when none are.
  public init(_ figures: CareFigures, small: ClosedRange<Int>?) {
    let (headline, adjusted) = (figures.headline, figures.adjusted)
    var hidden = [false, false, false, false]
    var isAdjustedHidden = false
    if let small {
      let parts = [headline.above, figures.middle, figures.below]
      var table = SuppressedTable(inner: [parts], small: small)
      for (column, part) in parts.enumerated() where small.contains(headline.counted - part) {
        for row in 0...1 { table.suppress(row: row, column: column) }
      }
      table.protect()
      hidden = table.isSuppressed[0]
      // Beside the headline, the adjusted figure tells of those who are in one and not in the other.
      isAdjustedHidden =
        hidden[0] || hidden[3]
        || [
          adjusted.above, adjusted.counted, adjusted.counted - adjusted.above, headline.counted - adjusted.counted,
          headline.above - adjusted.above,
          headline.counted - headline.above - adjusted.counted + adjusted.above,
        ].contains(where: small.contains)
    }
    let isTotalHidden = small.map { $0.contains(headline.counted) } ?? false
    func sessions(_ definition: String, _ measure: String, _ count: Int) -> PublishedFigure {
      let isSmall = small.map { $0.contains(count) || $0.contains(figures.total.possible - count) } ?? false
      return PublishedFigure(
        definition, measure, Masked(count, hidden: isTotalHidden || isSmall),
        of: Masked(figures.total.possible, hidden: isTotalHidden))
    }
    self.headline = PublishedFigure(
      "I22", "headline", Masked(headline.above, hidden: hidden[0]), of: Masked(headline.counted, hidden: hidden[3]))
    self.adjusted = PublishedFigure(
      "I22", "adjusted", Masked(adjusted.above, hidden: isAdjustedHidden),
      of: Masked(adjusted.counted, hidden: isAdjustedHidden))
    minimumSessions = figures.minimumSessions
    bands = Bands(
      above95: hidden[0] ? nil : headline.above, from90To95: hidden[1] ? nil : figures.middle,
      below90: hidden[2] ? nil : figures.below, suppressed: hidden.contains(true))
    let total = figures.total
    // The three add up: none is left out alone.
    let isAnySmall =
      small.map { small in
        [total.present, total.authorised, total.unauthorised].contains { small.contains($0) }
      } ?? false
    attendance = isAnySmall ? .hidden("I01", "attendance") : sessions("I01", "attendance", total.present)
    authorised = isAnySmall ? .hidden("I02", "authorised") : sessions("I02", "authorised", total.authorised)
    unauthorised = isAnySmall ? .hidden("I02", "unauthorised") : sessions("I02", "unauthorised", total.unauthorised)
  }
}

extension PublishedFigure {
  fileprivate static func hidden(_ definition: String, _ measure: String) -> PublishedFigure {
    PublishedFigure(definition, measure, Masked(0, hidden: true), of: Masked(0, hidden: true))
  }
}
