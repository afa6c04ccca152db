import Rulebook

extension EmploymentLaw {
  /// Judges work day by day and week by week, each by the law of its own day.
  public func judge(_ plan: WorkPlan) -> WorkJudgement {
    let lastDay = CompulsorySchoolAge.span(dateOfBirth: plan.dateOfBirth).lastDay
    let days = Dictionary(grouping: plan.shifts.filter { $0.date <= lastDay }, by: \.date)
    guard !days.isEmpty || plan.shifts.isEmpty else {
      return WorkJudgement(isInScope: false, violations: [], workedMinutes: [:])
    }
    var violations: Set<WorkViolation> = []
    var worked: [Day: Int] = [:]
    for (day, shifts) in days {
      let judged = WorkDay(day, shifts, of: plan, under: rules(on: day))
      worked[day] = judged.minutes
      violations.formUnion(judged.violations)
    }
    violations.formUnion(weekViolations(worked, of: plan))
    violations.formUnion(noticeViolations(of: plan, firstDay: days.keys.min()))
    return WorkJudgement(
      isInScope: true, violations: violations.sorted { ($0.rule, $0.on, $0.source) < ($1.rule, $1.on, $1.source) },
      workedMinutes: worked)
  }

  /// A week is Monday to Sunday and is judged by the age on its Monday (LIC-1, LIC-2).
  private func weekViolations(_ worked: [Day: Int], of plan: WorkPlan) -> [WorkViolation] {
    let schoolWeeks = Set(plan.schoolDays.keys.map(\.monday))
    return Dictionary(grouping: worked, by: \.key.monday).compactMap { monday, days in
      let isSchoolWeek = schoolWeeks.contains(monday)
      let limit = rules(on: monday).limit(
        .weekLimit, age: monday.age(bornOn: plan.dateOfBirth), period: isSchoolWeek ? .schoolWeek : .freeWeek)
      guard let limit, let most = limit.limit.minutes, days.reduce(0, { $0 + $1.value }) > most else { return nil }
      return WorkViolation(
        rule: isSchoolWeek ? .schoolWeek : .freeWeek, on: monday, source: limit.source,
        instead: "Work at most \(most.hours) in the week.")
    }
  }

  private func noticeViolations(of plan: WorkPlan, firstDay: Day?) -> [WorkViolation] {
    var violations: [WorkViolation] = []
    if let started = plan.started, let notified = plan.notified,
      let limit = rules(on: started).limit(.notifyWithin, age: started.age(bornOn: plan.dateOfBirth)),
      let days = limit.limit.days, started.adding(days: days) < notified
    {
      violations.append(.init(rule: .notified, on: notified, source: limit.source))
    }
    if let firstDay, let granted = plan.permitGranted, firstDay < granted {
      let rules = rules(on: firstDay)
      if rules.regime.isPermitRequiredFirst {
        violations.append(.init(rule: .permit, on: firstDay, source: rules.source))
      }
    }
    return violations
  }
}

/// One day's work under the rules of the day.
private struct WorkDay {
  private let day: Day
  private let age: Int
  private let rules: WorkRules
  private let worked: [ClockSpan]
  /// All jobs together (LIC-4).
  let minutes: Int
  private(set) var violations: [WorkViolation] = []

  init(_ day: Day, _ shifts: [Shift], of plan: WorkPlan, under rules: WorkRules) {
    self.day = day
    self.rules = rules
    age = day.age(bornOn: plan.dateOfBirth)
    worked = shifts.flatMap(\.worked).sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    minutes = worked.reduce(0) { $0 + $1.length }
    for (rule, source) in rules.faults(of: plan.job, age: age, isForParents: plan.isForParents) { add(rule, source) }
    judgeTimes()
    judgeTotal(plan.schoolDays[day])
    judgeBreaks()
  }

  private mutating func add(_ rule: WorkRule, _ source: String, _ instead: String? = nil) {
    violations.append(.init(rule: rule, on: day, source: source, instead: instead))
  }

  private mutating func judgeTimes() {
    if let limit = rules.limit(.earliest, age: age, weekday: day.weekday), let time = limit.limit.time,
      worked.contains(where: { $0.from < time })
    {
      add(.early, limit.source, "Begin at \(time) or later.")
    }
    if let limit = rules.limit(.latest, age: age, weekday: day.weekday), let time = limit.limit.time,
      worked.contains(where: { time < $0.to })
    {
      add(.late, limit.source, "End by \(time).")
    }
  }

  private mutating func judgeTotal(_ school: ClockSpan?) {
    if let school {
      judgeSchoolDay(school)
      judge(.schoolDay, .schoolDay)
    } else if day.weekday == 7, rules.limit(.dayLimit, age: age, period: .sunday, weekday: day.weekday) != nil {
      judge(.sunday, .sunday)
    } else {
      judge(.freeDay, .freeDay)
    }
  }

  private mutating func judge(_ period: WorkLimit.Period, _ rule: WorkRule) {
    guard let limit = rules.limit(.dayLimit, age: age, period: period, weekday: day.weekday) else { return }
    if let most = limit.limit.minutes, minutes > most {
      add(rule, limit.source, "Work at most \(most.hours) on the day.")
    }
  }

  private mutating func judgeSchoolDay(_ school: ClockSpan) {
    if worked.contains(where: { $0.overlaps(school) }) {
      add(.schoolHours, rules.source, "Work before \(school.from) or after \(school.to).")
    }
    let before = worked.reduce(0) { $0 + max(0, min($1.to, school.from).minutes - $1.from.minutes) }
    let limit = rules.limit(.beforeSchool, age: age, weekday: day.weekday)
    let most = limit?.limit.minutes ?? 0
    if before > most {
      add(.beforeSchool, limit?.source ?? rules.source, "Work at most \(most.hours) before \(school.from).")
    }
  }

  /// A break or gap shorter than an hour is no break (LIC-3).
  private mutating func judgeBreaks() {
    var stretch = 0
    var last: ClockTime?
    for span in worked {
      if let last, span.from.minutes - last.minutes >= rules.regime.shortestBreak { stretch = 0 }
      stretch += span.length
      last = max(last ?? span.to, span.to)
      if stretch > rules.regime.longestStretch { return add(.noBreak, rules.source) }
    }
  }
}
