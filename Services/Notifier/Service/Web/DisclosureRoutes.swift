import Contracts
import GRDB
import Hummingbird
import Schemas
import ServiceKit
import Store

/// The route by which officers read the log of disclosures; reading it is itself on record.
struct DisclosureRoutes: Sendable {
  let store: Store
  let clock: any WallClock

  /// The most entries in one answer.
  static let pageSize = 500

  private struct ListPage: Page, Codable {
    let disclosures: [Disclosures.Record]
    /// What to give as `after` for the next page; absent at the end.
    let next: Int64?
  }

  func add(to router: ServiceRouter) {
    let one = About.Parameter("subscription", .string(), required: false, "Only those of this subscription.")
    router.on(
      .get, "/disclosures", SubscriptionRoutes.policy,
      About("Disclosures, and decisions not to disclose", query: [one, .after], answer: ListPage.self)
    ) { request, context in
      let caller = try context.caller
      let subscription = try request.optionalQuery("subscription") { $0.utf8.count <= 64 ? $0 : nil }
      let after = try request.after()
      let now = Timestamp(clock.now())
      let records = try await store.write { db in
        let records = try Disclosures.page(subscription: subscription, after: after, limit: Self.pageSize, in: db)
        for pupil in Set(records.compactMap(\.pupil)).sorted() {
          try AuditLog.append(
            AuditLog.Entry(
              at: now.date, actor: caller.subject, role: caller.role.rawValue, action: "disclosures.read",
              subject: pupil, detail: context.requestID), in: db)
        }
        return records
      }
      return try .page(
        ListPage(disclosures: records, next: records.count == Self.pageSize ? records.last?.number : nil), of: request)
    }
  }
}
