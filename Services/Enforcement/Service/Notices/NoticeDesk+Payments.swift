import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import Rulebook

/// Issued notices as money sees them.
extension NoticeDesk: NoticeLookup {
  func notice(_ number: DocumentNumber, in db: Database) throws -> PayableNotice? {
    guard let notice = try Notices.find(number, in: db), let issue = notice.issue else { return nil }
    return PayableNotice(
      number: number, school: notice.school, issued: issue.on, period: try notices.period(of: notice, in: db),
      withdrawnOn: notice.withdrawnOn)
  }

  func moneyChanged(on number: DocumentNumber, in unit: UnitOfWork) throws {
    guard let notice = try Notices.find(number, in: unit.db) else { return }
    try follow(notice, in: unit)
    try factsChanged(of: notice.pupil, in: unit)
  }
}
