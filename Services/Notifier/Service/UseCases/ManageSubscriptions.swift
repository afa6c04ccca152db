import Contracts
import Foundation
import GRDB
import NotifierDomain
import RollCopy
import ServiceKit
import Store

/// What an officer does with subscriptions: each one transaction, with its audit entry.
struct ManageSubscriptions: Sendable {
  /// Who asks: from the verified token only.
  struct Officer: Sendable {
    /// The opaque subject.
    let subject: String
    let role: String
  }

  /// A subscription and what its receiver verifies signatures with, told once.
  struct Opened: Sendable {
    let subscription: Subscription
    let key: String
  }

  let store: Store
  let keys: SigningKeys
  let loop: DeliveryLoop
  let policy: DisclosurePolicy
  let allowsLoopback: Bool
  let clock: any WallClock
  /// What the caller had read of the subscription that is edited.
  private(set) var precondition = Precondition.none

  /// How long a replaced key signs beside the new one unless asked otherwise, hours.
  static let overlapHours = 24
  /// The longest overlap, hours.
  static let longestOverlapHours = 168
  /// The most messages that one replay sends.
  static let mostReplayed = 10_000

  /// - Throws: ``NotifierError/refused(_:)`` with every fault.
  func create(_ request: SubscriptionRequest, by officer: Officer) async throws -> Opened {
    let unknown = try await store.read { [urns = request.urns] in try Roll.unknownSchools(urns, in: $0) }
    let id = "sub_" + UUID().uuidString.replacing("-", with: "").lowercased()
    let subscription: Subscription
    do throws(SubscriptionRequest.Refused) {
      subscription = try request.checked(
        id: id, on: clock.today(), policy: policy, allowsLoopback: allowsLoopback, unknownSchools: unknown)
    } catch {
      throw NotifierError.refused(error.faults)
    }
    let key = SigningKey.generate(subscription.algorithm)
    let now = Timestamp(clock.now())
    try await store.write { [keys] db in
      try Subscriptions.insert(subscription, officer: officer.subject, at: now, in: db)
      try keys.add(key, to: id, at: now, othersExpireMillis: now.millis, in: db)
      try audit("create", id, officer, at: now, detail: "\(subscription.level.rawValue)", in: db)
    }
    loop.opened(subscription)
    return Opened(subscription: subscription, key: key.receiverText)
  }

  /// Gives the subscription a new key; those before it sign too for the overlap.
  func rotateKey(of id: String, overlapHours: Int, by officer: Officer) async throws -> Opened {
    let now = Timestamp(clock.now())
    let end = now.millis + Int64(overlapHours) * 3_600_000
    return try await store.write { [keys] db in
      let subscription = try edited(id, in: db)
      guard try keys.current(of: id, at: now, in: db).count < SigningKeys.most else { throw NotifierError.tooManyKeys }
      let key = SigningKey.generate(subscription.algorithm)
      try keys.add(key, to: id, at: now, othersExpireMillis: end, in: db)
      try audit("rotate-key", id, officer, at: now, detail: "overlap \(overlapHours) h", in: db)
      return Opened(subscription: subscription, key: key.receiverText)
    }
  }

  /// Sends what happened in a time again, or for the first time where the subscription is newer.
  ///
  /// - Returns: how many messages were queued.
  func replay(_ id: String, from: Timestamp, to: Timestamp, by officer: Officer) async throws -> Int {
    guard from <= to else { throw NotifierError.emptyRange }
    let now = Timestamp(clock.now())
    let count = try await store.write { db in
      let subscription = try edited(id, in: db)
      guard subscription.agreement.isInForce(on: clock.today()) else { throw NotifierError.agreementEnded }
      let reports = try Messages.reports(for: id, from: from, to: to, limit: Self.mostReplayed + 1, in: db)
      guard reports.count <= Self.mostReplayed else { throw NotifierError.rangeTooLarge }
      for report in reports { try Messages.queue(report: report, for: id, at: now, in: db) }
      try audit("replay", id, officer, at: now, detail: "\(from) \(to) \(reports.count)", in: db)
      return reports.count
    }
    if count > 0 { loop.queued([id]) }
    return count
  }

  /// Lets a suspended subscription's messages go out again, from the first that waits.
  func resume(_ id: String, by officer: Officer) async throws -> Subscription {
    let now = Timestamp(clock.now())
    let subscription = try await store.write { db in
      var subscription = try edited(id, in: db)
      guard case .suspended = subscription.status else { throw NotifierError.notSuspended }
      guard subscription.agreement.isInForce(on: clock.today()) else { throw NotifierError.agreementEnded }
      try Subscriptions.setStatus(.active, of: id, in: db)
      try Messages.restart(id, at: now, in: db)
      try Attempts.forgive(id, in: db)
      try audit("resume", id, officer, at: now, in: db)
      subscription.status = .active
      return subscription
    }
    loop.opened(subscription)
    return subscription
  }

  /// Ends a subscription for good and forgets its keys; what it was told stays on record.
  func delete(_ id: String, by officer: Officer) async throws {
    let now = Timestamp(clock.now())
    try await store.write { db in
      guard try Subscriptions.isThere(id, in: db) else { throw NotifierError.subscriptionNotFound }
      // One that cannot be read any more can be deleted as well.
      try precondition.require {
        SubscriptionView(try Subscriptions.undeleted(id, in: db), waiting: 0, on: clock.today())
      }
      try Subscriptions.setStatus(.deleted, of: id, in: db)
      try SigningKeys.removeAll(of: id, in: db)
      try audit("delete", id, officer, at: now, in: db)
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
  private func edited(_ id: String, in db: Database) throws -> Subscription {
    let subscription = try Subscriptions.undeleted(id, in: db)
    try precondition.require { SubscriptionView(subscription, waiting: 0, on: clock.today()) }
    return subscription
  }

  private func audit(
    _ action: String, _ id: String, _ officer: Officer, at time: Timestamp, detail: String = "", in db: Database
  ) throws {
    try AuditLog.append(
      AuditLog.Entry(
        at: time.date, actor: officer.subject, role: officer.role, action: "subscription.\(action)", subject: id,
        detail: detail), in: db)
  }
}
