import Contracts
import GRDB
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Figures of groups, and of children in care.
struct FigureRoutes: Sendable {
  let registers: Registers

  private static let readers: Set<Role> = [
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .agency,
  ]
  /// The longest span of one question, days: seven school years.
  static let mostDays = 2_562

  private static let scope = QueryParameter(
    "scope", .string(), "authority, school:URN, cluster:CODE, locality:CODE or phase:PHASE.", { FigureScope($0) })
  private static let period = QueryParameter<String>(
    "period", .oneOf(["days", "half-term", "term", "year-to-date", "year"]), "days when from and to are given.", { $0 }
  ).or("days")
  private static let from = QueryParameter<Day>("from", "The first day, with period days.").optional
  private static let to = QueryParameter<Day>("to", "The last day, with period days.").optional
  private static let on = QueryParameter<Day>("on", "A day of the period; today when absent.").optional
  private static let grouping = QueryParameter(
    "groupBy", .string(), "none, school, cluster, locality, phase, year-group, sex, flag:KIND, code, week or month.",
    { FigureGrouping($0) }
  ).or(.none)
  private static let cohort = QueryParameter(
    "cohort", .oneOf(["local", "national"]), "local when absent (ATT-7).",
    { FigureCohort(rawValue: $0).flatMap { $0 == .registered ? nil : $0 } }
  ).or(.local)
  private static let suppress = QueryParameter<Bool>(
    "suppress", "Keep small numbers back (ATT-8); always so for agencies.")
  private static let suppressCare = QueryParameter<Bool>(
    "suppress", "Keep small numbers back and leave the children out (ATT-8).")
  private static let year = QueryParameter(
    "year", .string(pattern: "^[0-9]{4}-[0-9]{2}$"), "The school year, like 2026-27.", { SchoolYear(label: $0) })
  private static let careOn = QueryParameter<Day>("on", "The day; today, or the last of a past year.").optional

  func add(to router: ServiceRouter) {
    router.read(
      "/figures", .roles(Self.readers, .ownRecords),
      "Attendance, absence, its reasons, persistent and severe absence and lateness of a group",
      query: [
        Self.scope.about, Self.period.about, Self.from.about, Self.to.about, Self.on.about, Self.grouping.about,
        Self.cohort.about, Self.suppress.about, .asOf,
      ], figures)
    router.read(
      "/figures/definitions", .roles(Self.readers, .shared), "What every figure counts, over what, and by which rules"
    ) { _ in Definitions(definitions: FigureCatalogue.all) }
    router.read(
      "/schools/{urn}/figures", .roles(.school, .attendanceOfficer, .legalOfficer, .manager, reach: .ownSchool),
      "The enrolments that a school's figures are made of, each with its own",
      query: .days + [Self.cohort.about, .asOf, .after]
    ) {
      try await ReadEnrolmentFigures(registers: registers)(
        $0.school, $0.days(), $0[Self.cohort], asOf: $0[.asOf], after: $0.after, by: $0.caller)
    }
    router.read(
      "/figures/children-in-care", .roles(.virtualSchool, .attendanceOfficer, .manager, reach: .ownRecords),
      "Children in care with more than 95% attendance: headline, adjusted, bands; a line a child for those who look after them",
      query: [Self.year.about, Self.careOn.about, Self.suppressCare.about, .asOf], care)
  }

  struct Definitions: Codable, Sendable { let definitions: [FigureDefinition] }

  /// The attendance of a group: nothing about a single child.
  private func figures(_ call: Call) async throws -> FigureAnswer {
    let (scope, asOf, caller) = (try call[Self.scope], try call[.asOf], call.caller)
    try Self.require(scope, for: caller)
    // Between two moments lies what one correction changed.
    guard caller.role != .agency || asOf == nil else { throw Problem.forbidden }
    let (period, grouping, cohort) = (try self.period(call), try Self.grouping(call), try call[Self.cohort])
    let suppress = try call[Self.suppress] || caller.role == .agency
    let past = try await registers.past(asOf)
    let moment = past?.moment ?? Timestamp(registers.clock.now())
    return try await registers.read { [codes = registers.codes] db in
      let rows = try FigureRows(db, asOf: past)
      try Self.require(scope, rows, db)
      let days = try Self.days(period, scope, rows, past, db)
      if caller.role == .agency { try Self.requireWholeMonths(days) }
      let table = try rows.table(
        FigureQuery(scope: scope, period: days, grouping: grouping, cohort: cohort, codes: codes))
      return FigureAnswer(table, period: period.name, asOf: moment, suppress: suppress)
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
    _ period: FigurePeriod, _ scope: FigureScope, _ rows: FigureRows, _ past: AsOf?, _ db: Database
  ) throws -> DayRange {
    var calendars: [SchoolCalendar] = []
    if let day = period.calendarDay {
      let year = SchoolYear(containing: day)
      calendars = try rows.schools(in: scope, during: year.days).compactMap { school in
        try Schools.calendars(of: school.urn, asOf: past, in: db).years[year]
      }
    }
    guard let days = period.days(calendars) else {
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

  private func care(_ call: Call) async throws -> ReadCareFigures.Answer {
    let year = try call[Self.year]
    let day = try call[Self.careOn] ?? min(registers.today, year.last)
    guard year.first <= day, day <= year.last else {
      throw Problem.invalid([.init("on", "must be a day of the school year")])
    }
    return try await ReadCareFigures(registers: registers)(
      year, on: day, suppress: call[Self.suppressCare], asOf: call[.asOf], by: call.caller)
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

  private static func grouping(_ call: Call) throws(Problem) -> FigureGrouping {
    let (grouping, role) = (try call[Self.grouping], call.caller.role)
    // Schools add up to their clusters, and weeks to months: between two such tables nothing stays back.
    if role == .agency, grouping == .school || grouping == .week { throw .forbidden }
    if case .flag(let flag) = grouping, PupilFlag.withheldFromSplits.contains(flag), role == .school || role == .agency
    {
      throw .forbidden
    }
    return grouping
  }

  private func period(_ call: Call) throws(Problem) -> FigurePeriod {
    let on = try call[Self.on] ?? registers.today
    return switch try call[Self.period] {
    case "half-term": .halfTerm(on)
    case "term": .term(on)
    case "year-to-date": .yearToDate(on)
    case "year": .year(SchoolYear(containing: on))
    default: .days(try call.days())
    }
  }
}
