import Foundation
public import LicensingDomain
import Rulebook

/// The rules of performances again, minute by minute and slowly, by the time zone that the machine's own tables have: what
/// the engine says in stretches is counted here. It shares no arithmetic of time with the engine.
public struct PerformanceOracle: Sendable {
  /// One day of a child as it was made up.
  public struct Stay: Sendable {
    public let day: PerformanceDay.Times
    var isNight: Bool { day.isNightWorkPermitted }
  }

  private static let zone: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/London") ?? .gmt
    return calendar
  }()
  /// Greenwich minutes of a civil midnight.
  private var midnights: [Day: Int] = [:]

  public init() {}

  /// Minutes of Greenwich time; the first of a time that comes twice.
  mutating func minute(_ moment: LocalMoment) -> Int {
    if moment.time.minutes == 1440 { return minute(LocalMoment(moment.day.adding(days: 1), clock(0))) }
    let parts = DateComponents(
      year: moment.day.year, month: moment.day.month, day: moment.day.day, hour: moment.time.minutes / 60,
      minute: moment.time.minutes % 60)
    guard Self.changes(moment.day), let found = Self.zone.date(from: parts) else {
      return midnight(moment.day) + moment.time.minutes
    }
    return Int(found.timeIntervalSince1970) / 60
  }

  private mutating func midnight(_ day: Day) -> Int {
    if let known = midnights[day] { return known }
    let parts = DateComponents(year: day.year, month: day.month, day: day.day)
    let minute = Int((Self.zone.date(from: parts) ?? .distantPast).timeIntervalSince1970) / 60
    midnights[day] = minute
    return minute
  }

  /// Only days of a change need the calendar's own answer for each time.
  private static func changes(_ day: Day) -> Bool { [3, 10].contains(day.month) && day.weekday == 7 && day.day > 24 }

  /// The rules of a day and between days that some stays of one child break.
  public mutating func rules(_ stays: [Stay]) -> Set<PerformanceRule> {
    var broken: Set<PerformanceRule> = []
    for stay in stays { broken.formUnion(day(stay.day)) }
    return broken.union(between(stays))
  }

  private mutating func day(_ day: PerformanceDay.Times) -> Set<PerformanceRule> {
    var broken: Set<PerformanceRule> = []
    let birthday = day.dateOfBirth
    let on = day.atPlace.start.day
    var age = on.year - birthday.year
    if (on.month, on.day) < (birthday.month, birthday.day) { age -= 1 }
    let (present, performing, running) = age < 5 ? (300, 120, 30) : age < 9 ? (480, 180, 150) : (570, 300, 150)
    let (start, end) = (minute(day.atPlace.start), minute(day.atPlace.end))
    if !day.isHomeOrSchool, !day.isNightWorkPermitted {
      let seven = minute(LocalMoment(on, clock(420)))
      let latest = minute(LocalMoment(on, clock(age < 5 ? 1320 : 1380)))
      for minute in start..<end {
        if minute < seven { broken.insert(.early) }
        if latest <= minute { broken.insert(.late) }
      }
    }
    if (start..<end).count > present { broken.insert(.present) }
    var isPart = Array(repeating: false, count: max(0, end - start))
    for part in day.parts {
      for minute in minute(part.span.start)..<minute(part.span.end) { isPart[minute - start] = true }
    }
    if isPart.count(where: { $0 }) > performing { broken.insert(.total) }
    var (worked, idle) = (0, 0)
    for works in isPart {
      if works {
        if idle >= 15 { worked = 0 }
        (worked, idle) = (worked + 1, 0)
        if worked > running { broken.insert(.continuous) }
      } else {
        idle += 1
      }
    }
    if end - start > 240 {
      let breaks = day.breaks.map { minute($0.end) - minute($0.start) }.sorted()
      let rests = breaks.dropLast().count { $0 >= 15 }
      let needed = age >= 5 && end - start >= 480 ? 2 : 1
      if (breaks.last ?? 0) < 45 || rests < needed { broken.insert(.breaks) }
    }
    let shows = day.parts.filter { $0.kind == .performance }.map { (minute($0.span.start), minute($0.span.end)) }
    for (one, other) in zip(shows.sorted { $0 < $1 }, shows.sorted { $0 < $1 }.dropFirst()) where other.0 - one.1 < 90 {
      broken.insert(.gap)
    }
    return broken
  }

  private mutating func between(_ stays: [Stay]) -> Set<PerformanceRule> {
    var broken: Set<PerformanceRule> = []
    for (one, other) in zip(stays, stays.dropFirst()) {
      var free = 0
      while minute(one.day.atPlace.end) + free < minute(other.day.atPlace.start), free < 960 { free += 1 }
      if one.isNight, free < 960 { broken.insert(.nightRest) }
      if !one.isNight, free < 720 { broken.insert(.overnight) }
    }
    let days = Set(stays.map { $0.day.atPlace.start.day.ordinal })
    for day in days where (0...6).allSatisfy({ days.contains(day + Int32($0)) }) { broken.insert(.consecutive) }
    // Two nights running bar the seven days behind them; a night within a bar is broken and counts for no other.
    let nights = Set(stays.filter(\.isNight).map { $0.day.atPlace.start.day.ordinal }).sorted()
    var barredUntil: Int32 = .min
    var last: Int32?
    for night in nights {
      if night <= barredUntil {
        broken.insert(.nightRun)
        continue
      }
      if last == night - 1 { barredUntil = night + 7 }
      last = barredUntil > night ? nil : night
    }
    return broken
  }
}

/// A time of day in minutes.
func clock(_ minutes: Int) -> ClockTime {
  guard let time = ClockTime(minutes: minutes) else { preconditionFailure("a day has 1440 minutes") }
  return time
}

/// A day that the calendar has.
func date(_ year: Int, _ month: Int, _ day: Int) -> Day {
  guard let day = Day(year: year, month: month, day: day) else { preconditionFailure("no such day") }
  return day
}
