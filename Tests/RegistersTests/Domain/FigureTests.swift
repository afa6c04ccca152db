import Contracts
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// The one calculation behind every figure, against sessions counted one by one.
@Suite struct FigureTests {
  static let groupings: [FigureGrouping] = [
    .none, .school, .cluster, .locality, .phase, .yearGroup, .sex, .flag(.freeMeals), .week, .month,
  ]

  static func query(_ random: inout SeededGenerator, _ grouping: FigureGrouping) -> FigureQuery {
    let from = FigureOracle.first.adding(days: random.below(300))
    let scope: FigureScope = random.pick([
      .authority, .school(MadeUp.school), .cluster("c0"), .cluster("c1"), .locality("l1"), .phase(.primary),
      .phase(.secondary),
    ])
    return FigureQuery(
      scope: scope, period: DayRange(first: from, last: from.adding(days: random.below(300))), grouping: grouping,
      cohort: random.pick(FigureCohort.allCases))
  }

  /// The fast way is the slow way, for every grouping, scope and cohort.
  @Test(arguments: UInt64(1)...12) func everyFigureIsTheSlowOracles(seed: UInt64) {
    let oracle = FigureOracle(seed: seed)
    var random = SeededGenerator(seed: seed, part: 1)
    for grouping in Self.groupings {
      let query = Self.query(&random, grouping)
      // A school, as a scope, is left to whoever reads the rows: here all are given.
      if case .school = query.scope { continue }
      let slow = oracle.slow(query)
      let fast = oracle.table(query)
      #expect(Self.count(fast.total) == slow[nil], "seed \(seed) \(query)")
      let groups = Dictionary(uniqueKeysWithValues: fast.groups.map { ($0.key, Self.count($0)) })
      for (key, count) in slow {
        if let key { #expect(groups[key] ?? FigureOracle.Count() == count, "seed \(seed) \(query) \(key)") }
      }
      #expect(groups.keys.allSatisfy { slow[$0] != nil }, "seed \(seed)")
    }
  }

  private static func count(_ group: FigureGroup) -> FigureOracle.Count {
    var codes: [String: Int] = [:]
    for (code, sessions) in group.codes {
      codes["\(code) AM"] = sessions.am == 0 ? nil : sessions.am
      codes["\(code) PM"] = sessions.pm == 0 ? nil : sessions.pm
    }
    return FigureOracle.Count(
      statistics: group.statistics, codes: Dictionary(uniqueKeysWithValues: codes.map { ($0.key, $0.value) }),
      counted: group.counted, persistent: group.persistent, severe: group.severe, short: group.shortRecords)
  }

  /// Sessions of the parts add up to the whole; enrolments do where no enrolment is in two parts.
  @Test(arguments: UInt64(1)...12) func partsSumToTheWhole(seed: UInt64) {
    let oracle = FigureOracle(seed: seed)
    var random = SeededGenerator(seed: seed, part: 2)
    for grouping in Self.groupings.dropFirst() {
      let query = Self.query(&random, grouping)
      let table = oracle.table(query)
      #expect(
        table.groups.reduce(Statistics()) { $0 + $1.statistics } == table.total.statistics, "seed \(seed) \(query)")
      for (code, sessions) in table.total.codes {
        #expect(table.groups.reduce(0) { $0 + $1[code].sessions } == sessions.sessions, "seed \(seed) \(code)")
      }
      if grouping == .school || grouping == .sex {
        #expect(table.groups.reduce(0) { $0 + $1.counted } == table.total.counted, "seed \(seed)")
        #expect(table.groups.reduce(0) { $0 + $1.persistent } == table.total.persistent, "seed \(seed)")
      }
    }
  }

  /// A split of the period is a split of the sessions, also where the codes changed.
  @Test(arguments: UInt64(1)...6) func periodsAddUp(seed: UInt64) {
    let oracle = FigureOracle(seed: seed)
    func sum(_ first: Day, _ last: Day) -> Statistics {
      oracle.table(
        FigureQuery(scope: .authority, period: DayRange(first: first, last: last), cohort: .registered)
      ).total.statistics
    }
    let (first, last) = (FigureOracle.first, FigureOracle.last)
    for cut in ["2024-08-18", "2024-08-19", "2025-01-06", "2025-07-31", "2025-08-01"].map(MadeUp.day) {
      #expect(sum(first, cut) + sum(cut.adding(days: 1), last) == sum(first, last), "seed \(seed) \(cut)")
    }
  }

  @Test func marksOutsideTheTimeOnRollAreIgnored() {
    var row = PupilYear(year: SchoolYear(startYear: 2026))
    for day in ["2026-09-07", "2026-09-08", "2026-09-09"].map(MadeUp.day) { row[day, .am] = AttendanceCode("I") }
    let facts = RegistrationFacts(
      registration: 1, enrolledOn: MadeUp.day("2026-09-08"), leftOn: MadeUp.day("2026-09-08"),
      dateOfBirth: MadeUp.dateOfBirth)
    var accumulator = FigureAccumulator(
      FigureQuery(scope: .authority, period: DayRange(first: row.year.first, last: row.year.last), cohort: .local))
    accumulator.add(facts, at: Self.school, rows: [row])
    #expect(accumulator.table.total.statistics.possible == 1)
  }

  static let school = SchoolFacts(urn: MadeUp.school, phase: .primary, kind: .maintained, sessions: MadeUp.everyDay)

  /// The threshold is the year's (ATT-10), and a week shows none (ATT-9).
  @Test(arguments: [("2008-10-01", 20), ("2012-10-01", 15), ("2018-10-01", 10)])
  func persistentAbsenceHasTheYearsThreshold(first: String, percent: Int) throws {
    let start = MadeUp.day(first)
    for (absent, isPersistent) in [(percent, true), (percent - 1, false)] {
      var row = PupilYear(year: SchoolYear(containing: start))
      for place in 0..<100 {
        row[start.adding(days: place / 2), place % 2 == 0 ? .am : .pm] = AttendanceCode(place < absent ? "I" : "L")
      }
      let period = DayRange(first: start, last: start.adding(days: 49))
      var accumulator = FigureAccumulator(FigureQuery(scope: .authority, period: period, cohort: .registered))
      accumulator.add(
        RegistrationFacts(registration: 1, enrolledOn: start, dateOfBirth: start.adding(months: -12 * 8)),
        at: Self.school, rows: [row])
      let table = accumulator.table
      #expect(table.total.persistent == (isPersistent ? 1 : 0))
      #expect(table.persistenceMeans)
      let answer = FigureAnswer(table, period: "days", asOf: Timestamp(millis: 0), suppress: false)
      #expect(answer.notes.contains("method-differs") == (percent != 10))
      #expect(answer.persistentThreshold?.parts == percent)
    }
  }

  @Test func persistenceIsNotShownForAShortPeriod() {
    let oracle = FigureOracle(seed: 5)
    let first = MadeUp.day("2025-01-06")
    func answer(_ days: Int, _ grouping: FigureGrouping) -> FigureAnswer {
      let query = FigureQuery(
        scope: .authority, period: DayRange(first: first, last: first.adding(days: days - 1)), grouping: grouping,
        cohort: .local)
      return FigureAnswer(oracle.table(query), period: "days", asOf: Timestamp(millis: 0), suppress: false)
    }
    for (days, grouping, isShown) in [
      (5, .none, false), (7, .school, false), (60, .none, true), (60, .week, false), (250, .none, false),
    ] as [(Int, FigureGrouping, Bool)] {
      let shown = answer(days, grouping)
      #expect(shown.total.figures.contains { $0.definition == "I04" } == isShown, "\(days) \(grouping)")
      #expect(shown.notes.contains("persistence-needs-a-longer-period") == (!isShown && days < 250))
      #expect(shown.notes.contains("persistence-is-of-one-school-year") == (days == 250))
    }
  }

  @Test func periodsAreFoundInCalendars() {
    let year = SchoolCalendar(
      terms: [
        ("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", "2027-02-12"),
        ("2027-02-22", "2027-03-25"), ("2027-04-12", "2027-05-28"), ("2027-06-07", "2027-07-20"),
      ].map { DayRange(first: MadeUp.day($0.0), last: MadeUp.day($0.1)) })
    func days(_ period: FigurePeriod) -> String? { period.days([year]).map { "\($0.first) \($0.last)" } }
    let october = MadeUp.day("2026-10-28")
    #expect(days(.halfTerm(october)) == "2026-09-02 2026-10-23")
    #expect(days(.term(october)) == "2026-09-02 2026-12-18")
    #expect(days(.term(MadeUp.day("2027-03-01"))) == "2027-01-04 2027-03-25")
    #expect(days(.term(MadeUp.day("2027-07-30"))) == "2027-04-12 2027-07-20")
    #expect(days(.yearToDate(october)) == "2026-08-01 2026-10-28")
    #expect(days(.year(SchoolYear(startYear: 2026))) == "2026-08-01 2027-07-31")
    #expect(days(.halfTerm(MadeUp.day("2026-08-20"))) == nil)
  }

  @Test func questionsAreReadAndRefused() {
    for text in ["authority", "school:900101", "cluster:C 1", "locality:L1", "phase:all-through", "pupil:p000000001"] {
      #expect(FigureScope(text)?.text == text)
    }
    for text in ["", "school:", "school:12", "phase:castle", "pupil:x", "cluster:", "cluster:a\u{7}", "planet:earth"] {
      #expect(FigureScope(text) == nil, "\(text)")
    }
    for text in ["none", "school", "year-group", "flag:looked-after", "code", "week", "month", "sex", "cluster"] {
      #expect(FigureGrouping(text)?.text == text)
    }
    for text in ["", "flag:", "flag:tall", "Week"] { #expect(FigureGrouping(text) == nil, "\(text)") }
  }
}
