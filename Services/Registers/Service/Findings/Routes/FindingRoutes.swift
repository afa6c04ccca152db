import Contracts
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// What was found of children, why, and the daily checks.
struct FindingRoutes: Sendable {
  let read: ReadFindings
  let sweep: Sweep
  let missingOut: ReadMissingOut

  private static let officers = Policy.roles(
    .attendanceOfficer, .legalOfficer, .cmeOfficer, .manager, .virtualSchool, reach: .ownRecords)
  private static let readers: Set<Role> = [
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .manager, .virtualSchool,
  ]
  private static let kind = QueryParameter<FindingKind>("kind", "Of one kind only.").optional
  private static let isOpen = QueryParameter(
    "state", .oneOf(["open", "lapsed"]), "Only what is true still, or only what is not.",
    { ["open": true, "lapsed": false][$0] }
  ).optional
  private static let becameOn = QueryParameter<Day>("on", "What became true on one day.").optional
  private static let concern = QueryParameter<Concern>("concern", "Children of one concern only.").optional
  private static let filters = [kind.about, isOpen.about, becameOn.about, concern.about, .after]
  private static let on = QueryParameter<Day>("on", "The end of a quarter, or any day up to today.")
  private static let again = QueryParameter<Bool>("again", "Whether to look again at children looked at today.")

  func add(to router: ServiceRouter) {
    router.read(
      "/findings", Self.officers, "What was found of children, those of concern first", query: Self.filters
    ) { try await list($0, of: nil) }
    router.read(
      "/schools/{urn}/findings", .roles(Self.readers, .ownSchool), "What was found of a school's children",
      query: Self.filters
    ) { try await list($0, of: $0.school) }
    router.read(
      "/findings/{finding}/why", .roles(Self.readers, .ownRecords),
      "Why something was found: the rule, the sessions, what was known then",
      path: [.init("finding", .string(pattern: "^f[0-9]+$"), "The finding's number.")]
    ) { try await read.why($0.path("finding", "Finding", Findings.number), by: $0.caller) }
    router.read(
      "/figures/missing-out-on-education", Self.officers,
      "Children on a part-time timetable for more than twelve weeks, on a day", query: [Self.on.about]
    ) { try await missingOut(on: $0[Self.on], for: $0.caller) }
    router.write(
      .post, "/sweeps", .roles(.operator, .attendanceOfficer, reach: .wholeAuthority), "Runs the daily checks now",
      query: [Self.again.about]
    ) { call in
      let again = try call[Self.again]
      return try await sweep.registers.transactions.once(call.edit) { try await sweep(by: call.caller, again: again) }
    }
  }

  private func list(_ call: Call, of school: URN?) async throws -> Page<ReadFindings.Line> {
    var filter = Findings.Filter()
    filter.kind = try call[Self.kind]
    filter.isOpen = try call[Self.isOpen]
    filter.on = try call[Self.becameOn]
    filter.concern = try call[Self.concern]
    if let concern = filter.concern, !concern.isVisible(to: ChildAccess.viewer(call.caller.role)) {
      throw Problem.forbidden
    }
    return try await read.list(filter, of: school, after: call.after, by: call.caller)
  }
}
