import CaseFlow
import Foundation
import Rulebook
import TestKit
import Testing

@testable import CaseworkDomain

/// The tables of casework: gain, contracts, clocks and caseload.
@Suite("Tables of casework")
struct CaseworkTableTests {
  private static let table = "casework_cases.json"
  private let rule = Gain.Rule.standard[0].value

  /// A calendar as the tables write it.
  private struct Calendar: Decodable {
    let terms: [[Day]]
    let closed: [Day]

    var calendar: SchoolCalendar {
      SchoolCalendar(terms: terms.map { DayRange(first: $0[0], last: $0[1]) }, closed: Set(closed))
    }
  }

  private struct Measured: Decodable {
    let calendar: Calendar
    let referredOn, closedOn: Day
    let marks: [[String?]]

    enum CodingKeys: String, CodingKey {
      case calendar, marks
      case referredOn = "referred_on"
      case closedOn = "closed_on"
    }

    /// The marks of every session; later rows win.
    func register() throws -> [KeptMark] {
      var register: [Day: [AttendanceCode?]] = [:]
      for row in marks {
        let (first, last) = (
          try #require(row[0].flatMap { Day(iso: $0) }), try #require(row[1].flatMap { Day(iso: $0) })
        )
        let codes = row[2...].map { $0.flatMap { AttendanceCode($0) } }
        for day in calendar.calendar.schoolDays where first <= day && day <= last { register[day] = codes }
      }
      return register.flatMap { day, codes in
        zip(Session.allCases, codes).compactMap { session, code in
          code.map { KeptMark(date: day, session: session, code: $0) }
        }
      }
    }
  }

  @Test func gain() throws {
    for one in try DecisionTable(Self.table, type: "gain").cases {
      let input = try one.input(Measured.self)
      let marks = try input.register()
      func count(upTo day: Day) -> Attended {
        let days = Set(FigureWindow(upTo: day, weeks: rule.weeks, in: input.calendar.calendar).days)
        return Attended(marks.filter { days.contains($0.date) }, codes: .england)
      }
      let gain = Gain(
        referral: count(upTo: input.referredOn.adding(days: -1)), closure: count(upTo: input.closedOn), rule: rule)
      #expect(
        try one.expects([
          "referral": [gain.referral.present, gain.referral.possible],
          "closure": [gain.closure.present, gain.closure.possible], "referral_pct": gain.referral.shown,
          "closure_pct": gain.closure.shown, "measurable": gain.isMeasurable, "gain_points": gain.points?.oneDecimal,
        ]), "\(one.id)")
    }
  }

  private struct ClosedCases: Decodable {
    struct One: Decodable {
      let ref, close: [Int]
      let outcome: String
    }
    let cases: [One]
  }

  private func attended(_ counts: [Int]) throws -> Attended {
    try #require(Attended(present: counts[0], possible: counts[1]))
  }

  private func closing(_ outcome: String) throws -> Closing {
    let others = ["over_csa": Closing.overSchoolAge, "escalated_closed": .escalated]
    return try #require(others[outcome] ?? Closing(rawValue: outcome.replacing("_", with: "-")))
  }

  @Test func summary() throws {
    for one in try DecisionTable(Self.table, type: "gain_summary").cases {
      let cases = try one.input(ClosedCases.self).cases.map {
        GainSummary.Closed(
          referral: try attended($0.ref), closure: try attended($0.close), closing: try closing($0.outcome))
      }
      let summary = GainSummary(cases, rule: rule)
      #expect(
        try one.expects([
          "measured": summary.measured, "not_measurable": summary.notMeasurable, "left_out": summary.leftOut,
          "mean": summary.mean?.oneDecimal, "median": summary.median?.oneDecimal,
        ]), "\(one.id)")
    }
  }

  private struct Judged: Decodable {
    let target: String
    let baseline, achieved: [Int]

    enum CodingKeys: String, CodingKey {
      case baseline, achieved
      case target = "target_pct"
    }
  }

  @Test func contract() throws {
    for one in try DecisionTable(Self.table, type: "contract_result").cases {
      let input = try one.input(Judged.self)
      let achieved = try attended(input.achieved)
      let result = ContractResult(
        target: try #require(Fraction(decimal: input.target)), baseline: try attended(input.baseline),
        achieved: achieved)
      #expect(
        try one.expects([
          "result": result.outcome.rawValue.replacing("-", with: "_"), "achieved_pct": achieved.shown,
          "sessions_short": result.sessionsShort,
        ]), "\(one.id)")
    }
  }

  private struct Steps: Decodable {
    let received: Day
    let triaged, allocated, closed, earlierClosed: Day?

    enum CodingKeys: String, CodingKey {
      case received, triaged, allocated, closed
      case earlierClosed = "earlier_closed"
    }
  }

  @Test func clocks() throws {
    for one in try DecisionTable(Self.table, type: "casework_clock").cases {
      let input = try one.input(Steps.self)
      func by(_ clock: Dated<Span>, _ day: Day?) -> String? { day.map { CaseClocks.lastDay(clock, from: $0).iso } }
      #expect(
        try one.expects([
          "triage_by": by(CaseClocks.triage, input.received), "allocate_by": by(CaseClocks.allocation, input.triaged),
          "first_contact_by": by(CaseClocks.firstContact, input.allocated),
          "visit_by": by(CaseClocks.homeVisit, input.allocated), "plan_by": by(CaseClocks.plan, input.allocated),
          "sign_off_by": by(CaseClocks.signOff, input.closed),
          "re_referral": input.earlierClosed.map {
            CaseClocks.isReReferral(receivedOn: input.received, closedOn: $0)
          },
        ]), "\(one.id)")
    }
  }

  private struct Load: Decodable {
    struct One: Decodable {
      let stage: Int
      let hasProtectionPlan: Bool?

      enum CodingKeys: String, CodingKey {
        case stage
        case hasProtectionPlan = "protection_plan"
      }
    }
    let fte: String
    let cases: [One]
  }

  @Test func caseload() throws {
    let rule = Caseload.Rule.standard[0].value
    for one in try DecisionTable(Self.table, type: "caseload").cases {
      let input = try one.input(Load.self)
      let load = Caseload(
        input.cases.map { .init(stage: $0.stage, hasProtectionPlan: $0.hasProtectionPlan ?? false) },
        wholeTime: try #require(Fraction(decimal: input.fte)), rule: rule)
      #expect(
        try one.expects([
          "open": load.open, "weight": load.weight.oneDecimal, "weight_per_fte": load.weightOfWholeTime.oneDecimal,
          "alert": load.isTooHeavy,
        ]), "\(one.id)")
    }
  }
}
