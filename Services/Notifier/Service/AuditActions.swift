import Messaging

/// What people and the program do, as the audit log names it; each attempt to deliver is `message.` and its result.
extension AuditAction {
  static let disclosuresRead = AuditAction("disclosures.read")
  static let subscriptionCreated = AuditAction("subscription.create")
  static let subscriptionDeleted = AuditAction("subscription.delete")
  static let subscriptionKeyRotated = AuditAction("subscription.rotate-key")
  static let subscriptionReplayed = AuditAction("subscription.replay")
  static let subscriptionResumed = AuditAction("subscription.resume")
  static let subscriptionSuspended = AuditAction("subscription.suspend")
  static let subscriptionTested = AuditAction("subscription.test")
}
