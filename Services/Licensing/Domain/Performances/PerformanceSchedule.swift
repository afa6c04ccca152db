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
  /// What is broken, by day.
  public let breaches: [PerformanceBreach]
  /// In the order of their ids.
  public var violations: [PerformanceRule] { Set(breaches.map(\.rule)).sorted() }

  public init(_ days: [Attendance], under terms: Dated<PerformanceTerms> = PerformanceTerms.england) {
    let days = days.sorted { $0.atPlace.start < $1.atPlace.start }
    let pairs = Array(zip(days, days.dropFirst()))
    restMinutes = pairs.map { $0.atPlace.end.minutes(until: $1.atPlace.start) }
    var breaches = pairs.compactMap { Self.rest($0, $1, terms.value(on: $0.atPlace.start.day)) }
    var (run, longest) = (0, 0)
    var last: Day?
    for day in Set(days.map(\.atPlace.start.day)).sorted() {
      run = last?.adding(days: 1) == day ? run + 1 : 1
      longest = max(longest, run)
      let most = terms.value(on: day).mostDaysRunning
      if run > most {
        breaches.append(
          .init(.consecutive, on: day, instead: "Leave \(day.inWordsWithWeekday) free: at most \(most) days running."))
      }
      last = day
    }
    longestRun = longest
    self.breaches = breaches.sorted { ($0.on, $0.rule) < ($1.on, $1.rule) }
  }

  private static func rest(
    _ earlier: Attendance, _ later: Attendance, _ terms: PerformanceTerms
  ) -> PerformanceBreach? {
    let (end, start) = (earlier.atPlace.end, later.atPlace.start)
    let needed = earlier.isNightWork ? terms.restAfterNight : terms.overnightRest
    guard end.minutes(until: start) < needed else { return nil }
    let first = end.adding(minutes: needed)
    return .init(
      earlier.isNightWork ? .nightRest : .overnight, on: start.day, at: LocalSpan(end, start) ?? later.atPlace,
      instead: "Arrive at \(first.time) on \(first.day.inWordsWithWeekday) or later: \(needed.hours) of rest.")
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
    /// The days in it on which the child performs nevertheless.
    public let broken: [Day]
    /// Whether the child performs in it nevertheless.
    public var isBroken: Bool { !broken.isEmpty }
  }

  /// In order; empty when none is due.
  public let due: [Due]
  /// The rule, when a break is not kept.
  public var violations: [PerformanceRule] { due.contains(where: \.isBroken) ? [.eightWeeks] : [] }
  /// What is broken, by day.
  public var breaches: [PerformanceBreach] {
    due.flatMap { due in
      due.broken.map {
        .init(
          .eightWeeks, on: $0,
          instead: "Leave \(due.days.first.inWordsWithWeekday) to \(due.days.last.inWordsWithWeekday) free.")
      }
    }
  }

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
      due.append(Due(lastPerformance: latest, days: free, broken: dates.filter(free.contains).sorted()))
      run = 0
    }
    self.due = due
  }
}

/// Night work, and the days without it that follow nights running (reg 28).
public struct NightRun: Hashable, Sendable {
  /// The days on which there may be none, in order.
  public let barred: [DayRange]
  /// What is broken, by night.
  public let breaches: [PerformanceBreach]
  public var violations: [PerformanceRule] { breaches.isEmpty ? [] : [.nightRun] }

  /// - Parameter nights: the days on which a night's work begins.
  public init(nights: Set<Day>, under law: Dated<PerformanceTerms> = PerformanceTerms.england) {
    var barred: [DayRange] = []
    var breaches: [PerformanceBreach] = []
    var run = 0
    var last: Day?
    for night in nights.sorted() {
      if let bar = barred.last, bar.contains(night) {
        breaches.append(
          .init(.nightRun, on: night, instead: "No night work before \(bar.last.adding(days: 1).inWordsWithWeekday)."))
        continue
      }
      let terms = law.value(on: night)
      run = last?.adding(days: 1) == night ? run + 1 : 1
      last = night
      guard run == terms.nightsRunning else { continue }
      barred.append(DayRange(first: night.adding(days: 1), last: night.adding(days: terms.daysWithoutNights)))
    }
    self.barred = barred
    self.breaches = breaches
  }
}
