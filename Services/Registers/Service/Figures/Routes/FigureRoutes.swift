import Contracts
import Foundation
import Hummingbird
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Figures of groups, and of children in care.
struct FigureRoutes: Sendable {
  let read: ReadFigures
  let readEnrolments: ReadEnrolmentFigures
  let readCare: ReadCareFigures
  let clock: any WallClock

  private static let readers: Set<Role> = [
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .agency,
  ]
  /// The longest span of one question, days: seven school years.
  static let mostDays = 2_562

  func add(to router: ServiceRouter) {
    router.on(
      .get, "/figures", .roles(Self.readers, .ownRecords),
      About(
        "Attendance, absence, its reasons, persistent and severe absence and lateness of a group",
        query: [
          .init(
            "scope", .string(), "authority, school:URN, cluster:CODE, locality:CODE or phase:PHASE."),
          .init(
            "period", .oneOf(["days", "half-term", "term", "year-to-date", "year"]), required: false,
            "days when from and to are given."),
          .init("from", .string(format: "date"), required: false, "The first day, with period days."),
          .init("to", .string(format: "date"), required: false, "The last day, with period days."),
          .init("on", .string(format: "date"), required: false, "A day of the period; today when absent."),
          .init(
            "groupBy", .string(), required: false,
            "none, school, cluster, locality, phase, year-group, sex, flag:KIND, code, week or month."),
          Self.cohortParameter,
          .init("suppress", .boolean, required: false, "Keep small numbers back (ATT-8); always so for agencies."),
          .asOf,
        ], answer: FigureAnswer.self, sheet: true)
    ) { request, context in
      let caller = try context.caller
      let scope = try request.query("scope") { FigureScope($0) }
      try Self.require(scope, for: caller)
      let asOf = try request.asOf()
      // Between two moments lies what one correction changed.
      guard caller.role != .agency || asOf == nil else { throw Problem.forbidden }
      let question = ReadFigures.Question(
        scope: scope, period: try Self.period(request, today: clock.today()),
        grouping: try Self.grouping(request, for: caller),
        cohort: try request.optionalQuery("cohort") { Self.cohort($0) } ?? .local,
        suppress: try request.optionalQuery("suppress") { Bool($0) } ?? false, asOf: asOf)
      return try .sheet(try await read(question, by: caller), of: request)
    }
    addReasons(to: router)
    addCare(to: router)
  }

  /// What figures mean, and what a school's are made of.
  private func addReasons(to router: ServiceRouter) {
    router.on(
      .get, "/figures/definitions", .roles(Self.readers, .shared),
      About("What every figure counts, over what, and by which rules", answer: Definitions.self, sheet: true)
    ) { request, _ in try .sheet(Definitions(definitions: FigureCatalogue.all), of: request) }
    router.on(
      .get, "/schools/{urn}/figures",
      .roles(.school, .attendanceOfficer, .legalOfficer, .manager, reach: .ownSchool),
      About(
        "The enrolments that a school's figures are made of, each with its own",
        query: [
          .init("from", .day, "The first day."), .init("to", .day, "The last day."), Self.cohortParameter, .asOf,
          .after,
        ], answer: ReadEnrolmentFigures.Page.self, sheet: true)
    ) { request, context in
      let page = try await readEnrolments(
        try context.ownSchool(), try Self.days(request),
        try request.optionalQuery("cohort") { Self.cohort($0) } ?? .local, asOf: try request.asOf(),
        after: try request.after(), by: try context.caller)
      return try .sheetPage(page, of: request)
    }
  }

  struct Definitions: Codable, Sendable { let definitions: [FigureDefinition] }

  private static let cohortParameter = About.Parameter(
    "cohort", .oneOf(["local", "national"]), required: false, "local when absent (ATT-7).")

  private func addCare(to router: ServiceRouter) {
    router.on(
      .get, "/figures/children-in-care", .roles(.virtualSchool, .attendanceOfficer, .manager, reach: .ownRecords),
      About(
        "Children in care with more than 95% attendance: headline, adjusted, bands; a line a child for those who look after them",
        query: [
          .init("year", .string(pattern: "^[0-9]{4}-[0-9]{2}$"), "The school year, like 2026-27."),
          .init("on", .string(format: "date"), required: false, "The day; today, or the last of a past year."),
          .init("suppress", .boolean, required: false, "Keep small numbers back and leave the children out (ATT-8)."),
          .asOf,
        ], answer: ReadCareFigures.Answer.self, sheet: true)
    ) { request, context in
      let year = try request.query("year") { SchoolYear(label: $0) }
      let day = try request.optionalQuery("on") { Day(iso: $0) } ?? min(clock.today(), year.last)
      guard year.first <= day, day <= year.last else {
        throw Problem.invalid([.init("on", "must be a day of the school year")])
      }
      return try .sheet(
        try await readCare(
          year, on: day, suppress: try request.optionalQuery("suppress") { Bool($0) } ?? false,
          asOf: try request.asOf(), by: try context.caller), of: request)
    }
  }

  /// Callers bound to schools see the figures of their schools; a child's are its own record. An agency sees those of the authority, split once:
  /// of parts that it chose itself it could subtract what the whole keeps back.
  private static func require(_ scope: FigureScope, for caller: Caller) throws(Problem) {
    switch scope {
    case .pupil: throw .invalid([.init("scope", "a child's own figures are at /pupils/{id}/attendance")])
    case .school(let urn):
      guard caller.role != .agency else { throw .forbidden }
      try caller.requireActing(forSchool: urn.text)
    case .authority:
      guard caller.confinedTo == nil else { throw .forbidden }
    case .cluster, .locality, .phase:
      guard caller.confinedTo == nil, caller.role != .agency else { throw .forbidden }
    }
  }

  private static func grouping(_ request: Request, for caller: Caller) throws(Problem) -> FigureGrouping {
    let grouping = try request.optionalQuery("groupBy") { FigureGrouping($0) } ?? .none
    // Schools add up to their clusters, and weeks to months: between two such tables nothing stays back.
    if caller.role == .agency, grouping == .school || grouping == .week { throw .forbidden }
    if case .flag(let flag) = grouping, PupilFlag.withheldFromSplits.contains(flag),
      caller.role == .school || caller.role == .agency
    {
      throw .forbidden
    }
    return grouping
  }

  private static func cohort(_ text: String) -> FigureCohort? {
    FigureCohort(rawValue: text).flatMap { $0 == .registered ? nil : $0 }
  }

  private static func period(_ request: Request, today: Day) throws(Problem) -> FigurePeriod {
    let kind = try request.optionalQuery("period") { $0 } ?? "days"
    let on = try request.optionalQuery("on") { Day(iso: $0) } ?? today
    switch kind {
    case "days": return .days(try days(request))
    case "half-term": return .halfTerm(on)
    case "term": return .term(on)
    case "year-to-date": return .yearToDate(on)
    case "year": return .year(SchoolYear(containing: on))
    default: throw .invalid([.init("period", "must be days, half-term, term, year-to-date or year")])
    }
  }

  /// The span of the parameters `from` and `to`.
  static func days(_ request: Request, most: Int = mostDays) throws(Problem) -> DayRange {
    let from = try request.query("from") { Day(iso: $0) }
    let to = try request.query("to") { Day(iso: $0) }
    guard from <= to, to - from < most else {
      throw Problem.invalid([.init("to", "must be on or after from and within \(most) days of it")])
    }
    return DayRange(first: from, last: to)
  }
}
