/// Days from a first to a last, inclusive.
public struct DayRange: Hashable, Sendable, Codable {
  public let first: Day
  public let last: Day

  public init(first: Day, last: Day) {
    self.first = first
    self.last = last
  }

  public func contains(_ day: Day) -> Bool { first <= day && day <= last }
}

/// When one school is in session. Never an authority's: each school sets its own.
public struct SchoolCalendar: Hashable, Sendable, Codable {
  /// The ranges in session; half terms lie between them.
  public var terms: [DayRange]
  /// Weekdays within the terms without sessions.
  public var closed: Set<Day>
  /// Days with one session only.
  public var oneSessionDays: [Day: Session]
  /// Which of the closed days are for staff training (INSET).
  public var training: Set<Day>
  /// Days on which the school is closed to some year groups only.
  public var yearGroupClosures: [YearGroupClosure]
  /// Days on which the school is open although they are a weekend or in no term; never closed ones.
  public var additionalDays: Set<Day>

  public init(
    terms: [DayRange], closed: Set<Day> = [], oneSessionDays: [Day: Session] = [:], training: Set<Day> = [],
    yearGroupClosures: [YearGroupClosure] = [], additionalDays: Set<Day> = []
  ) {
    self.terms = terms
    self.closed = closed.union(training)
    self.oneSessionDays = oneSessionDays
    self.training = training
    self.yearGroupClosures = yearGroupClosures
    self.additionalDays = additionalDays.subtracting(self.closed)
  }

  private enum CodingKeys: CodingKey {
    case terms, closed, oneSessionDays, training, yearGroupClosures, additionalDays
  }

  /// Reads a calendar; what was added to its shape later may be absent.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      terms: try values.decode([DayRange].self, forKey: .terms),
      closed: try values.decode(Set<Day>.self, forKey: .closed),
      oneSessionDays: try values.decode([Day: Session].self, forKey: .oneSessionDays),
      training: try values.decodeIfPresent(Set<Day>.self, forKey: .training) ?? [],
      yearGroupClosures: try values.decodeIfPresent([YearGroupClosure].self, forKey: .yearGroupClosures) ?? [],
      additionalDays: try values.decodeIfPresent(Set<Day>.self, forKey: .additionalDays) ?? [])
  }

  /// Whether the school is open to pupils.
  public func isSchoolDay(_ day: Day) -> Bool {
    !closed.contains(day)
      && (additionalDays.contains(day) || (day.weekday <= 5 && terms.contains { $0.contains(day) }))
  }

  /// Whether the session takes place.
  public func hasSession(_ day: Day, _ session: Session) -> Bool {
    isSchoolDay(day) && oneSessionDays[day].map { $0 == session } ?? true
  }

  /// Whether the session takes place for a year group; for an unknown one when it takes place at all.
  public func hasSession(_ day: Day, _ session: Session, for yearGroup: YearGroup?) -> Bool {
    hasSession(day, session) && !isClosed(on: day, to: yearGroup)
  }

  /// Whether a day is closed to a year group only; never to an unknown one.
  public func isClosed(on day: Day, to yearGroup: YearGroup?) -> Bool {
    guard let yearGroup, !yearGroupClosures.isEmpty else { return false }
    return yearGroupClosures.contains { $0.covers(day) && $0.yearGroups.contains(yearGroup) }
  }

  /// The terms with the additional days that lie between them: each belongs to the term before it, or to the first.
  public var stretches: [DayRange] {
    guard !additionalDays.isEmpty else { return terms }
    let ordered = terms.sorted { $0.first < $1.first }
    return ordered.indices.map { place in
      let end = place + 1 < ordered.count ? ordered[place + 1].first : Day(ordinal: .max)
      let begin = place == 0 ? Day(ordinal: .min) : ordered[place].first
      let own = additionalDays.filter { begin <= $0 && $0 < end }
      return DayRange(
        first: min(ordered[place].first, own.min() ?? ordered[place].first),
        last: max(ordered[place].last, own.max() ?? ordered[place].last))
    }
  }

  /// Every school day in order, each once.
  public var schoolDays: [Day] {
    var days: Set<Day> = []
    for term in terms where term.first <= term.last {
      for ordinal in term.first.ordinal...term.last.ordinal {
        let day = Day(ordinal: ordinal)
        if day.weekday <= 5, !closed.contains(day) { days.insert(day) }
      }
    }
    return days.union(additionalDays).sorted()
  }

  /// The Mondays of the weeks with at least one session, in order (PN-1, PN-2: school weeks).
  public var schoolWeeks: [Day] { Set(schoolDays.map(\.monday)).sorted() }

  /// The n-th school day after a day, from 1; `nil` when the calendar ends before.
  public func schoolDay(nth number: Int, after day: Day) -> Day? {
    let bounds = terms.flatMap { [$0.first, $0.last] } + additionalDays
    guard number >= 1, let first = bounds.min(), let end = bounds.max() else { return nil }
    // Day by day: to list every school day takes longer than the few steps that clocks ask for.
    var (found, next) = (0, max(day, first.adding(days: -1)))
    while next < end {
      next = next.adding(days: 1)
      if isSchoolDay(next) { found += 1 }
      if found == number { return next }
    }
    return nil
  }

  /// The n-th school day from a day on, itself included; `nil` when the calendar ends before.
  public func schoolDay(nth number: Int, from day: Day) -> Day? { schoolDay(nth: number, after: day.adding(days: -1)) }

  /// How many sessions take place in a range.
  public func sessions(in range: DayRange) -> Int {
    schoolDays.lazy.filter(range.contains).reduce(0) { $0 + (oneSessionDays[$1] == nil ? 2 : 1) }
  }

  /// This calendar and another as one: several years of one school.
  public func joined(with other: SchoolCalendar) -> SchoolCalendar {
    SchoolCalendar(
      terms: terms + other.terms, closed: closed.union(other.closed),
      oneSessionDays: oneSessionDays.merging(other.oneSessionDays) { $1 }, training: training.union(other.training),
      yearGroupClosures: yearGroupClosures + other.yearGroupClosures,
      additionalDays: additionalDays.union(other.additionalDays))
  }
}

/// Days on which a school is closed to some year groups only.
public struct YearGroupClosure: Hashable, Sendable, Codable {
  public let yearGroups: [YearGroup]
  public let first: Day
  public let last: Day

  public init(yearGroups: [YearGroup], first: Day, last: Day) {
    self.yearGroups = yearGroups
    self.first = first
    self.last = last
  }

  /// Whether a day is one of them.
  public func covers(_ day: Day) -> Bool { first <= day && day <= last }
}

/// The year in which registers are kept: from 1 August, because a school year begins with the first term after July
/// (Education Act 1996 s579). Compulsory school age has its own year, see ``CompulsorySchoolAge``.
public struct SchoolYear: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// The calendar year in which it begins.
  public let startYear: Int

  public init(startYear: Int) { self.startYear = startYear }

  /// The year that a day is in.
  public init(containing day: Day) { startYear = day.month >= 8 ? day.year : day.year - 1 }

  /// Reads `2026/27` or `2026-27`.
  public init?(label: some StringProtocol) {
    let parts = label.split(whereSeparator: { $0 == "/" || $0 == "-" })
    guard parts.count == 2, label.utf8.count == 7, let start = Int(parts[0]), let end = Int(parts[1]),
      1900..<2199 ~= start, (start + 1) % 100 == end
    else { return nil }
    startYear = start
  }

  public var first: Day { Day(existingYear: startYear, month: 8, day: 1) }
  public var last: Day { Day(existingYear: startYear + 1, month: 7, day: 31) }
  /// From the first to the last.
  public var days: DayRange { DayRange(first: first, last: last) }
  /// Its 1 September, from which illness is counted (ATT-13); August belongs to the year that ends with it.
  public var september: Day { Day(existingYear: startYear, month: 9, day: 1) }

  /// `2026/27`.
  public var label: String {
    let end = (startYear + 1) % 100
    return "\(startYear)/\(end < 10 ? "0" : "")\(end)"
  }

  public var description: String { label }

  /// How many sessions a row has room for: two for each day of a leap year.
  public static let rowLength = 732

  /// Where a session stands in a pupil-year row. The day must be in the year.
  public func position(of day: Day, _ session: Session) -> Int { (day - first) * 2 + session.index }

  public static func < (a: SchoolYear, b: SchoolYear) -> Bool { a.startYear < b.startYear }
}
