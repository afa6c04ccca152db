import Foundation
import Rulebook
import TestKit
import Testing

@testable import LicensingDomain

/// The tables of breaks, nights, chaperones over a day, leave and the review of permits.
@Suite("Tables of licensing")
struct LicensingTableTests {
  private struct Weeks: Decodable {
    let dates: [Day]
    let licenceDays: Int
    let circus: Bool?

    enum CodingKeys: String, CodingKey {
      case dates, circus
      case licenceDays = "licence_days"
    }
  }

  @Test func eightWeeks() throws {
    for one in try DecisionTable("licensing_cases.json", type: "eight_weeks").cases {
      let input = try one.input(Weeks.self)
      let judged = BreakInPerformances(
        dates: Set(input.dates), licenceDays: input.licenceDays, isCircus: input.circus ?? false)
      let first = judged.due.first
      #expect(
        try one.expects([
          "required": first != nil, "last_performance": first?.lastPerformance.iso,
          "break_from": first?.days.first.iso, "break_to": first?.days.last.iso,
          "violations": judged.violations.map(\.rawValue), "compliant": judged.violations.isEmpty,
        ]), "\(one.id)")
    }
  }

  @Test func nightRun() throws {
    for one in try DecisionTable("licensing_cases.json", type: "night_run").cases {
      let run = NightRun(nights: Set(try one.input([String: [Day]].self)["nights"] ?? []))
      #expect(
        try one.expects([
          "barred": run.barred.map { [$0.first.iso, $0.last.iso] }, "violations": run.violations.map(\.rawValue),
          "compliant": run.violations.isEmpty,
        ]), "\(one.id)")
    }
  }

  private struct Plan: Decodable {
    struct Child: Decodable {
      let id: String
      let from: ClockTime
      let to: ClockTime
    }
    struct Chaperone: Decodable {
      let id: String
      let from: ClockTime
      let to: ClockTime
      let approvedFrom: Day
      let approvedUntil: Day

      enum CodingKeys: String, CodingKey {
        case id, from, to
        case approvedFrom = "approved_from"
        case approvedUntil = "approved_until"
      }
    }
    struct Parent: Decodable {
      let child: String
      let from: ClockTime
      let to: ClockTime
    }
    let date: Day
    let children: [Child]
    let chaperones: [Chaperone]
    let parents: [Parent]?
  }

  private func span(_ from: ClockTime, _ to: ClockTime) throws -> ClockSpan {
    try #require(ClockSpan(from: from, to: to))
  }

  @Test func chaperonePlan() throws {
    for one in try DecisionTable("licensing_cases.json", type: "chaperone_plan").cases {
      let input = try one.input(Plan.self)
      let plan = ChaperonePlan(
        on: input.date, children: try input.children.map { .init(id: $0.id, span: try span($0.from, $0.to)) },
        chaperones: try input.chaperones.map {
          .init(
            id: $0.id, span: try span($0.from, $0.to),
            approved: DayRange(first: $0.approvedFrom, last: $0.approvedUntil))
        }, parents: try (input.parents ?? []).map { .init(child: $0.child, span: try span($0.from, $0.to)) })
      #expect(
        try one.expects([
          "most_children": plan.mostChildren, "chaperones_needed": plan.chaperonesNeeded,
          "first_shortfall": plan.firstShortfall?.description, "violations": plan.violations.map(\.rawValue),
          "compliant": plan.violations.isEmpty,
        ]), "\(one.id)")
    }
  }

  private struct Leave: Decodable {
    struct Row: Decodable {
      let mark: LeaveMatch.Mark

      init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        mark = .init(
          try row.decode(Day.self), try row.decode(Session.self), try row.decode(AttendanceCode.self))
      }
    }
    let licensedDates: [Day]
    let marks: [Row]

    enum CodingKeys: String, CodingKey {
      case marks
      case licensedDates = "licensed_dates"
    }
  }

  @Test func leaveMatch() throws {
    for one in try DecisionTable("licensing_cases.json", type: "c1_match").cases {
      let input = try one.input(Leave.self)
      let match = LeaveMatch(input.marks.map(\.mark), licensed: Set(input.licensedDates))
      #expect(
        try one.expects([
          "c1_without_licence": match.leaveWithoutLicence.map { [$0.date.iso, $0.session.rawValue] },
          "licensed_but_other_absence": match.otherAbsence.map { [$0.date.iso, $0.session.rawValue, $0.code.text] },
          "sessions_of_leave": match.sessionsOfLeave, "matches": match.matches,
        ]), "\(one.id)")
    }
  }

  private struct Review: Decodable {
    let present: Int
    let possible: Int
    let localFigure: String
    let dateOfBirth: Day
    let asOf: Day
    let openEnforcement: Bool?
    let minSessions: Int?

    enum CodingKeys: String, CodingKey {
      case present, possible
      case localFigure = "local_figure_pct"
      case dateOfBirth = "date_of_birth"
      case asOf = "as_of"
      case openEnforcement = "open_enforcement"
      case minSessions = "min_sessions"
    }
  }

  @Test func permitReview() throws {
    for one in try DecisionTable("licensing_cases.json", type: "permit_review").cases {
      let input = try one.input(Review.self)
      let policy = PermitReview.Policy(
        figure: try #require(Decimal(string: input.localFigure)),
        fewestSessions: input.minSessions ?? PermitReview.Policy.usual[0].value.fewestSessions)
      let review = PermitReview(
        present: input.present, possible: input.possible, isEnforced: input.openEnforcement ?? false,
        dateOfBirth: input.dateOfBirth, on: input.asOf, policy: policy)
      #expect(
        try one.expects(["state": review.state.rawValue, "reasons": review.reasons.map(\.rawValue)]), "\(one.id)")
    }
  }
}
