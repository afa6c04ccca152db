import Contracts
import Foundation
import Rulebook
import TestKit
import Testing

@testable import RegistersDomain

/// The shared decision table of statistics, with the marks laid into rows and counted as the service counts them.
@Suite struct FigureVectorTests {
  private struct Input: Decodable {
    let marks: [Mark]?
    let pupils: [[Mark]]?
    let children: [[Mark]]?
    let scheme: String?
    let pa: String?
    let minSessions: Int?

    enum CodingKeys: String, CodingKey {
      case marks, pupils, children, scheme, pa
      case minSessions = "min_sessions"
    }

    /// The first day of the marks: before the codes changed, or in the years of another threshold.
    var first: Day {
      if pa == "0.15" { return MadeUp.day("2012-09-03") }
      if pa == "0.20" { return MadeUp.day("2008-09-01") }
      return scheme == "legacy" || scheme == "before-2024" ? MadeUp.day("2016-09-05") : MadeUp.day("2024-09-02")
    }
  }

  private struct Mark: Decodable {
    let code: String
    let count: Int

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      code = try list.decode(String.self)
      count = try list.decode(Int.self)
    }
  }

  private static let school = SchoolFacts(
    urn: MadeUp.school, phase: .primary, kind: .maintained, sessions: MadeUp.everyDay)

  /// One registration whose marks stand one after another from a day on.
  private static func rows(_ marks: [Mark], from first: Day) throws -> [PupilYear] {
    var rows: [PupilYear] = []
    var place = 0
    for mark in marks {
      let code = try #require(AttendanceCode(mark.code))
      for _ in 0..<mark.count {
        let day = first.adding(days: place / 2)
        if rows.last?.year != SchoolYear(containing: day) { rows.append(PupilYear(year: SchoolYear(containing: day))) }
        rows[rows.count - 1][day, place % 2 == 0 ? .am : .pm] = code
        place += 1
      }
    }
    return rows
  }

  private static func table(_ pupils: [[Mark]], from first: Day, _ cohort: FigureCohort) throws -> FigureTable {
    let last = try pupils.map { try rows($0, from: first).last?.year.last ?? first }.max() ?? first
    var accumulator = FigureAccumulator(
      FigureQuery(scope: .authority, period: DayRange(first: first, last: last), cohort: cohort))
    for (number, marks) in pupils.enumerated() {
      let facts = RegistrationFacts(
        registration: Int64(number), enrolledOn: first, dateOfBirth: first.adding(months: -12 * 8))
      accumulator.add(facts, at: school, rows: try rows(marks, from: first))
    }
    return accumulator.table
  }

  @Test func pupils() throws {
    var number = 0
    for row in try DecisionTable("statistics_cases.json", type: "pupil").cases {
      let input: Input = try row.input()
      let total = try Self.table([input.marks ?? []], from: input.first, .registered).total
      let s = total.statistics
      let answer: [String: (any Sendable)?] = [
        "possible": s.possible, "in_school": s.attending, "approved_activity": s.approvedActivity,
        "present": s.present, "authorised": s.authorised, "unauthorised": s.unauthorised, "absent": s.absent,
        "not_possible": s.notPossible, "not_collected": s.notCollected, "late_before_close": s.lateBeforeClose,
        "late_after_close": s.lateAfterClose, "attendance_pct": s.attendancePercent,
        "absence_pct": s.absencePercent, "authorised_pct": s.authorisedPercent,
        "unauthorised_pct": s.unauthorisedPercent, "persistently_absent": total.persistent == 1,
        "severely_absent": total.severe == 1,
      ]
      #expect(try row.expects(answer), "\(row.id)")
      number += 1
    }
    #expect(number >= 40)
  }

  @Test func cohorts() throws {
    for row in try DecisionTable("statistics_cases.json", type: "cohort").cases {
      let input: Input = try row.input()
      for cohort in FigureCohort.allCases {
        let total = try Self.table(input.pupils ?? [], from: input.first, cohort).total
        let s = total.statistics
        let answer: [String: (any Sendable)?] = [
          "enrolments_counted": total.counted, "possible": s.possible, "attendance_pct": s.attendancePercent,
          "absence_pct": s.absencePercent, "pa_count": total.persistent,
          "pa_rate_pct": Statistics.percent(total.persistent, of: total.counted), "sa_count": total.severe,
          "sa_rate_pct": Statistics.percent(total.severe, of: total.counted),
        ]
        #expect(try row.expects(answer), "\(row.id) \(cohort)")
      }
    }
  }

  @Test func care() throws {
    for row in try DecisionTable("statistics_cases.json", type: "care").cases {
      let input: Input = try row.input()
      let children = try (input.children ?? []).map {
        try Self.table([$0], from: input.first, .local).total.statistics
      }
      let figures = CareFigures(children, on: input.first, minimumSessions: input.minSessions ?? 0)
      let shown = CareMeasure(figures, small: nil)
      let answer: [String: (any Sendable)?] = [
        "children_counted": shown.headline.denominator, "above_threshold": shown.headline.numerator,
        "headline_pct": shown.headline.percent, "adjusted_children_counted": shown.adjusted.denominator,
        "adjusted_above_threshold": shown.adjusted.numerator, "adjusted_pct": shown.adjusted.percent,
        "each_attendance_pct": children.map { $0.attendancePercent.map { .some($0) } ?? nil } as [String?],
      ]
      #expect(try row.expects(answer), "\(row.id)")
    }
  }
}
