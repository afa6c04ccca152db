import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import Rulebook

/// How the money of an issued notice stands, as letters about it need it.
struct NoticeStatement {
  let notice: DocumentNumber
  let period: NoticePeriod
  let withdrawnOn: Day?
  let money: NoticeMoney
  let standing: NoticeAccount.Standing

  /// What became of a payment; `nil` for one that is not on the notice.
  func outcome(of payment: Int64, on day: Day) -> (credit: NoticeMoney.Credit, outcome: PaymentOutcome)? {
    money.outcomes(period, withdrawnOn: withdrawnOn, on: day).first { $0.credit.id == payment }
  }

  /// A receipt for a payment; `nil` for one that is not on the notice, or does not count towards it.
  func receipt(
    for payment: Int64, by writer: LetterWriter, on day: Day
  ) throws -> EnforcementLetters.PaymentReceipt? {
    guard let found = outcome(of: payment, on: day) else { return nil }
    let due = period.stillDue(standing, on: day)
    guard standing.dischargedOn != nil ? !found.outcome.isToSettle : due != nil else { return nil }
    return try EnforcementLetters.PaymentReceipt(
      writer: writer, notice: notice, sum: found.credit.sum, received: found.credit.on, due: due)
  }
}

extension NoticeDesk {
  /// `nil` before a notice is issued.
  func account(of notice: StoredNotice, _ unit: UnitOfWork) throws -> NoticeStatement? {
    guard let issue = notice.issue, let period = try notices.period(of: notice, in: unit.db) else { return nil }
    let money = NoticeMoney(of: issue.document, try Payments.histories(of: issue.document, in: unit.db))
    return NoticeStatement(
      notice: issue.document, period: period, withdrawnOn: notice.withdrawnOn, money: money,
      standing: money.account(period, withdrawnOn: notice.withdrawnOn).standing(on: unit.today))
  }

  /// Sends a receipt for a payment that counts towards a notice, where the code of conduct lets one go by itself. Neither
  /// the bank nor the pay service says who paid: it goes where the notice went, and says nothing of the child (DOC-18).
  ///
  /// - Returns: `nil` where none goes.
  @discardableResult
  func acknowledge(_ payment: Int64, on number: DocumentNumber, in unit: UnitOfWork) throws -> DocumentNumber? {
    guard let writer = code.value(on: unit.today).receipts, let notice = try Notices.find(number, in: unit.db),
      let receipt = try account(of: notice, unit)?.receipt(for: payment, by: writer, on: unit.today)
    else { return nil }
    let recipient: Recipient
    do { recipient = try notices.documents.recipient(of: number, in: unit.db) } catch DocumentError.disposed {
      return nil
    }
    return try notices.documents.issue(
      receipt, to: recipient, filed: DocumentFiling(about: notice.pupil, matter: notice.id, basis: number.text),
      in: unit
    ).number
  }
}
