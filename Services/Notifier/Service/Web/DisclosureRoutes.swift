import Contracts
import Hummingbird
import Messaging
import Schemas
import ServiceKit

/// The route by which officers read the log of disclosures; reading it is itself on record.
struct DisclosureRoutes: Sendable {
  let transactions: Transactions

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
      About("What was told to whom, and what was not", query: [one, .after], answer: ListPage.self)
    ) { request, context in
      let subscription = try request.optionalQuery("subscription") { $0.utf8.count <= 64 ? $0 : nil }
      let after = try request.after()
      let records = try await transactions.write(by: try context.caller) { unit in
        let records = try Disclosures.page(subscription: subscription, after: after, limit: Self.pageSize, in: unit.db)
        for pupil in Set(records.compactMap(\.pupil)).sorted() {
          try unit.audit(.disclosuresRead, of: .record(pupil))
        }
        return records
      }
      return try .page(
        ListPage(disclosures: records, next: records.count == Self.pageSize ? records.last?.number : nil), of: request)
    }
  }
}
