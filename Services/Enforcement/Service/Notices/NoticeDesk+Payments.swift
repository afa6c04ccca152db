import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import Rulebook
import Store

/// Issued notices as money sees them.
extension NoticeDesk {
  /// `nil` when no notice was issued under the number.
  func payable(_ number: DocumentNumber, in db: Database) throws -> PayableNotice? {
    try Notices.find(number, in: db).flatMap { try notices.payable($0, in: db) }
  }

  /// Does what follows when money of a notice came, went or moved.
  func moneyChanged(on number: DocumentNumber, in unit: UnitOfWork) throws {
    guard let notice = try Notices.find(number, in: unit.db) else { return }
    try follow(notice, in: unit)
    try factsChanged(of: notice.pupil, in: unit)
  }

  /// Sees anew whether a person has to look at the money of a notice.
  func reviewMoney(of notice: StoredNotice, in unit: UnitOfWork) throws {
    guard let notice = try notices.payable(notice, in: unit.db) else { return }
    let money = NoticeMoney(of: notice.number, try Payments.histories(of: notice.number, in: unit.db))
    try Payments.setQuery(PaymentQuery(money, of: notice, on: unit.today), of: notice.number, in: unit)
  }
}
