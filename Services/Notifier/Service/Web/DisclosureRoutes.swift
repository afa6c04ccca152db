import Contracts
import Messaging
import Schemas
import ServiceKit

extension Disclosures.Record: Listed {
  static let list = "disclosures"
}

/// The route by which officers read the log of disclosures; reading it is itself on record.
struct DisclosureRoutes: Sendable {
  let transactions: Transactions

  /// The most entries in one answer.
  static let pageSize = 500
  private static let subscription = QueryParameter(
    "subscription", .string(), "Only those of this subscription.", { $0.utf8.count <= 64 ? $0 : nil }
  ).optional

  func add(to router: ServiceRouter) {
    router.read(
      "/disclosures", SubscriptionRoutes.policy, "What was told to whom, and what was not",
      query: [Self.subscription.about, .after], list)
  }

  private func list(_ call: Call) async throws -> Page<Disclosures.Record> {
    let (subscription, after) = (try call[Self.subscription], try call.after)
    return try await transactions.write(by: call.caller) { unit in
      let records = try Disclosures.page(subscription: subscription, after: after, limit: Self.pageSize, in: unit.db)
      for pupil in Set(records.compactMap(\.pupil)).sorted() { try unit.audit(.disclosuresRead, of: .record(pupil)) }
      return Page(records, of: Self.pageSize, endsAt: \.number) { $0 }
    }
  }
}
