public import Rulebook

extension LicenceApplication {
  /// The rules that the plan breaks, each on its first day.
  ///
  /// - Parameter approvals: the days for which each chaperone of the register is approved.
  public func breaches(dateOfBirth: Day, approvals: [String: DayRange]) -> [RuleBreach] {
    guard let first = dates.first else { return [] }
    let hours = PerformanceTerms.england.source(on: first)
    let care = ChaperoneTerms.england.source(on: first)
    let lessons = (periods.flatMap(\.violations) + group(on: first)).map {
      PerformanceBreach($0, on: first, instead: $0.fix)
    }
    let found =
      schedule(dateOfBirth: dateOfBirth).breaches.map { ($0, hours) }
      + days.flatMap { inCharge(of: $0, approvals).breaches }.map { ($0, care) }
      + lessons.map { ($0, LessonPlan.Rule.england[0].source) }
    return Dictionary(grouping: found, by: \.0.rule).values.compactMap { broken in
      broken.min { $0.0.on < $1.0.on }.map { RuleBreach($0.0, source: $0.1) }
    }.sorted { $0.rule < $1.rule }
  }

  /// The child's days, judged by the rules of hours and rest.
  ///
  /// - Parameter recorded: other days in their place.
  public func schedule(dateOfBirth birth: Day, days recorded: [PlannedDay]? = nil) -> ChildSchedule {
    ChildSchedule(
      (recorded ?? days).map { day in
        var times = PerformanceDay.Times(
          dateOfBirth: birth, atPlace: day.atPlace, parts: day.parts, breaks: day.breaks)
        times.isNightWorkPermitted = day.isNightWork ?? false
        times.isHomeOrSchool = day.isHomeOrSchool ?? false
        return times
      }, isCircus: isCircus ?? false)
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

  /// Whether a private teacher has too many at once (2014 Regulations reg 13).
  private func group(on day: Day) -> [PerformanceRule] {
    let rule = LessonPlan.Rule.england.value(on: day)
    let most = isOfLikeStandard == true ? rule.mostOfLikeStandard : rule.mostTogether
    return (taughtTogether ?? 0) > most ? [.taughtTogether] : []
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
