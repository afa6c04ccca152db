import Contracts
import Foundation
import GRDB
import Logging
import Messaging
import NotifierDomain
import Rulebook
import ServiceKit
import Store

/// What the loop does with the store beside the messages themselves.
extension DeliveryLoop {
  func suspend(_ id: DeliveryQueue.ReceiverID, _ reason: ReceiverDisabled.Reason) async throws {
    tell(id, reason, try await write { try Subscriptions.suspend(id, reason, in: $0) })
  }

  func tell(_ id: DeliveryQueue.ReceiverID, _ reason: ReceiverDisabled.Reason, _ waiting: Int) {
    telemetry.countSuspension(reason)
    logger.error(
      "a receiver is suspended until a person resumes it",
      metadata: ["subscription": "\(id)", "reason": "\(reason.rawValue)", "waiting": "\(waiting)"])
  }

  /// At the program's start: what was begun when it ended the last time.
  func takeStock() async throws {
    guard !hasTakenStock else { return try await write { try Attempts.forgetAll(in: $0.db) } }
    let stock = InterruptedAttempts(schedule: schedule, seed: seed)
    let found = try await write { try stock.settle(in: $0) }
    hasTakenStock = true
    for interrupted in found {
      logger.critical(
        "the program ended during an attempt",
        metadata: [
          "subscription": "\(interrupted.subscription)", "message": "\(interrupted.message)",
          "deaths": "\(interrupted.deaths)",
        ])
      guard let waiting = interrupted.suspendedWith else { continue }
      tell(interrupted.subscription, .programEnded, waiting)
      observe(.suspend(interrupted.subscription, .programEnded))
    }
  }

  /// Once a day: warns of agreements that end soon and forgets keys that sign no longer.
  func keepHouse() async throws {
    let today = attempt.transactions.clock.today()
    guard lastHousekeeping != today else { return }
    lastHousekeeping = today
    for subscription in try await read({ try Subscriptions.active(in: $0) }).subscriptions {
      guard let days = subscription.agreement.daysLeftToWarn(on: today) else { continue }
      logger.warning(
        "a sharing agreement ends soon", metadata: ["subscription": "\(subscription.id)", "days": "\(days)"])
    }
    try await write { try SigningKeys.removeExpired(at: $0.at, in: $0.db) }
  }

  /// What became of an attempt must get to the disk, however long that is full: nothing more goes out meanwhile.
  func write<T: Sendable>(_ body: @Sendable @escaping (UnitOfWork) throws -> T) async throws -> T {
    try await Store.patiently { [attempt] in try await attempt.transactions.write(by: .program(.notifier), body) }
  }

  func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    try await Store.patiently { [attempt] in try await attempt.transactions.read(body) }
  }
}
