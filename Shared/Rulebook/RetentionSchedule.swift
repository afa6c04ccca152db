/// For how long something is kept: numbers of years, each with the days on which it is the law and its source.
///
/// ```swift
/// static let notices = RetentionSchedule([InForce(6, source: "ENF-9: notices and their payment")])
/// notices.verdict(touched: paidOn, isHeld: isDisputed, on: today)
/// ```
public struct RetentionSchedule: Sendable {
  /// Whether something may go.
  public enum Verdict: String, Hashable, Sendable {
    case mayGo
    /// An open case, complaint or proceedings needs it.
    case held
    /// Its time is not over.
    case recent
  }

  /// By the days on which each is in force.
  public let years: Dated<Int>

  public init(_ years: Dated<Int>) { self.years = years }

  /// What may be done with something. The law of the day that is asked about decides.
  ///
  /// - Parameters:
  ///   - touched: the day from which the time runs: the last on which anything of it was made or changed.
  ///   - isHeld: whether a hold on it is open.
  public func verdict(touched: Day, isHeld: Bool, on today: Day) -> Verdict {
    if !isOver(touched, on: today) { return .recent }
    return isHeld ? .held : .mayGo
  }

  /// Whether the time of something of a day is over: the day so many years later has passed.
  public func isOver(_ day: Day, on today: Day) -> Bool {
    guard let years = years.inForce(on: today)?.value else { return false }
    let last = day.anniversary(years)
    // A day beyond those that can be written has no anniversary: then nothing goes.
    return last > day && last < today
  }

  /// The first day of which nothing may go yet.
  public func firstKept(on today: Day) -> Day {
    guard let count = years.inForce(on: today)?.value else { return Day(ordinal: .min) }
    var day = today.adding(months: -12 * count)
    while !isOver(day.adding(days: -1), on: today) { day = day.adding(days: -1) }
    while isOver(day, on: today) { day = day.adding(days: 1) }
    return day
  }

  /// Where the rule of a day is written; `nil` when none is in force.
  public func source(on day: Day) -> String? { years.inForce(on: day)?.source }
}
