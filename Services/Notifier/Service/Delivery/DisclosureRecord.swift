import Contracts
import Foundation
import GRDB
import Messaging
import NotifierDomain
import Rulebook
import Store

/// What is kept of one attempt: the log of disclosures, the hash-chained audit entry, and the event when it succeeded.
struct DisclosureRecord: Sendable {
  private let result: Attempt.Result
  private let at: Timestamp

  init(_ result: Attempt.Result, at: Timestamp) {
    self.result = result
    self.at = at
  }

  /// Writes all of it in the caller's transaction.
  func write(to outbox: Outbox, in db: Database) throws {
    let stored = result.stored
    let subscription = result.subscription
    try Disclosures.append(
      Disclosures.Entry(
        at: at, message: stored.id, eventID: stored.eventID, eventType: stored.report.type.name,
        subscription: subscription, pupil: stored.report.pupil, level: result.message?.level,
        fields: result.message?.fields ?? [], attempt: stored.failures + 1, result: "\(result.outcome)",
        bodyHash: result.bodyHash, officer: result.officer), in: db)
    try AuditLog.append(
      AuditLog.Entry(
        at: at.date, actor: "notifier", role: "program", action: "message.\(result.outcome)",
        subject: stored.report.pupil?.text ?? stored.report.school.text,
        detail: "\(stored.id) \(subscription.id) \(result.message?.level.rawValue ?? "-") \(result.bodyHash ?? "-")"),
      in: db)
    guard result.outcome == .accepted, let message = result.message else { return }
    try outbox.append(
      MessageDisclosed(
        message: stored.id, subscription: subscription.id, event: stored.eventID,
        pupil: message.level == .nothing ? nil : stored.report.pupil, level: message.level.rawValue,
        lawfulBasis: subscription.lawfulBasis.rawValue), subject: subscription.id,
      context: EventContext(recordedAt: at), in: db)
  }
}
