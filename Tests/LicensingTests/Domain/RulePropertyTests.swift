import Rulebook
import Seeded
import TestKit
import Testing

@testable import LicensingDomain

/// What must be so of the rules whatever the hours: less is never worse.
@Suite("Properties of the rules")
struct RulePropertyTests {
  private let seeds = 500
  private let monday = MadeUp.day(2026, 6, 29)

  private func generator(_ part: Int) -> SeededGenerator {
    SeededGenerator(seed: SeededGenerator.chosenSeed, part: UInt64(part))
  }

  private func span(_ random: inout SeededGenerator, longest: Int = 600) -> ClockSpan {
    let from = random.within(0...1300)
    return ClockSpan(
      from: ClockTime(minutes: from) ?? ClockTime(0, 0),
      to: ClockTime(minutes: from + random.within(1...min(longest, 1440 - from))) ?? ClockTime(24, 0))
      ?? MadeUp.span(9, 10)
  }

  private func plan(_ random: inout SeededGenerator) -> WorkPlan {
    let shifts = (0..<random.within(1...30)).map { _ in
      Shift(
        date: monday.adding(days: random.below(21)), span: span(&random),
        breaks: (0..<random.below(3)).map { _ in span(&random, longest: 90) })
    }
    let isHoliday = random.below(3) == 0
    let schoolDays = (0..<21).map(monday.adding(days:)).filter {
      $0.weekday < 6 && !isHoliday && random.below(3) > 0
    }
    let hours = SchoolHours.assumed[0].value
    return WorkPlan(
      dateOfBirth: MadeUp.day(2009, 9, 1).adding(days: random.below(1500)),
      job: random.pick(WorkList.allowedAt13 + WorkList.prohibited + ["other"]), shifts: shifts,
      schoolDays: Dictionary(uniqueKeysWithValues: schoolDays.map { ($0, hours) }))
  }

  private func with(_ plan: WorkPlan, _ shifts: [Shift]) -> WorkPlan {
    WorkPlan(dateOfBirth: plan.dateOfBirth, job: plan.job, shifts: shifts, schoolDays: plan.schoolDays)
  }

  @Test func fewerHoursOfWorkBreakNothingNew() {
    for part in 0..<seeds {
      var random = generator(part)
      let plan = plan(&random)
      let before = Set(EmploymentLaw().judge(plan).violations)
      var shifts = plan.shifts
      let index = random.below(shifts.count)
      let shift = shifts[index]
      if let shorter = ClockSpan(
        from: shift.span.from,
        to: ClockTime(minutes: shift.span.to.minutes - random.within(0...shift.span.length)) ?? .init(0, 0))
      {
        shifts[index] = Shift(date: shift.date, span: shorter, breaks: shift.breaks)
      } else {
        shifts.remove(at: index)
      }
      let after = Set(EmploymentLaw().judge(with(plan, shifts)).violations)
      #expect(after.isSubset(of: before), "part \(part)")
    }
  }

  /// Each rule is reached, so that the property above is about all of them.
  @Test func randomWorkBreaksEveryRuleOfHours() {
    var seen: Set<WorkRule> = []
    for part in 0..<seeds {
      var random = generator(part)
      seen.formUnion(EmploymentLaw().judge(plan(&random)).rules)
    }
    #expect(seen == Set(WorkRule.allCases).subtracting([.notified, .permit, .rest]))
  }

  @Test func stricterByelawsAllowNothingMore() {
    for part in 0..<seeds {
      var random = generator(part)
      let plan = plan(&random)
      let row = random.pick([
        WorkLimit(.latest, time: ClockTime(17, 0)), WorkLimit(.earliest, time: ClockTime(10, 0)),
        WorkLimit(.dayLimit, period: .freeDay, minutes: 60), WorkLimit(.weekLimit, period: .schoolWeek, minutes: 90),
        WorkLimit(.prohibited, job: "shop_work"), WorkLimit(.beforeSchool, minutes: 10),
      ])
      let own = Byelaws(
        authority: "880", madeOn: monday, inForceFrom: MadeUp.day(2020, 1, 1), modelYear: 1998, reference: "Own",
        rows: Byelaws.model1998 + [row])
      #expect(own.faults() == [])
      let stricter = Set(EmploymentLaw(byelaws: [own]).judge(plan).rules)
      #expect(stricter.isSuperset(of: EmploymentLaw().judge(plan).rules), "part \(part)")
    }
  }

  private func performance(_ random: inout SeededGenerator) throws -> PerformanceDay.Times {
    let start = random.within(300...1000)
    let end = random.within(start + 60...1440)
    let parts = try (0..<random.below(6)).map { _ in
      let from = random.within(start...end - 1)
      return PerformanceDay.Part(
        random.pick(PerformanceDay.Part.Kind.allCases),
        try #require(MadeUp.span(monday, from, random.within(from...min(end, from + 200)))))
    }
    return .init(
      dateOfBirth: MadeUp.day(2010, 1, 1).adding(days: random.below(5000)),
      atPlace: try #require(MadeUp.span(monday, start, end)), parts: parts, breaks: [])
  }

  @Test func leavingOutAPartBreaksNothingNew() throws {
    for part in 0..<seeds {
      var random = generator(part)
      let times = try performance(&random)
      guard !times.parts.isEmpty else { continue }
      var parts = times.parts
      parts.remove(at: random.below(parts.count))
      let fewer = PerformanceDay.Times(
        dateOfBirth: times.dateOfBirth, atPlace: times.atPlace, parts: parts, breaks: times.breaks)
      #expect(Set(PerformanceDay(fewer).violations).isSubset(of: PerformanceDay(times).violations), "part \(part)")
    }
  }

  @Test func leavingOutADayBreaksNothingNew() throws {
    for part in 0..<seeds {
      var random = generator(part)
      let days = try (0..<20).filter { _ in random.below(4) > 0 }.map { offset in
        let from = random.within(400...900)
        return PerformanceSchedule.Attendance(
          try #require(MadeUp.span(monday.adding(days: offset), from, from + random.within(60...500))),
          isNightWork: random.below(5) == 0)
      }
      guard !days.isEmpty else { continue }
      var fewer = days
      fewer.remove(at: random.below(days.count))
      #expect(
        Set(PerformanceSchedule(fewer).violations).isSubset(of: PerformanceSchedule(days).violations), "part \(part)")
    }
  }

  @Test func anotherChaperoneNeverLeavesChildrenAlone() {
    for part in 0..<seeds {
      var random = generator(part)
      let approved = DayRange(first: monday, last: monday)
      let children = (0..<random.within(1...30)).map { ChaperonePlan.Child(id: "\($0)", span: span(&random)) }
      let chaperones = (0..<random.below(4)).map {
        ChaperonePlan.Chaperone(id: "\($0)", span: span(&random), approved: approved)
      }
      let more = chaperones + [.init(id: "more", span: span(&random), approved: approved)]
      let before = ChaperonePlan(on: monday, children: children, chaperones: chaperones)
      let after = ChaperonePlan(on: monday, children: children, chaperones: more)
      #expect(after.mostChildren == before.mostChildren)
      let end = ClockTime(24, 0)
      #expect(before.firstShortfall ?? end <= after.firstShortfall ?? end, "part \(part)")
    }
  }
}
