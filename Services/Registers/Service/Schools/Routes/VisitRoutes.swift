import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit
import Store

/// Register inspection visits (guidance on working together to improve school attendance, the local authority's part):
/// planned, recorded, and what was agreed followed up. Nothing in them is about a child.
struct VisitRoutes: Sendable {
  let registers: Registers

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  /// How far from today a visit can be planned, days; before today for visits that are entered afterwards.
  private static let mostDays = 400
  private static let officerBytes = 100
  private static let bodyLimitBytes = 256 << 10
  private static let overdueOn = QueryParameter<Day>("overdueOn", "The day; today when absent.").optional
  private static let on = QueryParameter<Day>("on", "Today when absent.").optional

  private struct PlanForm: Codable, Sendable {
    let plannedOn: Day
    /// By an opaque identifier; the school's officer on the day when absent, else the caller.
    let officer: String?
  }

  private struct DoneForm: Codable, Sendable {
    /// Today when absent.
    let doneOn: Day?
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/schools/{urn}/visits", .roles(.school, .attendanceOfficer, .manager, reach: .ownSchool),
      "A school's register inspection visits", query: [.after], visits)
    router.read(
      "/visits/actions", Self.officers, "Actions of visits that were due and not done by the end of a day",
      query: [Self.overdueOn.about, .after], overdue)
    router.read(
      "/visits/checks", .roles(.attendanceOfficer, .manager, reach: .shared),
      "What a register inspection visit checks", query: [Self.on.about]
    ) { VisitChecks(on: try $0[Self.on] ?? registers.today) }
    router.read(
      "/visits/{number}", .roles(.school, .attendanceOfficer, .manager, reach: .ownRecords),
      "A register inspection visit", visit)
    router.write(
      .post, "/schools/{urn}/visits", .roles(.attendanceOfficer, .manager, reach: .ownSchool),
      "Plans a register inspection visit", status: 201, upTo: Self.bodyLimitBytes, plan)
    router.write(
      .post, "/visits/{number}/cancel", Self.officers, "Cancels a visit that was not made", ifMatch: true, cancel)
    router.write(
      .post, "/visits/{number}/record", Self.officers, "Records what was found at a visit and agreed with the school",
      ifMatch: true, upTo: Self.bodyLimitBytes, record)
    router.write(
      .post, "/visits/{number}/actions/{action}/done", Self.officers, "Records that an action of a visit was done",
      ifMatch: true, upTo: Self.bodyLimitBytes, finish)
  }

  private func visits(_ call: Call) async throws -> Page<VisitAnswer> {
    let (school, after) = (try call.school, try call.after)
    return try await registers.read { db in
      try Registers.requireSchool(school, in: db)
      let visits = try Visits.page(of: school, after: after, in: db)
      return try Page(visits, of: Visits.pageSize, endsAt: \.number) { try VisitAnswer($0, in: db) }
    }
  }

  private func visit(_ call: Call) async throws -> VisitAnswer {
    let (number, caller) = (try call.number("Visit"), call.caller)
    return try await registers.read { db in try VisitAnswer(Visits.find(number, for: caller, in: db), in: db) }
  }

  private func overdue(_ call: Call) async throws -> Page<OverdueAction> {
    let (day, after, schools) = (try call[Self.overdueOn] ?? registers.today, try call.after, call.caller.confinedTo)
    return try await registers.read { db in
      let found = try Visits.overdue(on: day, at: schools, after: after, in: db)
      return Page(found, of: Visits.pageSize, .init(on: day), endsAt: \.number) { $0 }
    }
  }

  private func plan(_ call: Call, _ form: PlanForm) async throws -> Remembered<VisitAnswer> {
    let (school, day) = (try call.school, form.plannedOn)
    var faults = Faults()
    faults.require(
      abs(day - registers.today) <= Self.mostDays, "/plannedOn", "must be within \(Self.mostDays) days of today")
    faults.require(
      form.officer.map { PlainText.isCode($0, upTo: Self.officerBytes) } ?? true, "/officer",
      "must be an opaque identifier of at most \(Self.officerBytes) letters, digits and hyphens")
    try faults.refuse()
    return try await registers.write(call.edit) { unit in
      try Registers.requireSchool(school, in: unit.db)
      let officer =
        try form.officer ?? Assignments.value(.officer, of: school, on: day, in: unit.db) ?? unit.caller.subject
      let number = try Visits.plan(school, on: day, officer: officer, in: unit.db)
      try unit.audit(.visitPlanned, of: school)
      return try VisitAnswer(Visits.find(number, for: unit.caller, in: unit.db), in: unit.db)
    }
  }

  /// Changes a visit, if it stands as the caller read it.
  private func change(
    _ call: Call, _ body: @Sendable @escaping (Visit, UnitOfWork) throws -> Void
  ) async throws -> Remembered<VisitAnswer> {
    let (number, caller) = (try call.number("Visit"), call.caller)
    let current = { @Sendable db in try VisitAnswer(Visits.find(number, for: caller, in: db), in: db) }
    return try await registers.write(call.edit, of: current) { unit in
      try body(try Visits.find(number, for: caller, in: unit.db), unit)
      return try current(unit.db)
    }
  }

  private func cancel(_ call: Call) async throws -> Remembered<VisitAnswer> {
    try await change(call) { visit, unit in
      switch visit.state {
      case .cancelled: break
      case .made: throw Problem.conflict("visit-made", "The visit has already taken place")
      case .planned:
        try Visits.cancel(visit.number, in: unit.db)
        try unit.audit(.visitCancelled, of: visit.school)
      }
    }
  }

  /// What was recorded stays as it is: another look is another visit.
  private func record(_ call: Call, _ submission: InspectionSubmission) async throws -> Remembered<VisitAnswer> {
    try await change(call) { visit, unit in
      switch visit.state {
      case .planned: break
      case .made: throw Problem.conflict("visit-made", "The visit is recorded already")
      case .cancelled: throw Problem.conflict("visit-cancelled", "The visit was cancelled")
      }
      do {
        try Visits.record(try submission.checked(today: unit.today), of: visit.number, in: unit.db)
      } catch let faults as Faults {
        throw Problem.invalid(faults.all)
      }
      try unit.audit(.visitRecorded, of: visit.school)
    }
  }

  private func finish(_ call: Call, _ form: DoneForm) async throws -> Remembered<VisitAnswer> {
    let action = try call.number("Action", "action")
    return try await change(call) { visit, unit in
      guard let known = try Visits.actions(of: visit.number, in: unit.db).first(where: { $0.number == action }) else {
        throw Problem.notFound("Action")
      }
      if let done = known.doneOn {
        guard form.doneOn == nil || form.doneOn == done else {
          throw Problem.conflict("action-done", "The action was done on another day")
        }
        return
      }
      let done = form.doneOn ?? unit.today
      guard done <= unit.today, visit.visitedOn.map({ $0 <= done }) ?? true else {
        throw Problem.invalid([.init("/doneOn", "must be from the day of the visit to today")])
      }
      try Visits.finish(action, on: done, in: unit.db)
      try unit.audit(.visitActionDone, of: visit.school)
    }
  }
}

/// A visit, what was found and what was agreed.
struct VisitAnswer: Listed {
  static let list = "visits"

  struct Check: Codable, Sendable {
    let name: String
    /// What must be so for it to be met, and where the law says so.
    let requirement, source: String
    let outcome: CheckOutcome
    let note: String
  }

  let number: Int64
  let school: URN
  let state: VisitState
  /// Who makes the visit, by an opaque identifier.
  let officer: String
  let plannedOn: Day
  let visitedOn: Day?
  /// Empty until it was made; then every check in force on the day.
  let checks: [Check]
  let actions: [VisitAction]

  init(_ visit: Visit, in db: Database) throws {
    (number, school, state, officer) = (visit.number, visit.school, visit.state, visit.officer)
    (plannedOn, visitedOn) = (visit.plannedOn, visit.visitedOn)
    let found = try Visits.checks(of: visit.number, in: db)
    checks = (visit.visitedOn.map(RegisterInspection.checks(on:)) ?? []).map { check in
      let known = found[check.value.name]
      return Check(
        name: check.value.name, requirement: check.value.requirement, source: check.source,
        outcome: known?.outcome ?? .notSeen, note: known?.note ?? "")
    }
    actions = try Visits.actions(of: visit.number, in: db)
  }
}

/// What a visit checks on a day.
private struct VisitChecks: WholeList, Sendable {
  struct Check: Codable, Sendable {
    let name, requirement, source: String
  }

  let on: Day
  let checks: [Check]
  var list: (name: String, rows: [Check]) { ("visit-checks", checks) }

  init(on day: Day) {
    on = day
    checks = RegisterInspection.checks(on: day).map {
      .init(name: $0.value.name, requirement: $0.value.requirement, source: $0.source)
    }
  }
}
