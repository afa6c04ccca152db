public import Rulebook

extension LicenceApplication {
  /// The rules that the plan breaks, each on its first day.
  ///
  /// - Parameter approvals: the days for which each chaperone of the register is approved.
  public func breaches(dateOfBirth: Day, approvals: [String: DayRange]) -> [RuleBreach] {
    let days = days.sorted { $0.atPlace.start < $1.atPlace.start }
    guard let first = days.first?.atPlace.start.day else { return [] }
    let hours = PerformanceTerms.england.inForce(on: first)?.source ?? PerformanceTerms.england[0].source
    let care = ChaperoneTerms.england.inForce(on: first)?.source ?? ChaperoneTerms.england[0].source
    var broken: [PerformanceRule: (Day, String)] = [:]
    func note(_ rules: [PerformanceRule], _ day: Day, _ source: String) {
      for rule in rules where broken[rule] == nil { broken[rule] = (day, source) }
    }
    for day in days {
      let date = day.atPlace.start.day
      note(hoursOf(day, dateOfBirth).violations, date, hours)
      note(inCharge(of: day, approvals).violations, date, care)
    }
    note(together(days), first, hours)
    for period in periods { note(period.violations, first, LessonPlan.Rule.england[0].source) }
    return broken.map { RuleBreach($0.key, on: $0.value.0, source: $0.value.1) }.sorted { $0.rule < $1.rule }
  }

  private func hoursOf(_ day: PlannedDay, _ birth: Day) -> PerformanceDay {
    var times = PerformanceDay.Times(
      dateOfBirth: birth, atPlace: day.atPlace, parts: day.parts, breaks: day.breaks)
    times.isNightWorkPermitted = day.isNightWork ?? false
    times.isHomeOrSchool = day.isHomeOrSchool ?? false
    return PerformanceDay(times)
  }

  /// The rules between days.
  private func together(_ days: [PlannedDay]) -> [PerformanceRule] {
    let dates = Set(dates)
    let nights = Set(days.filter { $0.isNightWork == true }.map(\.atPlace.start.day))
    return PerformanceSchedule(days.map { .init($0.atPlace, isNightWork: $0.isNightWork ?? false) }).violations
      + BreakInPerformances(dates: dates, licenceDays: dates.count, isCircus: isCircus ?? false).violations
      + NightRun(nights: nights).violations
  }

  /// A stay over midnight is judged to the end of its first day: the chaperones stay as long as the children.
  private func inCharge(of day: PlannedDay, _ approvals: [String: DayRange]) -> ChaperonePlan {
    let (start, end) = (day.atPlace.start, day.atPlace.end)
    let last = start.day < end.day ? ClockTime(24, 0) : end.time
    let span = ClockSpan(from: start.time, to: last) ?? ClockSpan(ClockTime(0, 0), ClockTime(24, 0))
    let nobody = DayRange(first: start.day.adding(days: 1), last: start.day.adding(days: -1))
    return ChaperonePlan(
      on: start.day, children: (0..<day.children).map { .init(id: "\($0)", span: span) },
      chaperones: day.chaperones.map {
        .init(id: $0.chaperone, span: span, approved: approvals[$0.chaperone] ?? nobody)
      }, parents: day.isWithParent == true ? [.init(child: "0", span: span)] : [])
  }

  /// The lessons in periods of as many weeks as the law counts together.
  private var periods: [LessonPlan] {
    guard let lessons, let first = dates.first else { return [] }
    let rule = LessonPlan.Rule.england.value(on: first)
    return stride(from: 0, to: lessons.count, by: rule.weeks).map {
      LessonPlan(Array(lessons[$0..<min($0 + rule.weeks, lessons.count)]), under: rule)
    }
  }
}
