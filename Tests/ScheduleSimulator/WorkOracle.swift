public import LicensingDomain
public import Rulebook

/// The rules of work again, minute by minute and slowly, row by row of the law where the engine takes the strictest.
public enum WorkOracle {
  /// What is judged: the plan, and the law as the engine is given it.
  public struct Question: Sendable {
    public let plan: WorkPlan
    /// From which day the Act of 2026 counts; `nil` where it does not.
    public let enactedFrom: Day?
    /// Rows of the workplace's authority beside the model's; `nil` where the model counts.
    public let byelaws: [WorkLimit]?

    /// The law as the engine takes it.
    public var law: EmploymentLaw {
      let own = byelaws.map {
        Byelaws(
          authority: "880", madeOn: date(2000, 1, 1), inForceFrom: date(2000, 1, 1), modelYear: 1998,
          reference: "Own byelaws", rows: $0)
      }
      guard let enactedFrom else { return EmploymentLaw(byelaws: own.map { [$0] } ?? []) }
      let before = EmploymentRegime.england[0]
      return EmploymentLaw(
        [
          InForce(before.value, from: before.from, to: enactedFrom.adding(days: -1), source: before.source),
          InForce(EmploymentRegime.enacted.regime, from: enactedFrom, source: EmploymentRegime.enacted.source),
        ], byelaws: own.map { [$0] } ?? [])
    }
  }

  /// The rules that are broken.
  public static func rules(_ question: Question) -> Set<WorkRule> {
    let plan = question.plan
    let left = lastDay(bornOn: plan.dateOfBirth)
    let shifts = plan.shifts.filter { $0.date <= left }
    var broken: Set<WorkRule> = []
    var weeks: [Day: Int] = [:]
    for day in Set(shifts.map(\.date)) {
      let minutes = Minutes(shifts.filter { $0.date == day })
      broken.formUnion(WorkedDay(day, minutes, question).rules)
      weeks[day.adding(days: 1 - day.weekday), default: 0] += minutes.total
    }
    for (monday, worked) in weeks {
      let isSchoolWeek = (0..<7).contains { plan.schoolDays[monday.adding(days: $0)] != nil }
      let limit = isSchoolWeek ? 720 : age(on: monday, bornOn: plan.dateOfBirth) < 15 ? 1500 : 2100
      let own = rows(of: question, on: monday).filter {
        $0.kind == .weekLimit && $0.period == (isSchoolWeek ? .schoolWeek : .freeWeek)
          && isFor($0, age(on: monday, bornOn: plan.dateOfBirth), 1)
      }
      if worked > limit || own.contains(where: { worked > $0.minutes ?? 0 }) {
        broken.insert(isSchoolWeek ? .schoolWeek : .freeWeek)
      }
    }
    return broken
  }

  /// The last Friday in June of the school year in which the child becomes 16.
  private static func lastDay(bornOn birth: Day) -> Day {
    var day = date(birth.year + (birth.month < 9 ? 16 : 17), 6, 30)
    while day.weekday != 5 { day = day.adding(days: -1) }
    return day
  }

  static func age(on day: Day, bornOn birth: Day) -> Int {
    day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day) ? 1 : 0)
  }

  static func isEnacted(_ question: Question, on day: Day) -> Bool { question.enactedFrom.map { $0 <= day } ?? false }

  /// The byelaws’ rows on a day; those of the model where an authority has none, and under the Act of 2026.
  static func rows(of question: Question, on day: Day) -> [WorkLimit] {
    isEnacted(question, on: day) ? Byelaws.model1998 : question.byelaws ?? Byelaws.model1998
  }

  static func isFor(_ row: WorkLimit, _ age: Int, _ weekday: Int) -> Bool {
    (row.ageFrom ?? 0) <= age && age <= (row.ageTo ?? 99) && (row.weekday ?? weekday) == weekday
  }
}

/// How many jobs are worked in each minute of a day: all are added up (LIC-4).
struct Minutes {
  private(set) var jobs = Array(repeating: 0, count: 1440)

  init(_ shifts: [Shift]) {
    for shift in shifts {
      for minute in shift.span.from.minutes..<shift.span.to.minutes
      where !shift.breaks.contains(where: { $0.from.minutes <= minute && minute < $0.to.minutes }) {
        jobs[minute] += 1
      }
    }
  }

  var total: Int { jobs.reduce(0, +) }
}

/// One day, minute by minute.
private struct WorkedDay {
  let day: Day
  let minutes: Minutes
  let question: WorkOracle.Question
  let age: Int
  let rows: [WorkLimit]

  init(_ day: Day, _ minutes: Minutes, _ question: WorkOracle.Question) {
    (self.day, self.minutes, self.question) = (day, minutes, question)
    age = WorkOracle.age(on: day, bornOn: question.plan.dateOfBirth)
    rows = WorkOracle.rows(of: question, on: day)
  }

  var rules: Set<WorkRule> { job.union(times).union(total).union(school).union(breaks) }

  private func own(_ kind: WorkLimit.Kind) -> [WorkLimit] {
    rows.filter { $0.kind == kind && WorkOracle.isFor($0, age, day.weekday) }
  }

  private var job: Set<WorkRule> {
    let job = question.plan.job
    var broken: Set<WorkRule> = []
    if age < 13 { broken.insert(.age) }
    let isListed = rows.contains { $0.job == job && $0.kind == .allowedAt13 }
    let isFamily = question.plan.isForParents && rows.contains { $0.job == job && $0.kind == .exemptFamily }
    if age == 13, !isListed, !isFamily { broken.insert(.list) }
    if rows.contains(where: { $0.job == job && $0.kind == .prohibited && WorkOracle.isFor($0, age, day.weekday) }) {
      broken.insert(.prohibited)
    }
    return broken
  }

  private var times: Set<WorkRule> {
    var broken: Set<WorkRule> = []
    let (begins, ends) = (own(.earliest), own(.latest))
    let end = WorkOracle.isEnacted(question, on: day) ? 1200 : 1140
    for minute in 0..<1440 where minutes.jobs[minute] > 0 {
      if minute < 420 || begins.contains(where: { minute < $0.time?.minutes ?? 0 }) { broken.insert(.early) }
      if end <= minute || ends.contains(where: { $0.time?.minutes ?? 1440 <= minute }) { broken.insert(.late) }
    }
    return broken
  }

  private var total: Set<WorkRule> {
    let isSunday = day.weekday == 7 && !WorkOracle.isEnacted(question, on: day)
    let (rule, period, limit): (WorkRule, WorkLimit.Period, Int) =
      if question.plan.schoolDays[day] != nil {
        (.schoolDay, .schoolDay, 120)
      } else if isSunday {
        (.sunday, .sunday, 120)
      } else {
        (.freeDay, .freeDay, age < 15 ? 300 : 480)
      }
    let isOver =
      minutes.total > limit
      || own(.dayLimit).contains { $0.period == period && minutes.total > $0.minutes ?? 0 }
    return isOver ? [rule] : []
  }

  private var school: Set<WorkRule> {
    guard let hours = question.plan.schoolDays[day] else { return [] }
    var broken: Set<WorkRule> = []
    if (hours.from.minutes..<hours.to.minutes).contains(where: { minutes.jobs[$0] > 0 }) { broken.insert(.schoolHours) }
    let before = minutes.jobs[..<hours.from.minutes].reduce(0, +)
    let allowed = own(.beforeSchool).map { $0.minutes ?? 0 }.min() ?? 0
    if before > allowed { broken.insert(.beforeSchool) }
    return broken
  }

  private var breaks: Set<WorkRule> {
    var (worked, idle) = (0, 0)
    for jobs in minutes.jobs {
      idle = jobs > 0 ? 0 : idle + 1
      worked = idle >= 60 ? 0 : worked + jobs
      if worked > 240 { return [.noBreak] }
    }
    return []
  }
}
