import Foundation
import Rulebook
import Seeded

@testable import LicensingDomain

/// The rules of performances again, minute by minute and slowly, by the time zone that the machine's own tables have: what
/// the engine says in stretches is counted here. It shares no arithmetic of time with the engine.
struct MinuteOracle {
  /// One day of a child as it was made up.
  struct Stay {
    let day: PerformanceDay.Times
    var isNight: Bool { day.isNightWorkPermitted }
  }

  private static let zone: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/London") ?? .gmt
    return calendar
  }()
  /// Greenwich minutes of a civil midnight.
  private var midnights: [Day: Int] = [:]

  /// Minutes of Greenwich time; the first of a time that comes twice.
  mutating func minute(_ moment: LocalMoment) -> Int {
    if moment.time.minutes == 1440 { return minute(LocalMoment(moment.day.adding(days: 1), ClockTime(0, 0))) }
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

  mutating func rules(_ stays: [Stay]) -> Set<PerformanceRule> {
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
      let seven = minute(LocalMoment(on, ClockTime(7, 0)))
      let latest = minute(LocalMoment(on, ClockTime(age < 5 ? 22 : 23, 0)))
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

/// Schedules of one child that are near the limits of the rules, around both changes of the clock and elsewhere.
struct RandomSchedule {
  private static let starts = [
    (2026, 3, 25), (2026, 10, 21), (2026, 6, 29), (2027, 3, 24), (2027, 10, 27), (2026, 12, 1),
  ]

  static func make(_ random: inout SeededGenerator) -> [MinuteOracle.Stay] {
    let first = random.pick(starts)
    let start = MadeUp.day(first.0, first.1, first.2)
    // Around the birthdays at which the bands change, and others.
    let born =
      random.below(2) == 0
      ? start.adding(days: 3).anniversary(-random.pick([5, 9])).adding(days: random.below(7) - 3)
      : start.adding(days: -random.within(700...5600))
    let nights = random.below(4) == 0
    return (0..<random.within(1...10)).filter { _ in random.below(5) > 0 }.map { offset in
      stay(on: start.adding(days: offset), born, isNight: nights && random.below(2) == 0, &random)
    }
  }

  private static func stay(
    on day: Day, _ born: Day, isNight: Bool, _ random: inout SeededGenerator
  ) -> MinuteOracle.Stay {
    let from = (isNight ? 1200 : random.pick([415, 420, 425, 540, 840, 1080])) + random.within(-3...3)
    let lengths = [235, 240, 241, 295, 300, 305, 475, 480, 485, 565, 570, 575]
    let length = random.pick(lengths) + random.within(-2...2)
    func moment(_ minutes: Int) -> LocalMoment {
      let (date, time) = (day.adding(days: minutes / 1440), minutes % 1440)
      // The hour that the clock does not show in spring.
      let isSkipped = date.month == 3 && date.weekday == 7 && date.day > 24 && 60..<120 ~= time
      return LocalMoment(date, isSkipped ? ClockTime(2, 0) : ClockTime(time / 60, time % 60))
    }
    func span(_ from: Int, _ to: Int) -> LocalSpan { LocalSpan(moment(from), moment(to)) ?? MadeUp.noSpan }
    var (parts, breaks): ([PerformanceDay.Part], [LocalSpan]) = ([], [])
    var at = from + random.below(30)
    while at < from + length {
      let end = min(from + length, at + random.pick([10, 30, 31, 60, 90, 120, 149, 150, 151]))
      if random.below(3) == 0 {
        let pause = span(at, min(from + length, at + random.pick([14, 15, 16, 44, 45, 60])))
        breaks.append(pause)
        at += random.pick([15, 45, 60])
      } else {
        let part = span(at, end)
        if part.length > 0 { parts.append(.init(random.pick(PerformanceDay.Part.Kind.allCases), part)) }
        at = end + random.pick([0, 1, 14, 15, 16, 60, 89, 90, 91])
      }
    }
    var times = PerformanceDay.Times(
      dateOfBirth: born, atPlace: span(from, from + length), parts: parts, breaks: breaks)
    times.isNightWorkPermitted = isNight
    times.isHomeOrSchool = random.below(12) == 0
    return .init(day: times)
  }
}
