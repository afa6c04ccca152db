import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import NotifierDomain
import Rulebook
import Schemas
import ServiceKit

/// The routes by which officers set up and look after subscriptions.
struct SubscriptionRoutes: Sendable {
  let manage: ManageSubscriptions
  let test: TestMessage
  let transactions: Transactions

  static let policy = Policy.roles(.integration, .manager, reach: .wholeAuthority)
  /// Who runs the programs may look after receivers, and stops one that does harm.
  static let upkeep = Policy.roles(.integration, .manager, .operator, reach: .wholeAuthority)
  /// The most subscriptions in one list: more than an authority has schools and partners.
  static let mostListed = 5_000

  private static let id = About.Parameter(
    "id", .string(pattern: "^sub_[0-9a-f]{32}$"), "The subscription's identifier.")

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/subscriptions", Self.policy, "Open a subscription",
      details: "Lawful bases. \(LawfulBasis.explanation)", status: 201, location: { "/subscriptions/\($0.id)" },
      create)
    router.read("/subscriptions", Self.upkeep, "All subscriptions", all)
    router.read("/subscriptions/{id}", Self.upkeep, "A subscription", path: [Self.id]) { call in
      let (id, day) = (try call.text("id"), transactions.today)
      return try await transactions.read { db in
        try Self.describe(try Subscriptions.undeleted(id, in: db), on: day, in: db)
      }
    }
    router.write(
      .delete, "/subscriptions/{id}", Self.upkeep, "End a subscription for good", path: [Self.id], ifMatch: true
    ) { try await manage.delete($0.text("id"), by: $0.edit) }
    router.write(
      .post, "/subscriptions/{id}/keys", Self.policy, "Give a subscription a new key", path: [Self.id], ifMatch: true,
      status: 201, isOptional: true, rotateKey)
    router.write(
      .post, "/subscriptions/{id}/replay", Self.policy, "Send what happened in a time again", path: [Self.id],
      ifMatch: true, status: 202
    ) { (call: Call, form: ReplayForm) in
      try await manage.replay(call.text("id"), from: form.from, to: form.to, by: call.edit)
    }
    router.write(
      .post, "/subscriptions/{id}/test", Self.upkeep,
      "Send the receiver a test message that says nothing about anybody", path: [Self.id], problems: [429]
    ) { call in
      let id = try call.text("id")
      return try await transactions.once(call.edit) { TestAnswer(try await test.send(to: id, by: call.caller)) }
    }
    router.write(
      .post, "/subscriptions/{id}/resume", Self.upkeep, "Let a suspended subscription's messages go out again",
      path: [Self.id], ifMatch: true
    ) { try await manage.resume($0.text("id"), by: $0.edit) }
  }

  private func create(_ call: Call, _ form: SubscriptionForm) async throws -> Remembered<SubscriptionView> {
    try await manage.create(form.request, by: call.edit)
  }

  private func all(_ call: Call) async throws -> SubscriptionList {
    try await transactions.read { [day = transactions.today] db in
      let listed = try Subscriptions.all(limit: Self.mostListed, in: db)
      return SubscriptionList(
        subscriptions: try listed.subscriptions.map { try Self.describe($0, on: day, in: db) },
        unreadable: listed.unreadable)
    }
  }

  private func rotateKey(_ call: Call, _ form: RotationForm) async throws -> Remembered<SubscriptionView> {
    let overlap = form.overlapHours ?? ManageSubscriptions.overlapHours
    guard (0...ManageSubscriptions.longestOverlapHours).contains(overlap) else {
      throw Problem.invalid([.init("/overlapHours", "must be 0 to \(ManageSubscriptions.longestOverlapHours)")])
    }
    return try await manage.rotateKey(of: call.text("id"), overlapHours: overlap, by: call.edit)
  }

  private static func describe(_ subscription: Subscription, on day: Day, in db: Database) throws -> SubscriptionView {
    SubscriptionView(subscription, waiting: try Messages.waiting(for: subscription.id, in: db), on: day)
  }
}
