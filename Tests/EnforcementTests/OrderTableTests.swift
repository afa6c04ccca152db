import Foundation
import Rulebook
import TestKit
import Testing

@testable import EnforcementDomain

/// The tables of proceedings and of orders.
@Suite("Tables of proceedings and orders")
struct OrderTableTests {
  /// A table whose inputs are a few days by name.
  private func days(_ table: String, _ type: String, _ answer: ([String: Day]) throws -> [String: (any Sendable)?])
    throws
  {
    for one in try DecisionTable(table, type: type).cases {
      #expect(try one.expects(try answer(try one.input([String: Day].self))), "\(one.id)")
    }
  }

  @Test func clocks() throws {
    try days("deadline_cases.json", "prosecution_limit") {
      ["last_day_to_lay": Limitation.lastDay(for: try #require($0["last_offence_date"])).iso]
    }
    try days("deadline_cases.json", "s447_report") {
      ["last_day_to_report": CourtClocks.lastDayToReport(directedOn: try #require($0["directed"])).iso]
    }
    try days("deadline_cases.json", "sjp_response") {
      ["last_day_to_respond": CourtClocks.lastDayToAnswer(servedOn: try #require($0["served"])).iso]
    }
  }

  private struct Charge: Decodable {
    let layOn: Day
    let dates: [Day]
    let received: Day?

    enum CodingKeys: String, CodingKey {
      case dates
      case layOn = "lay_on"
      case received = "pn_received"
    }
  }

  @Test func prosecutionWindow() throws {
    let terms = try #require(PenaltyNoticeTerms.national.first).value
    for one in try DecisionTable("enforcement_cases.json", type: "prosecution_window").cases {
      let input = try one.input(Charge.self)
      let first = input.received.flatMap {
        NoticePeriod(received: $0, level: 1, terms: terms)?.firstDayOfProceedings
      }
      let window = ChargeableDates(of: input.dates, laidOn: input.layOn, firstDayOfProceedings: first)
      #expect(
        try one.expects([
          "chargeable": window.chargeable.map(\.iso), "time_barred": window.timeBarred.map(\.iso),
          "last_day_to_lay": window.lastDayToLay?.iso, "too_early_until": window.tooEarlyUntil?.iso,
          "window_never_opens": window.neverOpens, "may_lay": window.mayLay,
        ]), "\(one.id)")
    }
  }

  @Test func attendanceOrder() throws {
    // The days between do not hang on the child's age: any child of compulsory school age does.
    let born = try #require(Day(iso: "2016-05-10"))
    try days("deadline_cases.json", "sao_notice") {
      let course = SchoolAttendanceOrder(dateOfBirth: born, noticeServed: try #require($0["served"]))
      return [
        "last_day_of_period": course.lastDayToSatisfy.iso, "first_day_next_step": course.earliestNomination.iso,
      ]
    }
    try days("deadline_cases.json", "sao_choice") {
      let served = try #require($0["served"])
      let course = SchoolAttendanceOrder(
        dateOfBirth: born, noticeServed: served.adding(days: -15), nominationServed: served)
      return ["last_day_of_period": course.lastDayToChoose?.iso, "first_day_next_step": course.earliestOrder?.iso]
    }
    try days("enforcement_cases.json", "sao_timeline") {
      let course = SchoolAttendanceOrder(
        dateOfBirth: try #require($0["date_of_birth"]), noticeServed: try #require($0["s437_served"]),
        nominationServed: $0["s438_served"], schoolConsulted: $0["s439_consulted"], orderServed: $0["order_served"])
      return [
        "s437_last_day": course.lastDayToSatisfy.iso, "earliest_s438": course.earliestNomination.iso,
        "s438_last_day": course.lastDayToChoose?.iso, "earliest_order": course.earliestOrder?.iso,
        "violations": course.violations.map(\.rawValue), "compliant": course.violations.isEmpty,
      ]
    }
  }

  private struct Supervision: Decodable {
    struct Extension: Decodable {
      let applied: Day
      let until: Day
    }
    let made: Day
    let born: Day
    let extensions: [Extension]?

    enum CodingKeys: String, CodingKey {
      case made, extensions
      case born = "date_of_birth"
    }

    var order: EducationSupervisionOrder {
      .init(
        made: made, dateOfBirth: born,
        extensions: (extensions ?? []).map { .init(applied: $0.applied, until: $0.until) })
    }
  }

  @Test func supervisionOrder() throws {
    for one in try DecisionTable("deadline_cases.json", type: "eso").cases {
      let order = try one.input(Supervision.self).order
      #expect(
        try one.expects([
          "last_day": order.lastDay.iso, "effective_last_day": order.effectiveLastDay.iso,
          "earliest_extension_application": order.earliestExtensionApplication.iso,
        ]), "\(one.id)")
    }
    for one in try DecisionTable("enforcement_cases.json", type: "eso_course").cases {
      let order = try one.input(Supervision.self).order
      #expect(
        try one.expects([
          "last_day": order.lastDay.iso, "effective_last_day": order.effectiveLastDay.iso,
          "violations": order.violations.map(\.rawValue), "valid": order.violations.isEmpty,
        ]), "\(one.id)")
    }
  }

  private struct Parenting: Decodable {
    let made: Day
    let until: Day
    let programme: [Day]?
    let earlierOrder: Bool?

    enum CodingKeys: String, CodingKey {
      case made, until, programme
      case earlierOrder = "earlier_order"
    }
  }

  @Test func parentingOrder() throws {
    for one in try DecisionTable("enforcement_cases.json", type: "parenting_order").cases {
      let input = try one.input(Parenting.self)
      let order = ParentingOrder(
        made: input.made, until: input.until, programme: input.programme.map { DayRange(first: $0[0], last: $0[1]) },
        hadEarlierOrder: input.earlierOrder ?? false)
      #expect(
        try one.expects([
          "last_possible_day": order.lastPossibleDay.iso, "violations": order.violations.map(\.rawValue),
          "valid": order.violations.isEmpty,
        ]), "\(one.id)")
    }
  }
}
