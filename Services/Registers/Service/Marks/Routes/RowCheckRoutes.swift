import Contracts
import Hummingbird
import Rulebook
import ServiceKit

/// The check of the derived rows against the log.
struct RowCheckRoutes: Sendable {
  let check: CheckRegisterRows

  func add(to router: ServiceRouter) {
    router.on(
      .get, "/row-checks", .roles(.operator, .manager, reach: .wholeAuthority),
      About(
        "The rows of children's years that differ from the entries they are made of",
        answer: CheckRegisterRows.Answer.self)
    ) { [check] _, _ in try .json(try await check.onRecord()) }
    router.on(
      .post, "/row-checks", .roles(.operator, .manager, reach: .wholeAuthority),
      About(
        "Compare the rows of children's years with their entries now",
        query: [.init("school", .urn, required: false, "Of one school only.")],
        answer: CheckRegisterRows.Answer.self, problems: [404])
    ) { [check] request, _ in
      let school = try request.optionalQuery("school") { try? URN($0) }
      return try .json(try await check.now(school))
    }
    router.on(
      .post, "/row-checks/repairs", .roles(.operator, reach: .wholeAuthority),
      About(
        "Make the rows on record anew from the entries; each is written to the audit log",
        answer: CheckRegisterRows.Answer.self)
    ) { [check] _, context in try .json(try await check.repair(by: try context.caller)) }
  }
}
