import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import HTTPTypes
import Messaging
import ServiceKit

extension AuditAction {
  fileprivate static let noticeConflictsRead = AuditAction("notice.conflicts.read")
  fileprivate static let noticeCircumstancesSet = AuditAction("notice.circumstances.set")
}

/// What other matters mean for a notice.
extension NoticeRoutes {
  func conflicts(_ call: Call) async throws -> ConflictAnswer {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let (stored, notice) = try notice(id, unit)
      try unit.audit(.noticeConflictsRead, of: stored.pupil, ["case": stored.id])
      return ConflictAnswer(
        id: stored.id, try desk.notices.conflicts(of: notice, in: unit), notice.circumstances)
    }
  }

  func setCircumstances(
    _ call: Call, _ form: CircumstancesForm
  ) async throws -> Remembered<NoticeAnswers.Done> {
    let (id, circumstances) = (try call.text("id"), try Set(named: form.circumstances))
    return try await transactions.write(call.edit) { unit in
      let (stored, notice) = try notice(id, unit)
      try Notices.set(circumstances, of: notice.number, in: unit.db)
      try unit.audit(
        .noticeCircumstancesSet, of: stored.pupil, ["case": stored.id, "circumstances": circumstances.count])
      try desk.factsChanged(of: stored.pupil, in: unit)
      return NoticeAnswers.Done(id: stored.id, state: stored.file.state?.rawValue ?? "", document: nil)
    }
  }

  func notice(
    _ id: String, _ unit: UnitOfWork
  ) throws -> (StoredCase<PenaltyNoticeCase>, StoredNotice) {
    let stored = try find(id, for: unit.caller, unit)
    guard let notice = try Notices.find(subject: stored.subject, in: unit.db) else { throw Problem.notFound("Notice") }
    return (stored, notice)
  }
}
