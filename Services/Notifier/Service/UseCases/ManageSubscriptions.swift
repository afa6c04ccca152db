import Contracts
import Foundation
import Messaging
import NotifierDomain
import RollCopy
import Rulebook
import ServiceKit

/// What an officer does with subscriptions: each one transaction, with its audit entry.
struct ManageSubscriptions: Sendable {
  /// A subscription and what its receiver verifies signatures with, told once.
  struct Opened: Sendable {
    let subscription: Subscription
    let key: String
  }

  let transactions: Transactions
  let keys: SigningKeys
  let loop: DeliveryLoop
  let policy: DisclosurePolicy
  let allowsLoopback: Bool
  /// What the caller had read of the subscription that is edited.
  private(set) var precondition = Precondition.none

  /// How long a replaced key signs beside the new one unless asked otherwise, hours.
  static let overlapHours = 24
  /// The longest overlap, hours.
  static let longestOverlapHours = 168
  /// The most messages that one replay sends.
  static let mostReplayed = 10_000

  /// - Throws: ``NotifierError/refused(_:)`` with every fault.
  func create(_ request: SubscriptionRequest, by officer: Caller) async throws -> Opened {
    let unknown = try await transactions.read { [urns = request.urns] in try Roll.unknownSchools(urns, in: $0) }
    let id = "sub_" + UUID().uuidString.replacing("-", with: "").lowercased()
    let subscription: Subscription
    do throws(Faults) {
      subscription = try request.checked(
        id: id, on: transactions.today, policy: policy, allowsLoopback: allowsLoopback, unknownSchools: unknown)
    } catch {
      throw NotifierError.refused(error)
    }
    let key = SigningKey.generate(subscription.algorithm)
    try await transactions.write(by: officer) { [keys] unit in
      try Subscriptions.insert(subscription, officer: officer.subject, at: unit.at, in: unit.db)
      try keys.add(key, to: id, at: unit.at, othersExpireMillis: unit.at.millis, in: unit.db)
      try unit.audit(.subscriptionCreated, of: .record(id), ["level": subscription.level.rawValue])
    }
    loop.opened(subscription)
    return Opened(subscription: subscription, key: key.receiverText)
  }

  /// Gives the subscription a new key; those before it sign too for the overlap.
  func rotateKey(of id: String, overlapHours: Int, by officer: Caller) async throws -> Opened {
    try await transactions.write(by: officer) { [keys] unit in
      let subscription = try edited(id, in: unit)
      guard try keys.current(of: id, at: unit.at, in: unit.db).count < SigningKeys.most else {
        throw NotifierError.tooManyKeys
      }
      let key = SigningKey.generate(subscription.algorithm)
      try keys.add(
        key, to: id, at: unit.at, othersExpireMillis: unit.at.millis + Int64(overlapHours) * 3_600_000, in: unit.db)
      try unit.audit(.subscriptionKeyRotated, of: .record(id), ["overlapHours": overlapHours])
      return Opened(subscription: subscription, key: key.receiverText)
    }
  }

  /// Sends what happened in a time again, or for the first time where the subscription is newer.
  ///
  /// - Returns: how many messages were queued.
  func replay(_ id: String, from: Timestamp, to: Timestamp, by officer: Caller) async throws -> Int {
    guard from <= to else { throw NotifierError.emptyRange }
    let count = try await transactions.write(by: officer) { unit in
      let subscription = try edited(id, in: unit)
      guard subscription.agreement.isInForce(on: unit.today) else { throw NotifierError.agreementEnded }
      let reports = try Messages.reports(for: id, from: from, to: to, limit: Self.mostReplayed + 1, in: unit.db)
      guard reports.count <= Self.mostReplayed else { throw NotifierError.rangeTooLarge }
      for report in reports { try Messages.queue(report: report, for: id, at: unit.at, in: unit.db) }
      try unit.audit(.subscriptionReplayed, of: .record(id), ["from": from, "to": to, "reports": reports.count])
      return reports.count
    }
    if count > 0 { loop.queued([id]) }
    return count
  }

  /// Lets a suspended subscription's messages go out again, from the first that waits.
  func resume(_ id: String, by officer: Caller) async throws -> Subscription {
    let subscription = try await transactions.write(by: officer) { unit in
      var subscription = try edited(id, in: unit)
      guard case .suspended = subscription.status else { throw NotifierError.notSuspended }
      guard subscription.agreement.isInForce(on: unit.today) else { throw NotifierError.agreementEnded }
      try Subscriptions.setStatus(.active, of: id, in: unit.db)
      try Messages.restart(id, at: unit.at, in: unit.db)
      try Attempts.forgive(id, in: unit.db)
      try unit.audit(.subscriptionResumed, of: .record(id))
      subscription.status = .active
      return subscription
    }
    loop.opened(subscription)
    return subscription
  }

  /// Ends a subscription for good and forgets its keys; what it was told stays on record.
  func delete(_ id: String, by officer: Caller) async throws {
    try await transactions.write(by: officer) { unit in
      guard try Subscriptions.isThere(id, in: unit.db) else { throw NotifierError.subscriptionNotFound }
      // One that cannot be read any more can be deleted as well.
      try precondition.require {
        SubscriptionView(try Subscriptions.undeleted(id, in: unit.db), waiting: 0, on: unit.today)
      }
      try Subscriptions.setStatus(.deleted, of: id, in: unit.db)
      try SigningKeys.removeAll(of: id, in: unit.db)
      try unit.audit(.subscriptionDeleted, of: .record(id))
    }
    loop.closed(id)
  }

  /// The same for one edit, which is refused unless the subscription is as its caller had read it.
  func onlyIf(_ precondition: Precondition) -> ManageSubscriptions {
    var manage = self
    manage.precondition = precondition
    return manage
  }

  /// The subscription that an edit is of, in the transaction of the edit.
  private func edited(_ id: String, in unit: UnitOfWork) throws -> Subscription {
    let subscription = try Subscriptions.undeleted(id, in: unit.db)
    try precondition.require { SubscriptionView(subscription, waiting: 0, on: unit.today) }
    return subscription
  }
}
