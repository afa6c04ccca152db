import Contracts
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

  init(registers: Registers) {
    read = ReadFigures(registers: registers)
    readEnrolments = ReadEnrolmentFigures(registers: registers)
    readCare = ReadCareFigures(registers: registers)
    clock = registers.clock
  }

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
      try await readEnrolments(
        $0.school, $0.days(), $0[Self.cohort], asOf: $0[.asOf], after: $0.after, by: $0.caller)
    }
    router.read(
      "/figures/children-in-care", .roles(.virtualSchool, .attendanceOfficer, .manager, reach: .ownRecords),
      "Children in care with more than 95% attendance: headline, adjusted, bands; a line a child for those who look after them",
      query: [Self.year.about, Self.careOn.about, Self.suppressCare.about, .asOf], care)
  }

  struct Definitions: Codable, Sendable { let definitions: [FigureDefinition] }

  private func figures(_ call: Call) async throws -> FigureAnswer {
    let scope = try call[Self.scope]
    try Self.require(scope, for: call.caller)
    let asOf = try call[.asOf]
    // Between two moments lies what one correction changed.
    guard call.caller.role != .agency || asOf == nil else { throw Problem.forbidden }
    let question = ReadFigures.Question(
      scope: scope, period: try period(call), grouping: try Self.grouping(call), cohort: try call[Self.cohort],
      suppress: try call[Self.suppress], asOf: asOf)
    return try await read(question, by: call.caller)
  }

  private func care(_ call: Call) async throws -> ReadCareFigures.Answer {
    let year = try call[Self.year]
    let day = try call[Self.careOn] ?? min(clock.today(), year.last)
    guard year.first <= day, day <= year.last else {
      throw Problem.invalid([.init("on", "must be a day of the school year")])
    }
    return try await readCare(year, on: day, suppress: call[Self.suppressCare], asOf: call[.asOf], by: call.caller)
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
    let on = try call[Self.on] ?? clock.today()
    return switch try call[Self.period] {
    case "half-term": .halfTerm(on)
    case "term": .term(on)
    case "year-to-date": .yearToDate(on)
    case "year": .year(SchoolYear(containing: on))
    default: .days(try call.days())
    }
  }
}
