import Rulebook

/// All days of one child in a production: each by the rules of a day, and together by the rules between days.
public struct ChildSchedule: Hashable, Sendable {
  /// By arriving.
  public let days: [PerformanceDay]
  /// Of all rules, by day and then by rule.
  public let breaches: [PerformanceBreach]

  /// - Parameters:
  ///   - days: the child's days at the place, in any order.
  ///   - isCircus: circuses are excepted from the break in performances.
  public init(_ days: [PerformanceDay.Times], isCircus: Bool = false) {
    let days = days.sorted { $0.atPlace.start < $1.atPlace.start }
    self.days = days.map { PerformanceDay($0) }
    let dates = Set(days.map(\.atPlace.start.day))
    let nights = Set(days.filter(\.isNightWorkPermitted).map(\.atPlace.start.day))
    breaches =
      (self.days.flatMap(\.breaches)
      + PerformanceSchedule(days.map { .init($0.atPlace, isNightWork: $0.isNightWorkPermitted) }).breaches
      + BreakInPerformances(dates: dates, licenceDays: dates.count, isCircus: isCircus).breaches
      + NightRun(nights: nights).breaches).sorted { ($0.on, $0.rule) < ($1.on, $1.rule) }
  }
}
