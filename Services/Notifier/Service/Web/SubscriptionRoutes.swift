import Contracts
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import NotifierDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// The routes by which officers set up and look after subscriptions.
struct SubscriptionRoutes: Sendable {
  let manage: ManageSubscriptions
  let test: TestMessage
  let store: Store
  let clock: any WallClock

  static let policy = Policy.roles(.integration, .manager, reach: .wholeAuthority)
  /// Who runs the programs may look after receivers, and stops one that does harm.
  static let upkeep = Policy.roles(.integration, .manager, .operator, reach: .wholeAuthority)
  /// The most subscriptions in one list: more than an authority has schools and partners.
  static let mostListed = 5_000

  private static let id = About.Parameter(
    "id", .string(pattern: "^sub_[0-9a-f]{32}$"), "The subscription's identifier.")

  func add(to router: ServiceRouter) {
    router.on(
      .post, "/subscriptions", Self.policy,
      About(
        "Open a subscription", details: "Lawful bases. \(LawfulBasis.explanation)", body: SubscriptionForm.self,
        answer: SubscriptionView.self, status: 201)
    ) { request, context in
      let form = try await request.json(SubscriptionForm.self)
      let officer = try Self.officer(context)
      return try await Self.answering {
        let opened = try await manage.create(form.request, by: officer)
        return try .json(
          SubscriptionView(opened.subscription, waiting: 0, on: clock.today(), newKey: opened.key), status: .created,
          headers: [.location: "/subscriptions/\(opened.subscription.id)"])
      }
    }
    router.on(
      .get, "/subscriptions", Self.upkeep, About("All subscriptions", answer: SubscriptionList.self)
    ) { _, _ in
      let list = try await store.read { [day = clock.today()] db in
        let listed = try Subscriptions.all(limit: Self.mostListed, in: db)
        return SubscriptionList(
          subscriptions: try listed.subscriptions.map { try Self.describe($0, on: day, in: db) },
          unreadable: listed.unreadable)
      }
      return try .json(list)
    }
    router.on(
      .get, "/subscriptions/{id}", Self.upkeep, About("A subscription", path: [Self.id], answer: SubscriptionView.self)
    ) { _, context in
      let id = try context.parameter("id")
      return try await Self.answering { try .json(try await view(of: id)) }
    }
    router.on(
      .delete, "/subscriptions/{id}", Self.upkeep,
      About("End a subscription for good", path: [Self.id], status: 204, takesIfMatch: true)
    ) { request, context in
      let (id, officer) = (try context.parameter("id"), try Self.officer(context))
      return try await Self.answering {
        try await manage.onlyIf(Precondition(request)).delete(id, by: officer)
        return .noContent
      }
    }
    addActions(to: router)
  }

  private func addActions(to router: ServiceRouter) {
    router.on(
      .post, "/subscriptions/{id}/keys", Self.policy,
      About(
        "Give a subscription a new key", path: [Self.id], body: RotationForm.self, bodyIsOptional: true,
        answer: SubscriptionView.self, status: 201, takesIfMatch: true)
    ) { request, context in
      let (id, officer) = (try context.parameter("id"), try Self.officer(context))
      let hasBody = (request.headers[.contentLength].flatMap { Int($0) } ?? 0) > 0
      let hours = hasBody ? try await request.json(RotationForm.self).overlapHours : nil
      let overlap = hours ?? ManageSubscriptions.overlapHours
      guard (0...ManageSubscriptions.longestOverlapHours).contains(overlap) else {
        throw Problem.invalid([
          .init("/overlapHours", "must be 0 to \(ManageSubscriptions.longestOverlapHours)")
        ])
      }
      return try await Self.answering {
        let opened = try await manage.onlyIf(Precondition(request)).rotateKey(
          of: id, overlapHours: overlap, by: officer)
        return try .json(
          SubscriptionView(opened.subscription, waiting: 0, on: clock.today(), newKey: opened.key), status: .created)
      }
    }
    router.on(
      .post, "/subscriptions/{id}/replay", Self.policy,
      About(
        "Send what happened in a time again", path: [Self.id], body: ReplayForm.self, answer: ReplayAnswer.self,
        status: 202, takesIfMatch: true)
    ) { request, context in
      let (id, officer) = (try context.parameter("id"), try Self.officer(context))
      let form = try await request.json(ReplayForm.self)
      return try await Self.answering {
        let count = try await manage.onlyIf(Precondition(request)).replay(id, from: form.from, to: form.to, by: officer)
        return try .json(ReplayAnswer(queued: count), status: .accepted)
      }
    }
    router.on(
      .post, "/subscriptions/{id}/test", Self.upkeep,
      About(
        "Send the receiver a test message without personal data", path: [Self.id], answer: TestAnswer.self,
        problems: [429])
    ) { _, context in
      let (id, officer) = (try context.parameter("id"), try Self.officer(context))
      return try await Self.answering { try .json(TestAnswer(try await test.send(to: id, by: officer))) }
    }
    router.on(
      .post, "/subscriptions/{id}/resume", Self.upkeep,
      About(
        "Let a suspended subscription's messages go out again", path: [Self.id], answer: SubscriptionView.self,
        takesIfMatch: true)
    ) { request, context in
      let (id, officer) = (try context.parameter("id"), try Self.officer(context))
      return try await Self.answering {
        _ = try await manage.onlyIf(Precondition(request)).resume(id, by: officer)
        return try .json(try await view(of: id))
      }
    }
  }

  private func view(of id: String) async throws -> SubscriptionView {
    try await store.read { [day = clock.today()] db in
      try Self.describe(try Subscriptions.undeleted(id, in: db), on: day, in: db)
    }
  }

  private static func describe(_ subscription: Subscription, on day: Day, in db: Database) throws -> SubscriptionView {
    SubscriptionView(subscription, waiting: try Messages.waiting(for: subscription.id, in: db), on: day)
  }

  private static func officer(_ context: ServiceRequestContext) throws -> ManageSubscriptions.Officer {
    let caller = try context.caller
    return .init(subject: caller.subject, role: caller.role.rawValue)
  }

  private static func answering(_ body: () async throws -> Response) async throws -> Response {
    do { return try await body() } catch let error as NotifierError { throw error.problem }
  }
}
