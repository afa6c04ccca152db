import Contracts
import EnforcementDomain
import GRDB
import Rulebook
import Store

/// Whether money stands between a notice and proceedings.
///
/// Proceedings rest on the notice being unpaid. While any money is held that may have paid it, that is not certain: money on
/// the notice that discharges nothing, money on no notice that came since the notice was issued, whoever it is from, and rows
/// of files that nobody could read (PN-13, PAY-4).
enum PaymentGuard {
  /// Money that a person has to allocate or return first.
  enum Hold: Hashable, Sendable {
    /// On the notice, and discharges nothing.
    case onNotice(Money)
    /// A refund that a file told for the notice, of money that nobody saw come.
    case refundWithoutPayment(Money)
    /// On no notice: how many payments.
    case unmatched(Int)
    /// Rows of files that could not be read: how many.
    case unread(Int)
  }

  /// What is unresolved for a notice on a day; empty when no money stands in the way.
  static func unresolved(_ notice: PayableNotice, on day: Day, in db: Database) throws -> [Hold] {
    var holds: [Hold] = []
    let money = NoticeMoney(of: notice.number, try Payments.histories(of: notice.number, in: db))
    let isPaid = notice.period.map { period in
      money.account(period, withdrawnOn: notice.withdrawnOn).standing(on: day).dischargedOn != nil
    }
    if isPaid != true, .zero < money.held { holds.append(.onNotice(money.held)) }
    if !money.unfounded.isEmpty {
      holds.append(.refundWithoutPayment(money.unfounded.reduce(.zero) { $0 + $1.sum }))
    }
    let unmatched = try Int.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT count(*) FROM payment_unmatched u JOIN payment p ON p.number = u.payment
          WHERE p.kind = 'payment' AND p.on_day >= ?
          """), arguments: [notice.issued])
    if let unmatched, unmatched > 0 { holds.append(.unmatched(unmatched)) }
    let unread = try Int.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT sum(refused) FROM payment_file
          WHERE refused > 0 AND number NOT IN (SELECT file FROM payment_file_settled) AND at_millis >= ?
          """), arguments: [Int64(notice.issued.ordinal) * 86_400_000])
    if let unread, unread > 0 { holds.append(.unread(unread)) }
    return holds
  }
}
