import Contracts
import GRDB
import Messaging
import NotifierDomain

/// What is made of the attempts that had begun when the program ended without order: killed, crashed, or cut off with
/// its machine. Whether the receiver got the message is not known.
struct InterruptedAttempts: Sendable {
  /// One of them, settled.
  struct Found: Sendable {
    let subscription: String
    let message: String
    /// How often the program ended during attempts of this subscription since one was completed.
    let deaths: Int
    /// How many messages wait, where the subscription was suspended for it.
    let suspendedWith: Int?
  }

  let schedule: RetrySchedule
  let seed: UInt64

  /// Counts each as a failed attempt, so that it is tried again only after the schedule's pause, puts it in the log of
  /// disclosures, and suspends the subscriptions under which the program ended too often.
  func settle(in unit: UnitOfWork) throws -> [Found] {
    let found = try Attempts.all(in: unit.db).map { try settle($0, in: unit) }
    try Attempts.forgetAll(in: unit.db)
    return found
  }

  private func settle(_ begun: Attempts.Begun, in unit: UnitOfWork) throws -> Found {
    let db = unit.db
    let deaths = try Attempts.countDeath(of: begun.subscription, in: db)
    let subscription = try Self.readable { try Subscriptions.find(begun.subscription, in: db) }
    let stored = try begun.place.flatMap { place in try Self.readable { try Messages.at(place: place, in: db) } }
    if let place = begun.place, let stored, stored.id == begun.message {
      try pause(stored, place, in: unit)
      if let subscription { try Disclosures.record(.init(interrupted: stored, begun, of: subscription), in: unit) }
    } else if let subscription {
      try Disclosures.record(
        .init(test: begun, of: subscription, result: Disclosures.Entry.interrupted), in: unit)
    }
    var suspendedWith: Int?
    if deaths >= Attempts.mostDeaths, subscription?.status == .active {
      suspendedWith = try Subscriptions.suspend(begun.subscription, .programEnded, in: unit)
    }
    return Found(
      subscription: begun.subscription, message: begun.message, deaths: deaths, suspendedWith: suspendedWith)
  }

  /// `nil` for a row that cannot be read: it must not keep the program from all others.
  private static func readable<Value>(_ read: () throws -> Value?) throws -> Value? {
    do { return try read() } catch is Subscriptions.Unreadable { return nil } catch is ContractError { return nil }
  }

  private func pause(_ stored: Messages.Stored, _ place: Int64, in unit: UnitOfWork) throws {
    let failures = stored.failures + 1
    let pause = schedule.pauseMillis(
      afterFailures: min(failures, schedule.pausesSeconds.count - 1), retryAfterMillis: nil,
      seed: seed &+ UInt64(bitPattern: place))
    try Messages.settle(
      place: place, .waiting(failures: failures, dueMillis: unit.at.millis + (pause ?? 0)), in: unit.db)
  }
}

extension Subscriptions {
  /// Lets a subscription's messages wait until a person resumes it.
  ///
  /// - Returns: how many messages wait.
  static func suspend(_ id: String, _ reason: ReceiverDisabled.Reason, in unit: UnitOfWork) throws -> Int {
    try setStatus(.suspended(reason), of: id, in: unit.db)
    let waiting = try Messages.waiting(for: id, in: unit.db)
    try unit.publish(ReceiverDisabled(subscription: id, reason: reason, waiting: waiting), subject: id)
    try unit.audit(.subscriptionSuspended, of: .record(id), ["reason": reason.rawValue])
    return waiting
  }
}
