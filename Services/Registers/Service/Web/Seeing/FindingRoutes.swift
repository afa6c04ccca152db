import Contracts
import Foundation
import Hummingbird
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// What was found of children, why, and the sweep.
struct FindingRoutes: Sendable {
  let read: ReadFindings
  let sweep: Sweep
  let missingOut: ReadMissingOut

  private static let officers = Policy.roles(
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .manager, .virtualSchool, reach: .ownRecords)
  private static let readers: Set<Role> = [
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .manager, .virtualSchool,
  ]

  private static let query: [About.Parameter] = [
    .init("kind", .oneOf(FindingKind.allCases.map(\.rawValue)), required: false, "Of one kind only."),
    .init("state", .oneOf(["open", "lapsed"]), required: false, "Only what is true still, or only what is not."),
    .init("on", .day, required: false, "What became true on one day."),
    .init("concern", .oneOf(Concern.allCases.map(\.rawValue)), required: false, "Children of one concern only."),
    .after,
  ]

  func add(to router: ServiceRouter) {
    addFigure(to: router)
    router.on(
      .get, "/findings", Self.officers,
      About("What was found of children, those of concern first", query: Self.query, answer: ReadFindings.Page.self)
    ) { request, context in
      try await list(request, nil, context)
    }
    router.on(
      .get, "/schools/{urn}/findings", .roles(Self.readers, .ownSchool),
      About("What was found of a school's children", query: Self.query, answer: ReadFindings.Page.self)
    ) { request, context in
      try await list(request, try context.ownSchool(), context)
    }
    router.on(
      .get, "/findings/{finding}/why", .roles(Self.readers, .ownRecords),
      About(
        "Why something was found: the rule, the sessions, what was known then",
        path: [.init("finding", .string(pattern: "^f[0-9]+$"), "The finding's number.")],
        answer: ReadFindings.Why.self)
    ) { _, context in
      guard let number = Findings.number(try context.parameter("finding")) else { throw Problem.notFound("Finding") }
      return try .json(try await read.why(number, by: try context.caller))
    }
    router.on(
      .post, "/sweeps", .roles(.operator, .attendanceOfficer, reach: .wholeAuthority),
      About(
        "Runs the daily checks now",
        query: [.init("again", .boolean, required: false, "Whether to look again at children looked at today.")],
        answer: Sweep.Answer.self)
    ) { request, context in
      let again = try request.optionalQuery("again") { Bool($0) } ?? false
      return try .json(try await sweep(by: try context.caller, again: again))
    }
  }

  private func addFigure(to router: ServiceRouter) {
    router.on(
      .get, "/figures/missing-out-on-education", Self.officers,
      About(
        "Children on a part-time timetable for more than twelve weeks, on a day",
        query: [.init("on", .day, "The end of a quarter, or any day up to today.")], answer: ReadMissingOut.Answer.self,
        sheet: true)
    ) { request, context in
      try .sheet(
        try await missingOut(on: try request.query("on") { Day(iso: $0) }, for: try context.caller), of: request)
    }
  }

  private func list(_ request: Request, _ school: URN?, _ context: ServiceRequestContext) async throws -> Response {
    let caller = try context.caller
    var filter = Findings.Filter()
    filter.kind = try request.optionalQuery("kind") { FindingKind(rawValue: $0) }
    filter.isOpen = try request.optionalQuery("state") { ["open": true, "lapsed": false][$0] }
    filter.on = try request.optionalQuery("on") { Day(iso: $0) }
    filter.concern = try request.optionalQuery("concern") { Concern(rawValue: $0) }
    if let concern = filter.concern, !concern.isVisible(to: ChildAccess.viewer(caller.role)) { throw Problem.forbidden }
    let page = try await read.list(
      filter, of: school, after: try request.after(), by: caller)
    return try .page(page, of: request)
  }
}
