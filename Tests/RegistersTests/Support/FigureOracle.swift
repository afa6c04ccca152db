import Contracts
import Rulebook
import Seeded

@testable import RegistersDomain

/// Made-up schools and registrations, and figures counted the slow way: one session at a time.
struct FigureOracle {
  struct Child {
    let facts: RegistrationFacts
    let school: SchoolFacts
    let calendars: [SchoolYear: SchoolCalendar]
    let rows: [PupilYear]
  }

  static let first = MadeUp.day("2024-08-05")
  static let last = MadeUp.day("2025-10-31")
  static let codes = [
    "/", "\\", "/", "\\", "L", "I", "M", "G", "U", "O", "D", "C", "J1", "Y4", "B", "#", "N", "J", "E",
  ]

  let children: [Child]

  init(seed: UInt64, count: Int = 40) {
    var random = SeededGenerator(seed: seed)
    let schools = (1...6).map { number in
      let calendars = Self.calendars(&random)
      return (facts: Self.school(number, calendars, &random), calendars: calendars)
    }
    children = (1...count).map { number in
      let enrolled = Self.first.adding(days: random.below(120) - 60)
      let left = random.below(3) == 0 ? enrolled.adding(days: 60 + random.below(300)) : nil
      let flagged = Self.last.adding(days: -random.below(500))
      let facts = RegistrationFacts(
        registration: Int64(number), enrolledOn: enrolled, leftOn: left, isSubsidiary: random.below(8) == 0,
        dateOfBirth: MadeUp.day("2008-01-01").adding(days: random.below(6_000)),
        sex: random.pick(["F", "M", nil]),
        taught: random.below(2) == 0
          ? nil
          : TaughtGroup(
            stated: (random.pick([-1, 0, 6, 7, 13]).group, SchoolYear(startYear: 2023)), dateOfBirth: Self.first),
        flagged: random.below(2) == 0 ? [] : [DayRange(first: flagged, last: flagged.adding(days: random.below(200)))])
      let (school, calendars) = random.pick(schools)
      return Child(facts: facts, school: school, calendars: calendars, rows: Self.rows(&random))
    }
  }

  /// Terms with holidays, closed days, mornings, Saturdays, and days on which only some year groups come.
  private static func calendars(_ random: inout SeededGenerator) -> [SchoolYear: SchoolCalendar] {
    Dictionary(
      uniqueKeysWithValues: [2024, 2025].map { start in
        let year = SchoolYear(startYear: start)
        func day() -> Day { year.first.adding(days: random.below(year.last - year.first + 1)) }
        let half = year.first.adding(days: 60 + random.below(60))
        let closure = day()
        return (
          year,
          SchoolCalendar(
            terms: [
              DayRange(first: year.first, last: half),
              DayRange(first: half.adding(days: random.below(20)), last: year.last),
            ], closed: Set((0..<random.below(20)).map { _ in day() }),
            oneSessionDays: Dictionary(
              (0..<random.below(20)).map { _ in (day(), random.pick([Session.am, .pm])) }, uniquingKeysWith: { $1 }),
            yearGroupClosures: [
              YearGroupClosure(
                yearGroups: (0..<random.below(6)).map { _ in (random.below(12)).group }, first: closure,
                last: closure.adding(days: random.below(60)))
            ], additionalDays: Set((0..<random.below(10)).map { _ in day() }))
        )
      })
  }

  private static func school(
    _ number: Int, _ calendars: [SchoolYear: SchoolCalendar], _ random: inout SeededGenerator
  ) -> SchoolFacts {
    let move = first.adding(days: 50 + random.below(200))
    let urn = try! URN("90010\(number)")
    return SchoolFacts(
      urn: urn, phase: random.pick(SchoolPhase.allCases), kind: random.pick(SchoolKind.allCases),
      clusters: [
        Membership(value: "c\(random.below(2))", first: first.adding(days: random.below(40)), last: move),
        Membership(value: "c\(random.below(3))", first: move.adding(days: 1 + random.below(2) * 20), last: nil),
      ], localities: random.below(3) == 0 ? [] : [Membership(value: "l1", first: first, last: nil)],
      sessions: Dictionary(uniqueKeysWithValues: calendars.map { ($0, YearSessions($1, $0)) }))
  }

  private static func rows(_ random: inout SeededGenerator) -> [PupilYear] {
    let badness = random.below(codes.count - 3)
    return [2024, 2025].map { start in
      let year = SchoolYear(startYear: start)
      var row = PupilYear(year: year)
      var day = max(year.first, first)
      while day <= min(year.last, last) {
        if day.weekday <= 5, random.below(20) > 0 {
          for session in Session.allCases {
            row[day, session] = AttendanceCode(codes[random.below(4 + random.below(badness + 1))])
          }
        }
        day = day.adding(days: 1)
      }
      return row
    }
  }

  /// Everything at once.
  func table(_ query: FigureQuery) -> FigureTable {
    var accumulator = FigureAccumulator(query)
    for child in children { accumulator.add(child.facts, at: child.school, rows: child.rows) }
    return accumulator.table
  }

  struct Count: Equatable {
    var statistics = Statistics()
    var codes: [String: Int] = [:]
    var counted = 0, persistent = 0, severe = 0, short = 0
  }

  /// By group; the whole under `nil`.
  func slow(_ query: FigureQuery) -> [String?: Count] {
    var counts: [String?: Count] = [nil: Count()]
    for child in children {
      var own: [String?: Statistics] = [:]
      for row in child.rows {
        row.forEachMark(in: query.period) { day, session, code in
          guard Self.counts(child, day, query), Self.takesPlace(child, day, session) else { return }
          let key: String? = Self.key(child, day, query.grouping)
          for place in query.grouping == .none ? [nil] : [nil, key] as [String?] {
            own[place, default: Statistics()].add(code, scheme: CodeBook.england.scheme(on: day))
            if CodeBook.england.scheme(on: day).rule(for: code) != nil {
              counts[place, default: Count()].codes["\(code) \(session.rawValue)", default: 0] += 1
            }
          }
        }
      }
      for (key, s) in own {
        counts[key, default: Count()].statistics = counts[key, default: Count()].statistics + s
        guard s.possible > 0 else { continue }
        counts[key]?.counted += 1
        if s.absent * 10 >= s.possible { counts[key]?.persistent += 1 }
        if s.absent * 2 >= s.possible { counts[key]?.severe += 1 }
        if s.possible < 40 { counts[key]?.short += 1 }
      }
    }
    return counts
  }

  /// Whether the school is open then.
  private static func takesPlace(_ child: Child, _ day: Day, _ session: Session) -> Bool {
    child.calendars[SchoolYear(containing: day)].map {
      PlainCalendar.hasSession($0, day, session, group(child, day)?.text)
    } ?? false
  }

  private static func counts(_ child: Child, _ day: Day, _ query: FigureQuery) -> Bool {
    let facts = child.facts
    guard facts.enrolledOn <= day, facts.leftOn.map({ day <= $0 }) ?? true else { return false }
    switch query.cohort {
    case .registered: break
    case .local:
      guard CompulsorySchoolAge.isCompulsory(dateOfBirth: facts.dateOfBirth, on: day) else { return false }
    case .national:
      let eve = MadeUp.day("\(SchoolYear(containing: day).startYear)-08-31")
      guard facts.dateOfBirth.anniversary(5) <= eve, facts.dateOfBirth.anniversary(16) > eve, !facts.isSubsidiary,
        child.school.kind != .independent
      else { return false }
    }
    func isIn(_ memberships: [Membership], _ code: String) -> Bool { area(memberships, day) == code }
    return switch query.scope {
    case .authority, .pupil: true
    case .school(let urn): child.school.urn == urn
    case .cluster(let code): isIn(child.school.clusters, code)
    case .locality(let code): isIn(child.school.localities, code)
    case .phase(let phase): self.phase(child, day) == phase.rawValue
    }
  }

  private static func area(_ memberships: [Membership], _ day: Day) -> String {
    memberships.first { $0.first <= day && ($0.last.map { day <= $0 } ?? true) }?.value ?? ""
  }

  private static func group(_ child: Child, _ day: Day) -> YearGroup? {
    child.facts.taught.group(in: SchoolYear(containing: day))
  }

  private static func phase(_ child: Child, _ day: Day) -> String {
    guard child.school.phase == .allThrough, let group = group(child, day) else { return child.school.phase.rawValue }
    return group.number < 7 ? "primary" : "secondary"
  }

  private static func key(_ child: Child, _ day: Day, _ grouping: FigureGrouping) -> String {
    switch grouping {
    case .none, .code: ""
    case .school: child.school.urn.text
    case .cluster: area(child.school.clusters, day)
    case .locality: area(child.school.localities, day)
    case .phase: phase(child, day)
    case .yearGroup: group(child, day)?.text ?? ""
    case .sex: child.facts.sex ?? ""
    case .flag: child.facts.flagged.contains { $0.contains(day) } ? "yes" : "no"
    case .week: day.monday.iso
    case .month: "\(day.iso.prefix(8))01"
    }
  }
}

extension Int {
  fileprivate var group: YearGroup { YearGroup(number: self)! }
}
