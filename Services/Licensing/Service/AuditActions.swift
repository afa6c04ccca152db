import Messaging

/// What people do and read in licensing, as the audit log names it.
extension AuditAction {
  static let partyEntered = AuditAction("licensing.party.entered")
  static let partiesListed = AuditAction("licensing.parties.listed")
  static let byelawsEntered = AuditAction("licensing.byelaws.entered")
  static let applicationEntered = AuditAction("licensing.application.entered")
  static let applicationRead = AuditAction("licensing.application.read")
  static let applicationChecked = AuditAction("licensing.application.checked")
  static let draftSent = AuditAction("licensing.draft.sent")
  static let draftConfirmed = AuditAction("licensing.draft.confirmed")
  static let draftsListed = AuditAction("licensing.drafts.listed")
  static let draftRead = AuditAction("licensing.draft.read")
  static let draftTaken = AuditAction("licensing.draft.taken")
  static let draftClosed = AuditAction("licensing.draft.closed")
  static let leaveMatched = AuditAction("licensing.leave.matched")
  static let letterIssued = AuditAction("licensing.letter.issued")
  static let letterRead = AuditAction("licensing.letter.read")
}
