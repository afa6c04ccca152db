import Messaging
import RegistersDomain

/// What callers do in the registers, as the audit log has it.
extension AuditAction {
  static let rowRepaired = AuditAction("register.row.repair")

  static let findingWhyRead = AuditAction("finding.why.read")
  static let findingsRead = AuditAction("findings.read")

  static let personPairWritten = AuditAction("person.pair.written")
  static let personRead = AuditAction("person.read")

  static let pupilArrangementEnded = AuditAction("pupil.arrangement.ended")
  static let pupilArrangementRead = AuditAction("pupil.arrangement.read")
  static let pupilArrangementRecorded = AuditAction("pupil.arrangement.recorded")
  static let pupilAttendanceRead = AuditAction("pupil.attendance.read")
  static let pupilCareFiguresRead = AuditAction("pupil.care-figures.read")
  static let pupilChangeRead = AuditAction("pupil.change.read")
  static let pupilContactRead = AuditAction("pupil.contact.read")
  static let pupilDoubleRegistrationRead = AuditAction("pupil.double-registration.read")
  static let pupilEntryRead = AuditAction("pupil.entry.read")
  static let pupilExported = AuditAction("pupil.exported")
  static let pupilFlagsRead = AuditAction("pupil.flags.read")
  static let pupilHoldPlaced = AuditAction("pupil.hold.placed")
  static let pupilHoldReleased = AuditAction("pupil.hold.released")
  static let pupilMarkAmended = AuditAction("pupil.mark.amended")
  static let pupilMarkRead = AuditAction("pupil.mark.read")
  static let pupilMarkWritten = AuditAction("pupil.mark.written")
  static let pupilMatchRead = AuditAction("pupil.match.read")
  static let pupilMatchWritten = AuditAction("pupil.match.written")
  static let pupilPatternsRead = AuditAction("pupil.patterns.read")
  static let pupilReturnWritten = AuditAction("pupil.return.written")
  static let pupilSearchRead = AuditAction("pupil.search.read")
  static let pupilSessionsRead = AuditAction("pupil.sessions.read")

  static let schoolArrangementsRead = AuditAction("school.arrangements.read")
  static let schoolCodingFaultsRead = AuditAction("school.coding-faults.read")
  static let schoolDifferencesRead = AuditAction("school.differences.read")
  static let schoolFiguresRead = AuditAction("school.figures.read")
  static let schoolMarksWritten = AuditAction("school.marks.written")
  static let schoolQuarantineCorrected = AuditAction("school.quarantine.correct")
  static let schoolQuarantineDiscarded = AuditAction("school.quarantine.discard")
  static let schoolQuarantineRead = AuditAction("school.quarantine.read")
  static let schoolRegisterRead = AuditAction("school.register.read")
  static let schoolReturnsRead = AuditAction("school.returns.read")
  static let schoolRollExported = AuditAction("school.roll.exported")
  static let schoolRollRead = AuditAction("school.roll.read")
  static let schoolUnresolvedRead = AuditAction("school.unresolved.read")
  static let schoolWaitingEntriesRead = AuditAction("school.waiting-entries.read")
  static let schoolWithdrawalsRead = AuditAction("school.withdrawals.read")

  static let visitActionDone = AuditAction("visit.action.done")
  static let visitCancelled = AuditAction("visit.cancelled")
  static let visitPlanned = AuditAction("visit.planned")
  static let visitRecorded = AuditAction("visit.recorded")

  /// A statement about a child was written to the admission log.
  static func pupilWritten(_ kind: AdmissionLog.Kind) -> AuditAction { AuditAction("pupil.\(kind.rawValue).written") }
  /// A school belongs to something from a day on.
  static func schoolAssigned(_ kind: AssignmentKind) -> AuditAction { AuditAction("school.\(kind.rawValue).assigned") }
}
