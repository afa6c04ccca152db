import Contracts
import GRDB
import Messaging
import NotifierDomain
import Store

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
  let at: Timestamp

  /// Counts each as a failed attempt, so that it is tried again only after the schedule's pause, puts it in the log of
  /// disclosures, and suspends the subscriptions under which the program ended too often.
  func settle(to outbox: Outbox, in db: Database) throws -> [Found] {
    let found = try Attempts.all(in: db).map { try settle($0, to: outbox, in: db) }
    try Attempts.forgetAll(in: db)
    return found
  }

  private func settle(_ begun: Attempts.Begun, to outbox: Outbox, in db: Database) throws -> Found {
    let deaths = try Attempts.countDeath(of: begun.subscription, in: db)
    let subscription = try Self.readable { try Subscriptions.find(begun.subscription, in: db) }
    let stored = try begun.place.flatMap { place in try Self.readable { try Messages.at(place: place, in: db) } }
    if let place = begun.place, let stored, stored.id == begun.message {
      try pause(stored, place, in: db)
      if let subscription {
        try DisclosureRecord(interrupted: stored, begun, of: subscription, at: at).write(to: outbox, in: db)
      }
    } else if let subscription {
      try TestMessage.Record(begun: begun, subscription: subscription, result: DisclosureRecord.interrupted, at: at)
        .write(in: db)
    }
    var suspendedWith: Int?
    if deaths >= Attempts.mostDeaths, subscription?.status == .active {
      suspendedWith = try Suspension(subscription: begun.subscription, reason: .programEnded, at: at)
        .write(to: outbox, in: db)
    }
    return Found(
      subscription: begun.subscription, message: begun.message, deaths: deaths, suspendedWith: suspendedWith)
  }

  /// `nil` for a row that cannot be read: it must not keep the program from all others.
  private static func readable<Value>(_ read: () throws -> Value?) throws -> Value? {
    do { return try read() } catch is Subscriptions.Unreadable { return nil } catch is ContractError { return nil }
  }

  private func pause(_ stored: Messages.Stored, _ place: Int64, in db: Database) throws {
    let failures = stored.failures + 1
    let pause = schedule.pauseMillis(
      afterFailures: min(failures, schedule.pausesSeconds.count - 1), retryAfterMillis: nil,
      seed: seed &+ UInt64(bitPattern: place))
    try Messages.settle(place: place, .waiting(failures: failures, dueMillis: at.millis + (pause ?? 0)), in: db)
  }
}

/// A subscription whose messages wait from now on until a person resumes it.
struct Suspension: Sendable {
  let subscription: String
  let reason: ReceiverDisabled.Reason
  let at: Timestamp

  /// - Returns: how many messages wait.
  func write(to outbox: Outbox, in db: Database) throws -> Int {
    try Subscriptions.setStatus(.suspended(reason), of: subscription, in: db)
    let waiting = try Messages.waiting(for: subscription, in: db)
    try outbox.append(
      ReceiverDisabled(subscription: subscription, reason: reason, waiting: waiting), subject: subscription,
      context: EventContext(recordedAt: at), in: db)
    try AuditLog.append(
      AuditLog.Entry(
        at: at.date, actor: "notifier", role: "program", action: "subscription.suspend", subject: subscription,
        detail: reason.rawValue), in: db)
    return waiting
  }
}
