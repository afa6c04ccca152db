public import Rulebook

/// How long what a register says is kept (School Attendance (Pupil Registration) (England) Regulations 2024;
/// `attendance.md` 6, `notifications.md` 8). Every answer is for one day: the law of that day decides.
public enum Retention {
  /// Why the entries of a registration and school year stay, or that they may go.
  public enum Verdict: String, Hashable, Sendable {
    case mayGo
    /// An open case, complaint or proceedings needs them.
    case held
    /// Their time is not over.
    case recent
  }

  /// For how many years an entry is kept, from the later of the day it was made and the day it was last amended (ATT-3).
  public static let entryYears: [InForce<Int>] = [
    InForce(
      3, to: Day(year: 2024, month: 8, day: 18),
      source: "Education (Pupil Registration) (England) Regulations 2006, SI 2006/1751"),
    InForce(
      6, from: Day(year: 2024, month: 8, day: 19),
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208; ATT-3"),
  ]

  /// For how many years the authority keeps what a file said and its receipt: as long as the entries they explain.
  public static let uploadYears: [InForce<Int>] = [
    InForce(6, source: "NT-3: the authority's copy of daily marks")
  ]

  /// For how many days a disposal can be reversed.
  public static let reversibleDays: [InForce<Int>] = [
    InForce(30, source: "NT-3: purge is reversible for 30 days")
  ]

  /// What may be done with a registration's school year.
  ///
  /// - Parameters:
  ///   - touched: the later of the day on which its last entry was made and the day of its last amendment.
  ///   - isHeld: whether a hold on the child is open.
  public static func verdict(touched: Day, isHeld: Bool, on today: Day) -> Verdict {
    if !isOver(touched, entryYears, on: today) { return .recent }
    return isHeld ? .held : .mayGo
  }

  /// Whether the time of something of a day is over: the day so many years later has passed.
  public static func isOver(_ day: Day, _ years: [InForce<Int>], on today: Day) -> Bool {
    guard let years = years.inForce(on: today)?.value else { return false }
    let last = day.anniversary(years)
    // A day beyond those that can be written has no anniversary: then nothing goes.
    return last > day && last < today
  }

  /// The first day of which nothing may go yet.
  public static func firstKept(_ years: [InForce<Int>], on today: Day) -> Day {
    guard let count = years.inForce(on: today)?.value else { return Day(ordinal: .min) }
    var day = today.adding(months: -12 * count)
    while !isOver(day.adding(days: -1), years, on: today) { day = day.adding(days: -1) }
    while isOver(day, years, on: today) { day = day.adding(days: 1) }
    return day
  }

  /// The last day on which a disposal can be reversed; `nil` when no rule says so.
  public static func reversibleUntil(carriedOut day: Day) -> Day? {
    reversibleDays.inForce(on: day).map { day.adding(days: $0.value) }
  }
}
