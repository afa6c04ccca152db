import Foundation
import Rulebook
import TestKit
import Testing

@testable import LicensingDomain

/// The tables of children's work.
@Suite("Tables of child employment")
struct EmploymentTableTests {
  private struct TableShift: Decodable {
    let date: Day
    let start: ClockTime
    let end: ClockTime
    let breaks: [[ClockTime]]?
  }

  private struct Hours: Decodable {
    let dob: Day
    let job: String
    let shifts: [TableShift]
    let schoolDays: [Day]?
    let schoolHours: [ClockTime]?
    let schoolHoursOverrides: [String: [ClockTime]]?
    let allowsHourBeforeSchool: Bool?
    let regime: String?
    let startedOn: Day?
    let notifiedOn: Day?
    let permitGrantedOn: Day?

    enum CodingKeys: String, CodingKey {
      case dob, job, shifts, regime
      case schoolDays = "school_days"
      case schoolHours = "school_hours"
      case schoolHoursOverrides = "school_hours_overrides"
      case allowsHourBeforeSchool = "byelaw_allows_hour_before_school"
      case startedOn = "started_on"
      case notifiedOn = "notified_on"
      case permitGrantedOn = "permit_granted_on"
    }

    private func span(_ times: [ClockTime]) throws -> ClockSpan {
      try #require(ClockSpan(from: times[0], to: times[1]))
    }

    /// The law that the table names, for all its days.
    func law() throws -> EmploymentLaw {
      let byelaws = Byelaws(
        authority: "880", madeOn: MadeUp.day(1998, 1, 1), inForceFrom: MadeUp.day(1998, 1, 1), modelYear: 1998,
        reference: "Byelaws without work before school",
        rows: Byelaws.model1998.filter { $0.kind != .beforeSchool })
      let local = allowsHourBeforeSchool == false ? [byelaws] : []
      switch regime {
      case nil, "current": return EmploymentLaw(byelaws: local)
      default:
        #expect(regime == "cwsa2026")
        return EmploymentLaw([InForce(EmploymentRegime.act2026, source: "the table")], byelaws: local)
      }
    }

    func plan() throws -> WorkPlan {
      let usual = try schoolHours.map(span) ?? SchoolHours.assumed[0].value
      var days = Dictionary((schoolDays ?? []).map { ($0, usual) }, uniquingKeysWith: { first, _ in first })
      for day in days.keys {
        if let times = schoolHoursOverrides?[day.iso] { days[day] = try span(times) }
      }
      var plan = WorkPlan(
        dateOfBirth: dob, job: job,
        shifts: try shifts.map {
          Shift(date: $0.date, span: try span([$0.start, $0.end]), breaks: try ($0.breaks ?? []).map(span))
        }, schoolDays: days)
      plan.started = startedOn
      plan.notified = notifiedOn
      plan.permitGranted = permitGrantedOn
      return plan
    }
  }

  @Test func hours() throws {
    for one in try DecisionTable("child_employment_cases.json", type: "hours").cases {
      let input = try one.input(Hours.self)
      let judged = try input.law().judge(input.plan())
      #expect(
        try one.expects([
          "in_scope": judged.isInScope, "compliant": judged.isCompliant, "violations": judged.rules.map(\.rawValue),
          "worked_minutes": Dictionary(uniqueKeysWithValues: judged.workedMinutes.map { ($0.iso, $1) }),
        ]), "\(one.id)")
    }
  }

  private struct Rest: Decodable {
    let holidays: [[Day]]
    let worked: [Day]
    let today: Day

    enum CodingKeys: String, CodingKey {
      case today
      case holidays = "school_holidays"
      case worked = "worked_dates"
    }
  }

  @Test func twoWeekRest() throws {
    for one in try DecisionTable("child_employment_cases.json", type: "two_week_rest").cases {
      let input = try one.input(Rest.self)
      let rest = TwoWeekRest(
        holidays: input.holidays.map { DayRange(first: $0[0], last: $0[1]) }, worked: Set(input.worked),
        today: input.today)
      #expect(
        try one.expects([
          "satisfied_or_possible": rest.isSatisfiedOrPossible, "first_block_start": rest.firstDay?.iso,
        ]), "\(one.id)")
    }
  }
}
