import Contracts
import Foundation
import Hummingbird
import Messaging
import NIOCore
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Register inspection visits (`casework.md` 2).
struct VisitRoutes: Sendable {
  let plan: PlanVisit
  let read: ReadVisits
  let clock: any WallClock

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  /// How far from today a visit can be planned, days; before today for visits that are entered afterwards.
  private static let mostDays = 400
  private static let officerBytes = 100
  private static let bodyLimitBytes = 256 << 10

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
    read = ReadVisits(registers: registers)
    clock = registers.clock
  }

  func add(to router: ServiceRouter) {
    addPlanning(to: router)
    addRecording(to: router)
    router.on(
      .get, "/schools/{urn}/visits", .roles(.school, .attendanceOfficer, .manager, reach: .ownSchool),
      About("A school's register inspection visits", query: [Self.after], answer: ReadVisits.Page.self)
    ) { request, context in
      try .json(try await read.page(of: try context.ownSchool(), after: try Self.after(request)))
    }
    router.on(
      .get, "/visits/actions", Self.officers,
      About(
        "Actions of visits that were due and not done by the end of a day",
        query: [.init("overdueOn", .day, required: false, "The day; today when absent."), Self.after],
        answer: ReadVisits.OverduePage.self)
    ) { request, context in
      let day = try request.optionalQuery("overdueOn") { Day(iso: $0) } ?? clock.today()
      return try .json(try await read.overdue(on: day, after: try Self.after(request), for: try context.caller))
    }
    router.on(
      .get, "/visits/checks", .roles(.attendanceOfficer, .manager, reach: .shared),
      About(
        "What a register inspection visit checks", query: [.init("on", .day, required: false, "Today when absent.")],
        answer: ReadVisits.ChecksAnswer.self)
    ) { request, _ in
      try .json(read.checks(on: try request.optionalQuery("on") { Day(iso: $0) }))
    }
  }

  private func addPlanning(to router: ServiceRouter) {
    router.on(
      .post, "/schools/{urn}/visits", .roles(.attendanceOfficer, .manager, reach: .ownSchool),
      About(
        "Plans a register inspection visit", body: PlanForm.self, answer: ReadVisits.VisitAnswer.self, status: 201,
        takesIdempotencyKey: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let urn = try context.ownSchool()
      let caller = try context.caller
      let (form, key) = try await Self.keyed(PlanForm.self, request, caller)
      var faults = Problem.Faults()
      faults.require(
        abs(form.plannedOn - clock.today()) <= Self.mostDays, "/plannedOn",
        "must be within \(Self.mostDays) days of today")
      faults.require(
        form.officer.map { PlainText.isCode($0, upTo: Self.officerBytes) } ?? true, "/officer",
        "must be an opaque identifier of at most \(Self.officerBytes) letters, digits and hyphens")
      try faults.refuse()
      let body = try await plan(
        urn, on: form.plannedOn, officer: form.officer, by: caller, key: key)
      return .remembered(body, status: .created)
    }
    router.on(
      .get, "/visits/{number}", .roles(.school, .attendanceOfficer, .manager, reach: .ownRecords),
      About("A register inspection visit", answer: ReadVisits.VisitAnswer.self)
    ) { _, context in
      try .json(try await read.visit(try Self.number("number", context, "Visit"), for: try context.caller))
    }
    router.on(
      .post, "/visits/{number}/cancel", Self.officers,
      About("Cancels a visit that was not made", answer: ReadVisits.VisitAnswer.self, takesIfMatch: true)
    ) { request, context in
      let number = try Self.number("number", context, "Visit")
      let caller = try context.caller
      return try .json(
        try await PlanVisit(registers: onlyIf(request, number, caller))
          .cancel(number, by: caller))
    }
  }

  private func addRecording(to router: ServiceRouter) {
    router.on(
      .post, "/visits/{number}/record", Self.officers,
      About(
        "Records what was found at a visit and agreed with the school", body: InspectionSubmission.self,
        answer: ReadVisits.VisitAnswer.self, takesIdempotencyKey: true, takesIfMatch: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let number = try Self.number("number", context, "Visit")
      let caller = try context.caller
      let (form, key) = try await Self.keyed(InspectionSubmission.self, request, caller)
      let body = try await RecordVisit(registers: onlyIf(request, number, caller, key: key))(
        form, of: number, by: caller, key: key)
      return .remembered(body)
    }
    router.on(
      .post, "/visits/{number}/actions/{action}/done", Self.officers,
      About(
        "Records that an action of a visit was done", body: DoneForm.self, answer: ReadVisits.VisitAnswer.self,
        takesIfMatch: true),
      bodyLimitBytes: Self.bodyLimitBytes
    ) { request, context in
      let number = try Self.number("number", context, "Visit")
      let action = try Self.number("action", context, "Action")
      let form = try await request.json(DoneForm.self, upTo: Self.bodyLimitBytes)
      let caller = try context.caller
      return try .json(
        try await RecordVisit(registers: onlyIf(request, number, caller)).finish(
          action, of: number, on: form.doneOn, by: caller))
    }
  }

  /// The registers for an edit of a visit that is as the caller read it.
  private func onlyIf(
    _ request: Request, _ number: Int64, _ caller: Caller, key: IdempotencyKey? = nil
  ) -> Registers {
    read.registers.onlyIf(Precondition(request), key: key) { db in
      _ = try ReadVisits.require(number, for: caller, in: db)
      return try ReadVisits.visit(number, in: db)
    }
  }

  private static let after = About.Parameter(
    "after", .integer(minimum: 0), required: false, "The `next` of the page before.")

  private static func after(_ request: Request) throws(Problem) -> Int64 {
    try request.optionalQuery("after") { text in Int64(text).flatMap { $0 >= 0 ? $0 : nil } } ?? 0
  }

  private static func number(
    _ name: String, _ context: ServiceRequestContext, _ what: String
  ) throws(Problem) -> Int64 {
    guard let number = Int64(try context.parameter(name)), number > 0 else { throw .notFound(what) }
    return number
  }

  /// The JSON body with the request's idempotency key, if it has one.
  private static func keyed<Form: Decodable>(
    _ type: Form.Type, _ request: Request, _ caller: Caller
  ) async throws -> (Form, IdempotencyKey?) {
    guard request.mediaType == "application/json" else {
      throw Problem("unsupported-media-type", "The body must be application/json", .unsupportedMediaType)
    }
    let body = try await request.bytes(upTo: bodyLimitBytes)
    let key = try IdempotencyKey(request, caller: caller, body: body.readableBytesView)
    return (try decodeJSON(type, from: Data(body.readableBytesView)), key)
  }
}
