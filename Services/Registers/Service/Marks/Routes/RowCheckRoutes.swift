import HTTPTypes
import Messaging
import Rulebook
import ServiceKit

/// The check of the derived rows against the log.
struct RowCheckRoutes: Sendable {
  let check: CheckRegisterRows

  private static let readers = Policy.roles(.operator, .manager, reach: .wholeAuthority)
  private static let school = QueryParameter<URN>("school", "Of one school only.").optional

  func add(to router: ServiceRouter) {
    router.read(
      "/row-checks", Self.readers, "The rows of children's years that differ from the entries they are made of"
    ) { _ in try await check.onRecord() }
    router.write(
      .post, "/row-checks", Self.readers, "Compare the rows of children's years with their entries now",
      query: [Self.school.about], problems: [404]
    ) { call in
      let school = try call[Self.school]
      return try await check.registers.transactions.once(call.edit) { try await check.now(school) }
    }
    router.write(
      .post, "/row-checks/repairs", .roles(.operator, reach: .wholeAuthority),
      "Make the rows on record anew from the entries; each is written to the audit log"
    ) { call in
      try await check.registers.transactions.once(call.edit) { try await check.repair(by: call.caller) }
    }
  }
}
