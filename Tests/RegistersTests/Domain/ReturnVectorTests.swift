import Contracts
import Foundation
import Rulebook
import TestKit
import Testing

@testable import RegistersDomain

/// The decision tables of sickness, of ten continuous days and of part-time timetables, answered by the parts that judge
/// the registers.
@Suite struct ReturnVectorTests {
  private struct Input: Decodable {
    let calendar: TableCalendar
    let asOf: Day
    let marks: [Stretch]?
    let agreements: [[Day?]]?

    enum CodingKeys: String, CodingKey {
      case calendar, marks, agreements
      case asOf = "as_of"
    }

    /// The years of the calendar up to the day, each with its marks.
    func years() -> [FindingJudge.YearBefore] {
      let days = calendar.calendar.schoolDays
      let first = days.first.map(SchoolYear.init(containing:))?.startYear ?? 0
      return (first...max(first, SchoolYear(containing: asOf).startYear)).map { start in
        let plan = YearPlan(calendar.calendar, SchoolYear(startYear: start))
        var row = PupilYear(year: plan.year)
        for stretch in marks ?? [] {
          for day in plan.days where stretch.first <= day.day && day.day <= min(stretch.last, asOf) {
            row[day.day, .am] = stretch.morning
            row[day.day, .pm] = stretch.afternoon
          }
        }
        return .init(row: row, plan: plan)
      }
    }
  }

  /// A first and a last day and what stands in their mornings and afternoons; later ones win.
  private struct Stretch: Decodable {
    let first, last: Day
    let morning, afternoon: AttendanceCode?

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      first = try list.decode(Day.self)
      last = try list.decode(Day.self)
      morning = try list.decodeIfPresent(AttendanceCode.self)
      afternoon = try list.decodeIfPresent(AttendanceCode.self)
    }
  }

  private static func find(_ years: [FindingJudge.YearBefore], _ place: Int, today: Day) -> [Finding] {
    FindingJudge(plan: years[place].plan, today: today).findings(
      years[place].row, time: MadeUp.time(.always), compulsory: .always
    ) { place > 0 ? years[place - 1] : nil }
  }

  @Test func sicknessReturns() throws {
    for row in try DecisionTable("cme_cases.json", type: "sickness_return").cases {
      let input: Input = try row.input()
      let years = input.years()
      let start = input.asOf.month >= 9 ? input.asOf.year : input.asOf.year - 1
      let (first, last) = (SchoolYear(startYear: start).september, SchoolYear(startYear: start + 1).september)
      var illness = Illness()
      for year in years {
        illness.take(year.row, year.plan, in: DayRange(first: first, last: last.adding(days: -1)), codes: .england)
      }
      let answer: [String: (any Sendable)?] = [
        "days_with_illness": illness.days, "sessions": illness.sessions, "expected": illness.became != nil,
        "expected_on": illness.became?.iso,
      ]
      #expect(try row.expects(answer), "\(row.id)")
      // The judge finds it in the year in which it became due.
      let found = years.indices.flatMap { Self.find(years, $0, today: input.asOf) }
        .filter { $0.kind == .fifteenDaySickness && first <= $0.on && $0.on < last }
      #expect(found.map(\.on) == [illness.became].compactMap { $0 }, "\(row.id)")
    }
  }

  @Test func runsOfTenDays() throws {
    for row in try DecisionTable("cme_cases.json", type: "ten_day_run").cases {
      let input: Input = try row.input()
      let years = input.years()
      var episodes: [[String]] = []
      var current: FindingJudge.Run?
      for place in years.indices {
        let judge = FindingJudge(plan: years[place].plan, today: input.asOf)
        let runs = judge.absences(years[place].row, compulsory: .always) { place > 0 ? years[place - 1] : nil }
        for run in runs {
          let episode = [run.first, run.reached[10]].compactMap { $0?.iso }
          if episode.count == 2, !episodes.contains(episode) { episodes.append(episode) }
        }
        if years[place].row.codes.contains(where: { $0 != AttendanceCode.noMark }) {
          current = runs.last.flatMap { $0.goesOn ? $0 : nil }
        }
      }
      let answer: [String: (any Sendable)?] = [
        "episodes": episodes, "current_run_days": current?.days ?? 0, "current_run_start": current?.first?.iso,
      ]
      #expect(try row.expects(answer), "\(row.id)")
      let found = years.indices.flatMap { Self.find(years, $0, today: input.asOf) }
        .filter { $0.kind == .tenDayAbsence }.map { [$0.since.iso, $0.on.iso] }
      #expect(found == episodes, "\(row.id)")
    }
  }

  @Test func partTimeTimetables() throws {
    for row in try DecisionTable("cme_cases.json", type: "part_time").cases {
      let input: Input = try row.input()
      let years = input.years()
      let agreements = try (input.agreements ?? []).map { (first: try #require($0[0]), last: $0[1]) }
      let agreed = agreements.map { DayRange(first: $0.first, last: $0.last ?? input.asOf) }
        .filter { $0.first <= input.asOf }
      let (now, before) = (years[years.count - 1], years.dropLast().last)
      let judge = FindingJudge(plan: now.plan, today: input.asOf)
      let limits = (
        try #require(FindingRules.partTimeChallenged.inForce(on: input.asOf)).value,
        try #require(FindingRules.partTimeMissingOut.inForce(on: input.asOf)).value
      )
      let spells = judge.partTimeSpells(now.row, onRoll: .always, agreed: agreed, before: before)
      let told = spells.map { spell -> [String: any Sendable] in
        let own = agreements.filter { spell.contains($0.first) }
        let end = own.contains { $0.last == nil } ? nil : own.compactMap(\.last).max()
        let days = spell.last - spell.first
        return [
          "from": spell.first.iso, "to": end.map { $0.iso as any Sendable } ?? NSNull() as any Sendable,
          "open": spell.last >= input.asOf, "days": days, "over_6_weeks": days > limits.0,
          "over_12_weeks": days > limits.1,
        ]
      }
      let counted = spells.contains { spell in
        spell.last - spell.first > limits.1
          && judge.isOnPartTimeTimetable(
            now.row, time: MadeUp.time(.always), agreed: agreed, since: spell.first, before: before)
      }
      #expect(try row.expects(["spells": told, "in_quarter_figure": counted]), "\(row.id)")
    }
  }
}
