import LicensingDomain
import Rulebook
public import Seeded

/// Work of one child near the limits: around birthdays, terms, bank holidays, the last Friday in June and the day on which
/// the law changes, with one job or two, and with byelaws that are stricter than the Act.
public enum RandomWork {
  private static let starts = [
    (2026, 3, 2), (2026, 3, 23), (2026, 4, 3), (2026, 5, 4), (2026, 6, 22), (2026, 8, 24), (2026, 10, 19),
    (2026, 12, 21), (2028, 2, 28),
  ]
  private static let jobs = [
    "shop_work", "newspaper_delivery", "agriculture_horticulture", "cinema", "milk_delivery", "warehouse",
  ]
  private static let edges = [360, 419, 420, 421, 450, 480, 510, 540, 720, 900, 929, 930, 931, 960, 1020, 1080]
  private static let lengths = [
    1, 30, 59, 60, 61, 90, 119, 120, 121, 180, 239, 240, 241, 299, 300, 301, 360, 479, 480, 481,
  ]

  public static func make(_ random: inout SeededGenerator) -> WorkOracle.Question {
    let first = random.pick(starts)
    let start = date(first.0, first.1, first.2)
    let school = schoolDays(from: start, &random)
    let shifts = (0..<random.within(1...10)).map { _ in shift(from: start, &random) }
    var plan = WorkPlan(
      dateOfBirth: birth(near: start.adding(days: 3), &random), job: random.pick(jobs), shifts: shifts,
      schoolDays: school)
    plan.isForParents = random.below(4) == 0
    return .init(
      plan: plan, enactedFrom: random.below(4) == 0 ? start.adding(days: random.below(10)) : nil,
      byelaws: random.below(3) == 0 ? byelaws(&random) : nil)
  }

  /// On, just before and just after a birthday that counts, or at the end of compulsory school age.
  private static func birth(near day: Day, _ random: inout SeededGenerator) -> Day {
    if random.below(6) == 0 {
      return random.pick([date(2009, 8, 31), date(2009, 9, 1), date(2010, 8, 31), date(2012, 2, 29)])
    }
    return day.anniversary(-random.pick([12, 13, 14, 15, 16])).adding(days: random.below(9) - 4)
  }

  private static func schoolDays(from start: Day, _ random: inout SeededGenerator) -> [Day: ClockSpan] {
    let share = random.pick([0, 1, 3, 4, 4])
    let usual = random.pick([(540, 930), (510, 900), (525, 915)])
    var days: [Day: ClockSpan] = [:]
    for day in (0..<14).map(start.adding(days:)) where day.weekday < 6 && random.below(4) < share {
      // A day may end early, or begin late.
      let (from, to) = random.below(5) == 0 ? random.pick([(540, 750), (600, 930)]) : usual
      days[day] = ClockSpan(from: clock(from), to: clock(to))
    }
    return days
  }

  private static func shift(from start: Day, _ random: inout SeededGenerator) -> Shift {
    let from = random.pick(edges) + random.within(-1...1)
    let to = min(
      1440, random.below(4) == 0 ? max(from + 1, random.pick([1140, 1141, 1200, 1201])) : from + random.pick(lengths))
    var breaks: [ClockSpan] = []
    var at = from + random.pick([0, 30, 120, 239, 240, 241])
    while at < to, breaks.count < 2, random.below(2) == 0 {
      let end = min(1440, at + random.pick([15, 59, 60, 61]))
      if let pause = ClockSpan(from: clock(at), to: clock(end)) { breaks.append(pause) }
      at = end + random.pick([30, 120, 240])
    }
    guard let span = ClockSpan(from: clock(from), to: clock(to)) else {
      preconditionFailure("a shift ends after it begins")
    }
    return Shift(date: start.adding(days: random.below(random.pick([7, 14]))), span: span, breaks: breaks)
  }

  /// The model with rows of the authority's own, none looser than the Act.
  private static func byelaws(_ random: inout SeededGenerator) -> [WorkLimit] {
    let own = [
      WorkLimit(.earliest, weekday: 6, time: clock(480)), WorkLimit(.latest, ageTo: 14, time: clock(1110)),
      WorkLimit(.dayLimit, ageTo: 13, period: .freeDay, minutes: 240),
      WorkLimit(.dayLimit, period: .sunday, minutes: 60), WorkLimit(.weekLimit, period: .schoolWeek, minutes: 600),
      WorkLimit(.weekLimit, ageFrom: 15, period: .freeWeek, minutes: 1800), WorkLimit(.beforeSchool, minutes: 30),
      WorkLimit(.prohibited, job: "warehouse", ageTo: 14), WorkLimit(.allowedAt13, job: "warehouse"),
    ]
    let model = random.below(4) == 0 ? Byelaws.model1998.filter { $0.kind != .beforeSchool } : Byelaws.model1998
    return model + own.filter { _ in random.below(3) == 0 }
  }
}
