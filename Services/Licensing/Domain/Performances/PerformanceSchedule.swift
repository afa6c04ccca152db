public import Rulebook

/// The days of one child in performances and rehearsals, one after another: rest between them and days running.
public struct PerformanceSchedule: Hashable, Sendable {
  /// One day.
  public struct Attendance: Hashable, Sendable {
    public let atPlace: LocalSpan
    /// Whether it is night work that the authority permitted.
    public let isNightWork: Bool

    public init(_ atPlace: LocalSpan, isNightWork: Bool) {
      self.atPlace = atPlace
      self.isNightWork = isNightWork
    }
  }

  /// The most days running.
  public let longestRun: Int
  /// From leaving to arriving, in minutes that pass: never shorter than from the end of the part (LIC-15).
  public let restMinutes: [Int]
  /// In the order of their ids.
  public let violations: [PerformanceRule]

  public init(_ days: [Attendance], under terms: Dated<PerformanceTerms> = PerformanceTerms.england) {
    let days = days.sorted { $0.atPlace.start < $1.atPlace.start }
    var violations: Set<PerformanceRule> = []
    restMinutes = zip(days, days.dropFirst()).map { earlier, later in
      let rest = earlier.atPlace.end.minutes(until: later.atPlace.start)
      let terms = terms.value(on: earlier.atPlace.start.day)
      if earlier.isNightWork {
        if rest < terms.restAfterNight { violations.insert(.nightRest) }
      } else if rest < terms.overnightRest {
        violations.insert(.overnight)
      }
      return rest
    }
    var (run, longest) = (0, 0)
    var last: Day?
    for day in Set(days.map(\.atPlace.start.day)).sorted() {
      run = last?.adding(days: 1) == day ? run + 1 : 1
      longest = max(longest, run)
      if run > terms.value(on: day).mostDaysRunning { violations.insert(.consecutive) }
      last = day
    }
    longestRun = longest
    self.violations = violations.sorted()
  }
}

/// The break in performances after full weeks running (reg 27; LIC-16).
public struct BreakInPerformances: Hashable, Sendable {
  /// A break that is due.
  public struct Due: Hashable, Sendable {
    /// The day after which the break begins.
    public let lastPerformance: Day
    /// The days of the break.
    public let days: DayRange
    /// Whether the child performs in it nevertheless.
    public let isBroken: Bool
  }

  /// In order; empty when none is due.
  public let due: [Due]
  /// The rule, when a break is not kept.
  public var violations: [PerformanceRule] { due.contains(where: \.isBroken) ? [.eightWeeks] : [] }

  /// - Parameters:
  ///   - dates: the days of performances and rehearsals.
  ///   - licenceDays: on how many days the licence allows the child to perform.
  ///   - isCircus: circuses are excepted.
  public init(
    dates: Set<Day>, licenceDays: Int, isCircus: Bool = false,
    under law: Dated<PerformanceTerms> = PerformanceTerms.england
  ) {
    guard let first = dates.min(), let last = dates.max(), !isCircus,
      licenceDays >= law.value(on: first).breakFromLicenceDays
    else {
      due = []
      return
    }
    let weeks = Dictionary(grouping: dates, by: \.monday)
    var due: [Due] = []
    var run = 0
    for monday in stride(from: first.monday.ordinal, through: last.ordinal, by: 7).map(Day.init(ordinal:)) {
      let terms = law.value(on: monday)
      let days = weeks[monday, default: []]
      let isInBreak = due.last.map { monday <= $0.days.last } ?? false
      run = days.count >= terms.mostDaysRunning && !isInBreak ? run + 1 : 0
      guard run == terms.fullWeeks, let latest = days.max() else { continue }
      let free = DayRange(first: latest.adding(days: 1), last: latest.adding(days: terms.breakDays))
      due.append(Due(lastPerformance: latest, days: free, isBroken: dates.contains(where: free.contains)))
      run = 0
    }
    self.due = due
  }
}

/// Night work, and the days without it that follow nights running (reg 28).
public struct NightRun: Hashable, Sendable {
  /// The days on which there may be none, in order.
  public let barred: [DayRange]
  public let violations: [PerformanceRule]

  /// - Parameter nights: the days on which a night's work begins.
  public init(nights: Set<Day>, under law: Dated<PerformanceTerms> = PerformanceTerms.england) {
    var barred: [DayRange] = []
    var isBroken = false
    var run = 0
    var last: Day?
    for night in nights.sorted() {
      if let bar = barred.last, bar.contains(night) {
        isBroken = true
        continue
      }
      let terms = law.value(on: night)
      run = last?.adding(days: 1) == night ? run + 1 : 1
      last = night
      guard run == terms.nightsRunning else { continue }
      barred.append(DayRange(first: night.adding(days: 1), last: night.adding(days: terms.daysWithoutNights)))
    }
    self.barred = barred
    violations = isBroken ? [.nightRun] : []
  }
}
