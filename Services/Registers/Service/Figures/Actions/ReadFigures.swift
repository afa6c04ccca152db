import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Answers questions about the attendance of groups: nothing about a single child.
struct ReadFigures: Sendable {
  let registers: Registers

  /// A question before calendars are known.
  struct Question: Sendable {
    let scope: FigureScope
    let period: FigurePeriod
    let grouping: FigureGrouping
    let cohort: FigureCohort
    let suppress: Bool
    /// A past moment; `nil` for what is known now.
    var asOf: Timestamp?
  }

  /// - Throws: `Problem` not found when the school or the area is unknown, invalid when the period cannot be.
  func callAsFunction(_ question: Question, by caller: Caller) async throws -> FigureAnswer {
    let past = try await registers.past(question.asOf)
    let asOf = past?.moment ?? Timestamp(registers.clock.now())
    return try await registers.read { db in
      let rows = try FigureRows(db, asOf: past)
      try Self.require(question.scope, rows, db)
      let period = try Self.days(question, rows, past, db)
      if caller.role == .agency { try Self.requireWholeMonths(period) }
      let table = try rows.table(
        FigureQuery(
          scope: question.scope, period: period, grouping: question.grouping, cohort: question.cohort,
          codes: registers.codes))
      return FigureAnswer(
        table, period: question.period.name, asOf: asOf, suppress: question.suppress || caller.role == .agency)
    }
  }

  private static func require(_ scope: FigureScope, _ rows: FigureRows, _ db: Database) throws {
    switch scope {
    case .authority, .phase, .pupil: break
    case .school(let urn): try Registers.requireSchool(urn, in: db)
    case .cluster(let code):
      guard try rows.isKnown("cluster", code) else { throw Problem.notFound("Cluster") }
    case .locality(let code):
      guard try rows.isKnown("locality", code) else { throw Problem.notFound("Locality") }
    }
  }

  private static func days(
    _ question: Question, _ rows: FigureRows, _ past: AsOf?, _ db: Database
  ) throws -> DayRange {
    var calendars: [SchoolCalendar] = []
    if let day = question.period.calendarDay {
      let year = SchoolYear(containing: day)
      calendars = try rows.schools(in: question.scope, during: year.days).compactMap { school in
        try Schools.calendars(of: school.urn, asOf: past, in: db).years[year]
      }
    }
    guard let days = question.period.days(calendars) else {
      throw Problem.invalid([.init("period", "no calendar of these schools has such a term")])
    }
    return days
  }

  /// Spans that differ by a day would give away by subtraction what suppression keeps back.
  private static func requireWholeMonths(_ days: DayRange) throws(Problem) {
    guard days.first.day == 1, days.last.adding(days: 1).day == 1 else {
      throw .invalid([.init("from", "must be whole months for agencies")])
    }
  }
}
