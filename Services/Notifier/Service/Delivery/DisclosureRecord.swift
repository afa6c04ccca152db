import Contracts
import Foundation
import GRDB
import Messaging
import NotifierDomain
import Rulebook
import Store

/// What is kept of one attempt: the log of disclosures, the hash-chained audit entry, and the event when it succeeded.
struct DisclosureRecord: Sendable {
  /// The result of an attempt during which the program ended: whether the receiver got the message is not known.
  static let interrupted = "interrupted"

  private let stored: Messages.Stored
  private let subscription: Subscription
  private let level: DisclosureLevel?
  private let fields: [DisclosedField]
  private let bodyHash: String?
  private let officer: String
  private let result: String
  private let isAccepted: Bool
  private let at: Timestamp

  init(_ result: Attempt.Result, at: Timestamp) {
    stored = result.stored
    subscription = result.subscription
    level = result.message?.level
    fields = result.message?.fields ?? []
    bodyHash = result.bodyHash
    officer = result.officer
    self.result = "\(result.outcome)"
    isAccepted = result.outcome == .accepted
    self.at = at
  }

  init(interrupted stored: Messages.Stored, _ begun: Attempts.Begun, of subscription: Subscription, at: Timestamp) {
    self.stored = stored
    self.subscription = subscription
    level = begun.level
    fields = begun.fields
    bodyHash = begun.bodyHash
    officer = begun.officer
    result = Self.interrupted
    isAccepted = false
    self.at = at
  }

  /// Writes all of it in the caller's transaction.
  func write(to outbox: Outbox, in db: Database) throws {
    try Disclosures.append(
      Disclosures.Entry(
        at: at, message: stored.id, eventID: stored.eventID, eventType: stored.report.type.name,
        subscription: subscription, pupil: stored.report.pupil, level: level, fields: fields,
        attempt: stored.failures + 1, result: result, bodyHash: bodyHash, officer: officer), in: db)
    try AuditLog.append(
      AuditLog.Entry(
        at: at.date, actor: "notifier", role: "program", action: "message.\(result)",
        subject: stored.report.pupil?.text ?? stored.report.school.text,
        detail: "\(stored.id) \(subscription.id) \(level?.rawValue ?? "-") \(bodyHash ?? "-")"), in: db)
    guard isAccepted, let level else { return }
    try outbox.append(
      MessageDisclosed(
        message: stored.id, subscription: subscription.id, event: stored.eventID,
        pupil: level == .nothing ? nil : stored.report.pupil, level: level.rawValue,
        lawfulBasis: subscription.lawfulBasis.rawValue), subject: subscription.id,
      context: EventContext(recordedAt: at), in: db)
  }
}
