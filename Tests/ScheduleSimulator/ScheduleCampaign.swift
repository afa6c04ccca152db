import LicensingDomain
import Rulebook
public import Seeded

/// What the engines are led to get wrong: each is a mistake that has been made in programs like this one.
public enum ScheduleMistake: String, CaseIterable, Sendable {
  case ageOneDayLate = "age-one-day-late"
  case clocksNeverChange = "clocks-never-change"
  case shortPauseEnds = "short-pause-ends"
  case breakForgotten = "break-forgotten"
  case rehearsalForgotten = "rehearsal-forgotten"
  case everyPartIsAPerformance = "every-part-is-a-performance"
  case nightWorkForgotten = "night-work-forgotten"
  case homeForgotten = "home-forgotten"
  case lastDayForgotten = "last-day-forgotten"
  case secondJobForgotten = "second-job-forgotten"
  case workBreaksCount = "work-breaks-count"
  case usualSchoolHours = "usual-school-hours"
  case bankHolidayIsSchool = "bank-holiday-is-school"
  case oldLawForAll = "old-law-for-all"
  case modelByelawsForAll = "model-byelaws-for-all"
  case parentTakesAll = "parent-takes-all"
  case approvalNotAsked = "approval-not-asked"
}

/// Many random schedules, each judged by the engines and again minute by minute.
public struct ScheduleCampaign: Sendable {
  public let from: UInt64
  public let count: Int
  public let mistake: ScheduleMistake?

  public init(from: UInt64, count: Int, mistake: ScheduleMistake? = nil) {
    self.from = from
    self.count = count
    self.mistake = mistake
  }

  /// Judges all of them, dealt out evenly; the tally says how often each rule was broken.
  public func run(threads: Int) async -> SeedReport {
    await seeds.deal(
      to: threads, from: Judging(), run: { judge($0, &$1.oracle, &$1.report) }, sum: { $0.report.add($1.report) }
    ).report
  }

  /// Judges seeds until the engines and the count of minutes differ.
  ///
  /// - Returns: the seed and how; `nil` when they never do.
  public func firstViolation() -> (seed: UInt64, text: String)? {
    var judging = Judging()
    for seed in seeds where judging.report.violations == 0 { judge(seed, &judging.oracle, &judging.report) }
    return judging.report.first.first
  }

  private var seeds: Seeds { Seeds(count, from: from) }

  /// What one thread has: the oracle remembers midnights.
  private struct Judging: Sendable {
    var oracle = PerformanceOracle()
    var report = SeedReport()
  }

  /// Of each seed a child in performances, a child at work and a day in somebody's charge.
  private func judge(_ seed: UInt64, _ oracle: inout PerformanceOracle, _ report: inout SeedReport) {
    var random = SeededGenerator(seed: seed)
    report.runs += 1
    let stays = RandomSchedule.make(&random)
    let performed = Set(ChildSchedule(stays.map { performance($0.day) }.droppingLast(mistake)).breaches.map(\.rule))
    compare(performed.map(\.rawValue), oracle.rules(stays).map(\.rawValue), seed, &report)
    let work = RandomWork.make(&random)
    let worked = wrong(work)
    compare(worked.law.judge(worked.plan).rules.map(\.rawValue), WorkOracle.rules(work).map(\.rawValue), seed, &report)
    let care = CareOracle.make(&random)
    let (rules, shortfall, most) = CareOracle.judge(care)
    let plan = engine(care)
    compare(
      plan.violations.map(\.rawValue) + ["most \(plan.mostChildren)", "from \(plan.firstShortfall?.minutes ?? -1)"],
      rules.map(\.rawValue) + ["most \(most)", "from \(shortfall ?? -1)"], seed, &report)
  }

  private func compare(_ engine: [String], _ oracle: [String], _ seed: UInt64, _ report: inout SeedReport) {
    for rule in oracle where !rule.contains(" ") { report.tally[rule, default: 0] += 1 }
    let differs = Set(engine).symmetricDifference(oracle)
    guard !differs.isEmpty else { return }
    report.add(
      violation: "the engine and the count of minutes differ in \(differs.sorted().joined(separator: ", "))", of: seed)
  }

  /// The day as the engine is given it: with the mistake where one is planted.
  private func performance(_ day: PerformanceDay.Times) -> PerformanceDay.Times {
    func moved(_ span: LocalSpan) -> LocalSpan {
      // Sixteen weeks on, no clock changes.
      func moved(_ moment: LocalMoment) -> LocalMoment { LocalMoment(moment.day.adding(days: 112), moment.time) }
      return LocalSpan(moved(span.start), moved(span.end)) ?? span
    }
    var (birth, place, parts, breaks) = (day.dateOfBirth, day.atPlace, day.parts, day.breaks)
    switch mistake {
    case .ageOneDayLate: birth = birth.adding(days: 1)
    case .clocksNeverChange:
      (birth, place) = (birth.adding(days: 112), moved(place))
      (parts, breaks) = (parts.map { .init($0.kind, moved($0.span)) }, breaks.map(moved))
    case .shortPauseEnds: parts = parts.map { .init($0.kind, $0.span.shorterByAMinute) }
    case .breakForgotten: breaks = breaks.dropLast()
    case .rehearsalForgotten: parts = parts.filter { $0.kind != .rehearsal }
    case .everyPartIsAPerformance: parts = parts.map { .init(.performance, $0.span) }
    default: break
    }
    var times = PerformanceDay.Times(dateOfBirth: birth, atPlace: place, parts: parts, breaks: breaks)
    times.isNightWorkPermitted = day.isNightWorkPermitted && mistake != .nightWorkForgotten
    times.isHomeOrSchool = day.isHomeOrSchool && mistake != .homeForgotten
    return times
  }

  private func wrong(_ question: WorkOracle.Question) -> WorkOracle.Question {
    let plan = question.plan
    var (birth, shifts, school) = (plan.dateOfBirth, plan.shifts, plan.schoolDays)
    switch mistake {
    case .ageOneDayLate: birth = birth.adding(days: 1)
    case .secondJobForgotten:
      var seen: Set<Day> = []
      shifts = shifts.filter { seen.insert($0.date).inserted }
    case .workBreaksCount: shifts = shifts.map { Shift(date: $0.date, span: $0.span) }
    case .usualSchoolHours: school = school.mapValues { _ in SchoolHours.assumed[0].value }
    case .bankHolidayIsSchool:
      for day in shifts.map(\.date) where day.weekday < 6 { school[day] = school[day] ?? SchoolHours.assumed[0].value }
    default: break
    }
    var other = WorkPlan(dateOfBirth: birth, job: plan.job, shifts: shifts, schoolDays: school)
    other.isForParents = plan.isForParents
    return .init(
      plan: other, enactedFrom: mistake == .oldLawForAll ? nil : question.enactedFrom,
      byelaws: mistake == .modelByelawsForAll ? nil : question.byelaws)
  }

  private func engine(_ care: CareOracle.Question) -> ChaperonePlan {
    let parents =
      mistake == .parentTakesAll
      ? care.parents.flatMap { parent in care.children.map { .init(child: $0.id, span: parent.span) } } : care.parents
    let always = DayRange(first: care.day, last: care.day)
    let chaperones =
      mistake == .approvalNotAsked
      ? care.chaperones.map { .init(id: $0.id, span: $0.span, approved: always) } : care.chaperones
    return ChaperonePlan(on: care.day, children: care.children, chaperones: chaperones, parents: parents)
  }
}

extension [PerformanceDay.Times] {
  fileprivate func droppingLast(_ mistake: ScheduleMistake?) -> Self {
    mistake == .lastDayForgotten ? Array(dropLast()) : self
  }
}

extension LocalSpan {
  fileprivate var shorterByAMinute: LocalSpan {
    length > 1 ? LocalSpan(start, start.adding(minutes: length - 1)) ?? self : self
  }
}
