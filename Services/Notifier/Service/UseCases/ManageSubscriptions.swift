import Contracts
import Foundation
import GRDB
import Hummingbird
import Messaging
import NotifierDomain
import RollCopy
import Rulebook
import ServiceKit

/// What an officer does with subscriptions: each one transaction, with its audit entry.
struct ManageSubscriptions: Sendable {
  /// A subscription and the number of its new key: what is remembered of a request. The key itself is read from where it
  /// lies sealed, and told with the answer.
  private struct Opened: Codable, Sendable {
    let view: SubscriptionView
    let key: Int64
  }

  let transactions: Transactions
  let keys: SigningKeys
  let loop: DeliveryLoop
  let policy: DisclosurePolicy
  let allowsLoopback: Bool

  /// How long a replaced key signs beside the new one unless asked otherwise, hours.
  static let overlapHours = 24
  /// The longest overlap, hours.
  static let longestOverlapHours = 168
  /// The most messages that one replay sends.
  static let mostReplayed = 10_000

  /// - Throws: ``NotifierError/refused(_:)`` with every fault.
  func create(_ request: SubscriptionRequest, by edit: Edit) async throws -> Remembered<SubscriptionView> {
    let id = "sub_" + UUID().uuidString.replacing("-", with: "").lowercased()
    let opened = try await transactions.write(edit) { [self] unit in
      let unknown = try Roll.unknownSchools(request.urns, in: unit.db)
      let subscription: Subscription
      do throws(Faults) {
        subscription = try request.checked(
          id: id, on: unit.today, policy: policy, allowsLoopback: allowsLoopback, unknownSchools: unknown)
      } catch {
        throw NotifierError.refused(error)
      }
      try Subscriptions.insert(subscription, officer: unit.caller.subject, at: unit.at, in: unit.db)
      let key = try keys.add(
        .generate(subscription.algorithm), to: id, at: unit.at, othersExpireMillis: unit.at.millis, in: unit.db)
      try unit.audit(.subscriptionCreated, of: .record(id), ["level": subscription.level.rawValue])
      unit.db.afterNextTransaction { _ in loop.opened(subscription) }
      return Opened(view: SubscriptionView(subscription, waiting: 0, on: unit.today), key: key)
    }
    return try await told(opened)
  }

  /// Gives the subscription a new key; those before it sign too for the overlap.
  func rotateKey(of id: String, overlapHours: Int, by edit: Edit) async throws -> Remembered<SubscriptionView> {
    let opened = try await write(edit, id) { [keys] unit in
      let subscription = try Subscriptions.undeleted(id, in: unit.db)
      guard try keys.current(of: id, at: unit.at, in: unit.db).count < SigningKeys.most else {
        throw NotifierError.tooManyKeys
      }
      let key = try keys.add(
        .generate(subscription.algorithm), to: id, at: unit.at,
        othersExpireMillis: unit.at.millis + Int64(overlapHours) * 3_600_000, in: unit.db)
      try unit.audit(.subscriptionKeyRotated, of: .record(id), ["overlapHours": overlapHours])
      return Opened(view: SubscriptionView(subscription, waiting: 0, on: unit.today), key: key)
    }
    return try await told(opened)
  }

  /// The answer with its key; without it once the key has been removed.
  private func told(_ answer: Remembered<Opened>) async throws -> Remembered<SubscriptionView> {
    let opened = try answer.new ?? JSONDecoder().decode(Opened.self, from: Data(answer.json))
    let key = try await transactions.read { [keys] db in try keys.find(opened.key, of: opened.view.id, in: db) }
    let view = opened.view.telling(key)
    return Remembered(json: try Response.encoded(view), new: answer.new == nil ? nil : view)
  }

  /// Sends what happened in a time again, or for the first time where the subscription is newer.
  func replay(_ id: String, from: Timestamp, to: Timestamp, by edit: Edit) async throws -> Remembered<ReplayAnswer> {
    guard from <= to else { throw NotifierError.emptyRange }
    return try await write(edit, id) { [loop] unit in
      let subscription = try Subscriptions.undeleted(id, in: unit.db)
      guard subscription.agreement.isInForce(on: unit.today) else { throw NotifierError.agreementEnded }
      let reports = try Messages.reports(for: id, from: from, to: to, limit: Self.mostReplayed + 1, in: unit.db)
      guard reports.count <= Self.mostReplayed else { throw NotifierError.rangeTooLarge }
      for report in reports { try Messages.queue(report: report, for: id, at: unit.at, in: unit.db) }
      try unit.audit(.subscriptionReplayed, of: .record(id), ["from": from, "to": to, "reports": reports.count])
      if !reports.isEmpty { unit.db.afterNextTransaction { _ in loop.queued([id]) } }
      return ReplayAnswer(queued: reports.count)
    }
  }

  /// Lets a suspended subscription's messages go out again, from the first that waits.
  func resume(_ id: String, by edit: Edit) async throws -> Remembered<SubscriptionView> {
    try await write(edit, id) { [loop] unit in
      var subscription = try Subscriptions.undeleted(id, in: unit.db)
      guard case .suspended = subscription.status else { throw NotifierError.notSuspended }
      guard subscription.agreement.isInForce(on: unit.today) else { throw NotifierError.agreementEnded }
      try Subscriptions.setStatus(.active, of: id, in: unit.db)
      try Messages.restart(id, at: unit.at, in: unit.db)
      try Attempts.forgive(id, in: unit.db)
      try unit.audit(.subscriptionResumed, of: .record(id))
      subscription.status = .active
      unit.db.afterNextTransaction { [subscription] _ in loop.opened(subscription) }
      return SubscriptionView(
        subscription, waiting: try Messages.waiting(for: id, in: unit.db), on: unit.today)
    }
  }

  /// Ends a subscription for good and forgets its keys; what it was told stays on record. One that cannot be read any
  /// more can be ended as well.
  func delete(_ id: String, by edit: Edit) async throws -> Remembered<Done> {
    try await write(edit, id) { [loop] unit in
      guard try Subscriptions.isThere(id, in: unit.db) else { throw NotifierError.subscriptionNotFound }
      try Subscriptions.setStatus(.deleted, of: id, in: unit.db)
      try SigningKeys.removeAll(of: id, in: unit.db)
      try unit.audit(.subscriptionDeleted, of: .record(id))
      unit.db.afterNextTransaction { _ in loop.closed(id) }
      return Done()
    }
  }

  /// An edit of a subscription, which is refused unless it is as its caller had read it.
  private func write<Answer: Encodable & Sendable>(
    _ edit: Edit, _ id: String, _ body: @Sendable @escaping (UnitOfWork) throws -> Answer
  ) async throws -> Remembered<Answer> {
    let current = { @Sendable [today = transactions.today] (db: Database) -> (any Encodable)? in
      SubscriptionView(try Subscriptions.undeleted(id, in: db), waiting: 0, on: today)
    }
    return try await transactions.write(edit, of: current, body)
  }
}
