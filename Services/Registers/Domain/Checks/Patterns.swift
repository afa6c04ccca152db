public import Rulebook

/// When counts are enough to be called a pattern. Interpretations of this product: no rule says.
public enum PatternRules {
  /// PAT-1: fewer days than this are never one.
  public static let minimumDays: Dated<Int> = [InForce(4, source: "PAT-1")]
  /// PAT-2: as many times the plain expectation, at least.
  public static let timesExpected: Dated<Double> = [InForce(2.0, source: "PAT-2")]
}

/// A count beside what it would be if the same absence were spread evenly, so that nobody reads noise as a pattern.
public struct PatternCount: Hashable, Sendable, Codable {
  /// What is counted, for example `monday` or `term-ends`.
  public let name: String
  /// How many days, weeks or sessions there were to be counted.
  public let outOf: Int
  public let observed: Int
  /// To one decimal.
  public let expected: String
  /// At least ``PatternRules/minimumDays`` and ``PatternRules/timesExpected`` the expectation.
  public let isNotable: Bool

  init(_ name: String, _ observed: Int, outOf: Int, expected: Double, on day: Day) {
    self.name = name
    self.observed = observed
    self.outOf = outOf
    let tenths = Int((expected * 10).rounded())
    self.expected = "\(tenths / 10).\(tenths % 10)"
    isNotable =
      observed >= PatternRules.minimumDays.value(on: day)
      && Double(observed) >= expected * PatternRules.timesExpected.value(on: day)
  }
}

/// What a day was for a child: at least one possible session, and what was in them.
public struct PatternDay: Hashable, Sendable {
  public let day: Day
  /// At least one session was missed.
  public var isAbsent: Bool
  /// No possible session was attended.
  public var isWholeAbsent: Bool
  public var lateBefore: Int
  public var lateAfter: Int

  /// The days with a possible session on any of a child's rolls, in order.
  ///
  /// - Parameter rows: of all rolls, with the marks that count.
  public static func days(_ rows: [PupilYear], in span: DayRange, codes book: CodeBook = .england) -> [PatternDay] {
    var days: [Day: PatternDay] = [:]
    for row in rows {
      row.forEachMark(in: span) { day, _, code in
        let traits = book.scheme(on: day).traits(code)
        guard !traits.isDisjoint(with: .possible) else { return }
        var known =
          days[day] ?? PatternDay(day: day, isAbsent: false, isWholeAbsent: true, lateBefore: 0, lateAfter: 0)
        if !traits.isDisjoint(with: .absent) { known.isAbsent = true } else { known.isWholeAbsent = false }
        if traits.contains(.lateBeforeClose) { known.lateBefore += 1 }
        if traits.contains(.lateAfterClose) { known.lateAfter += 1 }
        days[day] = known
      }
    }
    return days.values.sorted { $0.day < $1.day }
  }
}

/// Where a child's absence and lateness fall.
public struct Patterns: Hashable, Sendable, Codable {
  /// Days with a possible session, and how many had an absence.
  public let days: Int
  public let absentDays: Int
  /// Absent days by weekday.
  public let weekdays: [PatternCount]
  /// Absent first and last days of a stretch of term, with the day beside them.
  public let aroundHolidays: [PatternCount]
  /// Weeks with an absence that were not missed altogether, and those that were.
  public let weeks: [PatternCount]
  /// Sessions late before and after the register closed, by weekday.
  public let lateBefore: [PatternCount]
  public let lateAfter: [PatternCount]

  private static let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  /// - Parameter terms: the stretches in session of the child's schools.
  public init(_ days: [PatternDay], terms: [DayRange], on today: Day) {
    let absent = days.count(where: \.isAbsent)
    let rate = days.isEmpty ? 0 : Double(absent) / Double(days.count)
    self.days = days.count
    absentDays = absent
    let byWeekday = Dictionary(grouping: days) { $0.day.weekday }
    weekdays = Self.weekdays(byWeekday).map { weekday in
      let these = byWeekday[weekday] ?? []
      return PatternCount(
        Self.names[weekday - 1], these.count(where: \.isAbsent), outOf: these.count,
        expected: Double(these.count) * rate, on: today)
    }
    aroundHolidays = [
      Self.edge("first-days-of-term", days, terms, rate, today) { $0.min { $0.day < $1.day } },
      Self.edge("last-days-of-term", days, terms, rate, today) { $0.max { $0.day < $1.day } },
    ]
    weeks = Self.weeks(days, rate, today)
    lateBefore = Self.late(days, byWeekday, today, \.lateBefore)
    lateAfter = Self.late(days, byWeekday, today, \.lateAfter)
  }

  /// Monday to Friday, and what else has a day: a school may open on a Saturday.
  private static func weekdays(_ days: [Int: [PatternDay]]) -> [Int] { Set(1...5).union(days.keys).sorted() }

  private static func edge(
    _ name: String, _ days: [PatternDay], _ terms: [DayRange], _ rate: Double, _ today: Day,
    _ pick: ([PatternDay]) -> PatternDay?
  ) -> PatternCount {
    // A stretch that the child was not there for has no first or last day of its own.
    let edges = Set(terms).compactMap { term in pick(days.filter { term.contains($0.day) }) }
    return PatternCount(
      name, edges.count(where: \.isAbsent), outOf: edges.count, expected: Double(edges.count) * rate, on: today)
  }

  private static func weeks(_ days: [PatternDay], _ rate: Double, _ today: Day) -> [PatternCount] {
    let weeks = Dictionary(grouping: days) { $0.day.monday }.values
    let whole = weeks.count { $0.allSatisfy(\.isWholeAbsent) }
    let broken = weeks.count { week in week.contains(where: \.isAbsent) && !week.allSatisfy(\.isWholeAbsent) }
    func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { result, _ in result * base } }
    let expectedWhole = weeks.reduce(0) { $0 + power(rate, $1.count) }
    let expectedBroken = weeks.reduce(0) { $0 + 1 - power(1 - rate, $1.count) - power(rate, $1.count) }
    return [
      PatternCount("broken-weeks", broken, outOf: weeks.count, expected: expectedBroken, on: today),
      PatternCount("whole-weeks", whole, outOf: weeks.count, expected: expectedWhole, on: today),
    ]
  }

  private static func late(
    _ days: [PatternDay], _ byWeekday: [Int: [PatternDay]], _ today: Day, _ count: (PatternDay) -> Int
  ) -> [PatternCount] {
    let all = days.reduce(0) { $0 + count($1) }
    let rate = days.isEmpty ? 0 : Double(all) / Double(days.count)
    return weekdays(byWeekday).map { weekday in
      let these = byWeekday[weekday] ?? []
      return PatternCount(
        names[weekday - 1], these.reduce(0) { $0 + count($1) }, outOf: these.count,
        expected: Double(these.count) * rate, on: today)
    }
  }

  /// Days on which two children of one family were absent together, of the days on which both had a session.
  public static func together(_ own: [PatternDay], _ others: [PatternDay], on today: Day) -> PatternCount {
    let other = Dictionary(others.map { ($0.day, $0.isAbsent) }, uniquingKeysWith: { $1 })
    let shared = own.compactMap { day in other[day.day].map { (own: day.isAbsent, other: $0) } }
    let expected =
      shared.isEmpty
      ? 0 : Double(shared.count(where: \.own)) * Double(shared.count(where: \.other)) / Double(shared.count)
    return PatternCount(
      "absent-together", shared.count { $0.own && $0.other }, outOf: shared.count, expected: expected, on: today)
  }
}
