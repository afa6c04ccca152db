import Contracts
import Messaging
import NotifierDomain
import Rulebook

/// What is kept of one attempt: the entry in the log of disclosures, that in the audit log, and the event when the
/// receiver accepted the message.
extension Disclosures {
  static func record(_ entry: Entry, in unit: UnitOfWork) throws {
    try append(entry, at: unit.at, in: unit.db)
    let subscription = entry.subscription
    try unit.audit(
      AuditAction("message.\(entry.result)"),
      of: .record(entry.pupil?.text ?? entry.school?.text ?? subscription.id),
      [
        "message": entry.message, "subscription": subscription.id, "level": entry.level?.rawValue ?? "-",
        "body": entry.bodyHash ?? "-",
      ])
    guard entry.result == "\(Outcome.accepted)", entry.eventType != Message.testType, let level = entry.level else {
      return
    }
    try unit.publish(
      MessageDisclosed(
        message: entry.message, subscription: subscription.id, event: entry.eventID,
        pupil: level == .nothing ? nil : entry.pupil, level: level.rawValue,
        lawfulBasis: subscription.lawfulBasis.rawValue), subject: subscription.id)
  }
}

extension Disclosures.Entry {
  /// The result of an attempt during which the program ended: whether the receiver got the message is not known.
  static let interrupted = "interrupted"

  init(_ result: Attempt.Result) {
    self.init(
      result.stored, result.subscription, level: result.message?.level, fields: result.message?.fields ?? [],
      result: "\(result.outcome)", bodyHash: result.bodyHash, officer: result.officer)
  }

  init(interrupted stored: Messages.Stored, _ begun: Attempts.Begun, of subscription: Subscription) {
    self.init(
      stored, subscription, level: begun.level, fields: begun.fields, result: Self.interrupted,
      bodyHash: begun.bodyHash, officer: begun.officer)
  }

  init(test begun: Attempts.Begun, of subscription: Subscription, result: String) {
    self.init(
      message: begun.message, eventID: begun.message, eventType: Message.testType, subscription: subscription,
      school: nil, pupil: nil, level: begun.level, fields: begun.fields, attempt: 1, result: result,
      bodyHash: begun.bodyHash, officer: begun.officer)
  }

  private init(
    _ stored: Messages.Stored, _ subscription: Subscription, level: DisclosureLevel?, fields: [DisclosedField],
    result: String, bodyHash: String?, officer: String
  ) {
    self.init(
      message: stored.id, eventID: stored.eventID, eventType: stored.report.type.name, subscription: subscription,
      school: stored.report.school, pupil: stored.report.pupil, level: level, fields: fields,
      attempt: stored.failures + 1, result: result, bodyHash: bodyHash, officer: officer)
  }
}
