/// Which year group a child is taught in, school year by school year.
public struct TaughtGroup: Hashable, Sendable {
  /// The start of the school year in which the child is, was or will be in reception.
  private let receptionYear: Int

  /// - Parameters:
  ///   - stated: the group that a school stated and the school year for which it did: it moves on by itself.
  ///   - dateOfBirth: decides where nothing was stated.
  public init(stated: (group: YearGroup, year: SchoolYear)?, dateOfBirth: Day) {
    receptionYear =
      stated.map { $0.year.startYear - $0.group.number } ?? YearGroup.receptionYear(dateOfBirth: dateOfBirth)
  }

  /// The group as it was stored or told: a text that is no year group, or one without its school year, states none.
  public init(stated: String?, _ year: SchoolYear?, dateOfBirth: Day) {
    let group = stated.flatMap { YearGroup($0) }
    self.init(
      stated: group.flatMap { group in year.map { (group: group, year: $0) } }, dateOfBirth: dateOfBirth)
  }

  /// The year group in a school year; `nil` beyond the youngest and the oldest.
  public func group(in year: SchoolYear) -> YearGroup? { YearGroup(number: year.startYear - receptionYear) }
}

/// A child's time on one school's roll, as far as it decides which sessions count.
public struct TimeOnRoll: Hashable, Sendable {
  /// From the first to the last day; to the end of time while the child is on the roll.
  public let days: DayRange
  public let taught: TaughtGroup

  public init(first: Day, last: Day?, taught: TaughtGroup) {
    days = DayRange(first: first, last: last ?? Day(ordinal: .max))
    self.taught = taught
  }

  /// Whether a mark of a session counts at all, in the register's figures and findings and toward the threshold of a
  /// penalty notice alike: the child is on the roll that day, and the school's calendar has the session for the child's
  /// year group (*what counts*). What it then counts as is the code's affair, see ``CodeScheme``.
  ///
  /// - Parameter calendar: the school's, of the day's year; `nil` while there is none: then nothing counts.
  public func counts(_ day: Day, _ session: Session, in calendar: SchoolCalendar?) -> Bool {
    days.contains(day)
      && calendar?.hasSession(day, session, for: taught.group(in: SchoolYear(containing: day))) ?? false
  }
}

/// The sessions of a school's year as a row of marks has them: the calendar's part of ``TimeOnRoll/counts(_:_:in:)`` for
/// a whole row at once.
public struct YearSessions: Hashable, Sendable {
  /// One byte a session of the year: ``kept`` where it takes place, 0 where it does not. A register byte and this gives
  /// the byte, or 0, which is no code.
  public typealias Mask = [UInt8]
  /// Keeps every register byte.
  public static let kept: UInt8 = 0x7F
  /// Of a year in which every day has both sessions.
  public static let everySession = Mask(repeating: kept, count: SchoolYear.rowLength)
  /// Of a year that has no calendar.
  public static let none = Mask(repeating: 0, count: SchoolYear.rowLength)

  private let whole: Mask
  /// Of the year groups to which the school is closed on some days.
  private let byGroup: [YearGroup: Mask]

  public init(_ calendar: SchoolCalendar, _ year: SchoolYear) {
    var whole = Self.none
    let days = calendar.schoolDays.filter(year.days.contains)
    for day in days {
      for session in Session.allCases where calendar.hasSession(day, session) {
        whole[year.position(of: day, session)] = Self.kept
      }
    }
    var byGroup: [YearGroup: Mask] = [:]
    for group in Set(calendar.yearGroupClosures.flatMap(\.yearGroups)) {
      var mask = whole
      for day in days where calendar.isClosed(on: day, to: group) {
        for session in Session.allCases { mask[year.position(of: day, session)] = 0 }
      }
      byGroup[group] = mask
    }
    self.whole = whole
    self.byGroup = byGroup
  }

  /// The sessions of a year group; those of the whole school for an unknown one.
  public func mask(for group: YearGroup?) -> Mask {
    byGroup.isEmpty ? whole : group.flatMap { byGroup[$0] } ?? whole
  }
}
