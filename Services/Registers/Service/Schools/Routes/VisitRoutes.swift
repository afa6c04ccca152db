import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit

/// Register inspection visits (guidance on working together to improve school attendance, the local authority's part).
struct VisitRoutes: Sendable {
  let plan: PlanVisit
  let record: RecordVisit
  let read: ReadVisits

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  /// How far from today a visit can be planned, days; before today for visits that are entered afterwards.
  private static let mostDays = 400
  private static let officerBytes = 100
  private static let bodyLimitBytes = 256 << 10
  private static let overdueOn = QueryParameter<Day>("overdueOn", "The day; today when absent.").optional
  private static let on = QueryParameter<Day>("on", "Today when absent.").optional

  private struct PlanForm: Codable, Sendable {
    let plannedOn: Day
    /// By an opaque identifier; the school's officer on the day when absent.
    let officer: String?
  }

  private struct DoneForm: Codable, Sendable {
    /// Today when absent.
    let doneOn: Day?
  }

  init(registers: Registers) {
    plan = PlanVisit(registers: registers)
    record = RecordVisit(registers: registers)
    read = ReadVisits(registers: registers)
  }

  func add(to router: ServiceRouter) {
    addReading(to: router)
    router.write(
      .post, "/schools/{urn}/visits", .roles(.attendanceOfficer, .manager, reach: .ownSchool),
      "Plans a register inspection visit", status: 201, upTo: Self.bodyLimitBytes, planned)
    router.write(.post, "/visits/{number}/cancel", Self.officers, "Cancels a visit that was not made", ifMatch: true) {
      try await plan.cancel($0.number("Visit"), by: $0.edit)
    }
    router.write(
      .post, "/visits/{number}/record", Self.officers, "Records what was found at a visit and agreed with the school",
      ifMatch: true, upTo: Self.bodyLimitBytes
    ) { try await record($1, of: $0.number("Visit"), by: $0.edit) }
    router.write(
      .post, "/visits/{number}/actions/{action}/done", Self.officers, "Records that an action of a visit was done",
      ifMatch: true, upTo: Self.bodyLimitBytes
    ) { (call: Call, form: DoneForm) in
      try await record.finish(
        call.number("Action", "action"), of: call.number("Visit"), on: form.doneOn, by: call.edit)
    }
  }

  private func addReading(to router: ServiceRouter) {
    router.read(
      "/schools/{urn}/visits", .roles(.school, .attendanceOfficer, .manager, reach: .ownSchool),
      "A school's register inspection visits", query: [.after]
    ) { try await read.page(of: $0.school, after: $0.after) }
    router.read(
      "/visits/actions", Self.officers, "Actions of visits that were due and not done by the end of a day",
      query: [Self.overdueOn.about, .after]
    ) { try await read.overdue(on: $0[Self.overdueOn] ?? read.registers.today, after: $0.after, for: $0.caller) }
    router.read(
      "/visits/checks", .roles(.attendanceOfficer, .manager, reach: .shared),
      "What a register inspection visit checks", query: [Self.on.about]
    ) { read.checks(on: try $0[Self.on]) }
    router.read(
      "/visits/{number}", .roles(.school, .attendanceOfficer, .manager, reach: .ownRecords),
      "A register inspection visit"
    ) { try await read.visit($0.number("Visit"), for: $0.caller) }
  }

  private func planned(_ call: Call, _ form: PlanForm) async throws -> Remembered<ReadVisits.VisitAnswer> {
    let school = try call.school
    var faults = Faults()
    faults.require(
      abs(form.plannedOn - read.registers.today) <= Self.mostDays, "/plannedOn",
      "must be within \(Self.mostDays) days of today")
    faults.require(
      form.officer.map { PlainText.isCode($0, upTo: Self.officerBytes) } ?? true, "/officer",
      "must be an opaque identifier of at most \(Self.officerBytes) letters, digits and hyphens")
    try faults.refuse()
    return try await plan(school, on: form.plannedOn, officer: form.officer, by: call.edit)
  }
}
