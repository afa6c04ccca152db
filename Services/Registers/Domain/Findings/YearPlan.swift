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

/// What a register byte means to the judge, by the codes in force on a day: one table look-up a session.
struct CodeTraits: OptionSet, Sendable {
  let rawValue: UInt8

  static let present = CodeTraits(rawValue: 1)
  static let authorised = CodeTraits(rawValue: 2)
  static let unauthorised = CodeTraits(rawValue: 4)
  /// G, N, O or U: counts toward an attendance return.
  static let returned = CodeTraits(rawValue: 8)
  static let ill = CodeTraits(rawValue: 16)
  static let partTime = CodeTraits(rawValue: 32)
  static let unexplained = CodeTraits(rawValue: 64)

  static let breaking: CodeTraits = [.present, .authorised]

  /// By register byte, for sessions of a day.
  static func table(on day: Day) -> [CodeTraits] { day < changed ? before : since }

  /// The first day of the second table.
  static let changed: Day = {
    var low = Day(ordinal: 0)
    let name = CodeScheme.inForce(on: low).name
    var step: Int32 = 1 << 15
    while step > 0 {
      let next = Day(ordinal: low.ordinal + step)
      if CodeScheme.inForce(on: next).name == name { low = next }
      step /= 2
    }
    return low.adding(days: 1)
  }()

  private static let before = make(changed.adding(days: -1))
  private static let since = make(changed)
  private static let partTimeCode = AttendanceCode("C2")

  private static func make(_ day: Day) -> [CodeTraits] {
    let scheme = CodeScheme.inForce(on: day)
    let unexplained = FindingRules.unexplained.inForce(on: day)?.value ?? []
    return (0...255).map { byte in
      guard byte < 128, let code = AttendanceCode(registerByte: UInt8(byte)), let rule = scheme.rule(for: code) else {
        return []
      }
      var traits: CodeTraits = []
      if rule.countsAsPresent { traits.insert(.present) }
      if rule.statisticalClass == .authorisedAbsence { traits.insert(.authorised) }
      if rule.statisticalClass == .unauthorisedAbsence { traits.insert(.unauthorised) }
      if rule.attendanceReturn { traits.insert(.returned) }
      if rule.sicknessReturn { traits.insert(.ill) }
      if code == partTimeCode { traits.insert(.partTime) }
      if unexplained.contains(code) { traits.insert(.unexplained) }
      return traits
    }
  }
}
