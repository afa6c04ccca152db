import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Letters
import Messaging
import Rulebook
import Schemas
import ServiceKit
import Store

/// What is to be settled, and the account of a notice.
extension PaymentRoutes {
  struct UnmatchedLine: Listed {
    static let list = "payments"

    let payment: Int64
    let kind: PaymentRow.Kind
    let source: PaymentSource
    let on: Day
    /// What of it is on no notice, pounds and pence.
    let amount: String
    /// What the payer wrote; it may name a person.
    let reference: String?
    /// Notices that the payer may have meant, the likeliest first; each was issued before the payment.
    let candidates: [String]
    let due: Day
    let overdue: Bool
  }

  /// The most candidates that are shown.
  private static let mostCandidates = 10

  func unmatched(_ call: Call) async throws -> Page<UnmatchedLine> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.paymentsListed, of: .record("unmatched"))
      let rows = try Payments.unmatched(after: after, limit: Self.pageSize, in: unit.db)
      return try Page(rows, of: Self.pageSize, endsAt: { $0.history.number }) { try line($0, in: unit) }
    }
  }

  private func line(_ stored: Payments.Stored, in unit: UnitOfWork) throws -> UnmatchedLine {
    let history = stored.history
    let due = PaymentWork.due(stored.bookedOn)
    return UnmatchedLine(
      payment: history.number, kind: history.kind, source: stored.source, on: history.on,
      amount: history.held(at: nil).text, reference: stored.reference,
      candidates: try candidates(stored, in: unit.db).map(\.text), due: due, overdue: due < unit.today)
  }

  private func candidates(_ stored: Payments.Stored, in db: Database) throws -> [DocumentNumber] {
    guard let text = stored.reference else { return [] }
    let reference = PaymentReference(text)
    let meant = reference.number.map { [$0] } ?? reference.suggestions(of: payments.desk.notices.documents.authority)
    let issued = try meant.filter { number in
      try payments.desk.payable(number, in: db).map { $0.issued <= stored.history.on } ?? false
    }
    return Array(issued.prefix(Self.mostCandidates))
  }

  struct QueryLine: Listed {
    static let list = "notices"
    typealias Position = NoticeCursor

    let notice: String
    /// An outcome of a payment, `overpaid`, or `refund-without-payment`.
    let outcome: String
    let amount: String
    let since: Day
    let due: Day
    let overdue: Bool
  }

  static let from = QueryParameter<String>("after", .string(), "The `next` of the page before.", { $0 }).or("")

  func queries(_ call: Call) async throws -> Page<QueryLine> {
    let from = try call[Self.from]
    return try await transactions.read { [today = transactions.today] db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM payment_query WHERE notice > ? ORDER BY notice LIMIT ?",
        arguments: [from, Self.pageSize])
      let lines = try rows.map { row in
        let since: Day = try row.get("since")
        let due = PaymentWork.due(since)
        return QueryLine(
          notice: row["notice"], outcome: row["outcome"], amount: Money(pence: row["pence"]).text, since: since,
          due: due, overdue: due < today)
      }
      return Page(lines, NoHead(), next: rows.count == Self.pageSize ? lines.last.map { NoticeCursor($0.notice) } : nil)
    }
  }

  struct Account: Codable, Sendable {
    struct Payment: Codable, Sendable {
      let payment: Int64
      let on: Day
      /// What of it is for this notice and has not gone back.
      let held: String
      let outcome: PaymentOutcome
    }

    let notice: String
    let school: URN
    /// `nil` while the service of the notice is not on record.
    let state: NoticeAccount.State?
    let dischargedOn: Day?
    /// What still has to come.
    let due: String?
    let held: String
    /// What is to be sent back.
    let refund: String
    let payments: [Payment]
    /// What a person has to settle before proceedings can begin, in words.
    let blocks: [String]
  }

  func account(_ call: Call) async throws -> Account {
    let number = try call.path("notice", "Notice") { DocumentNumber($0) }
    return try await transactions.write(by: call.caller) { unit in
      let notice = try payments.find(number, in: unit.db)
      guard unit.caller.mayActFor(school: notice.school.text) else { throw Problem.notFound("Notice") }
      try unit.audit(.accountRead, of: .record(number.text))
      return try account(of: notice, in: unit)
    }
  }

  private func account(of notice: PayableNotice, in unit: UnitOfWork) throws -> Account {
    let money = NoticeMoney(of: notice.number, try Payments.histories(of: notice.number, in: unit.db))
    let standing = notice.period.map {
      money.account($0, withdrawnOn: notice.withdrawnOn).standing(on: unit.today)
    }
    let outcomes = notice.period.map { money.outcomes($0, withdrawnOn: notice.withdrawnOn, on: unit.today) } ?? []
    return Account(
      notice: notice.number.text, school: notice.school, state: standing?.state, dischargedOn: standing?.dischargedOn,
      due: standing?.due?.text, held: money.held.text, refund: (standing?.refund ?? .zero).text,
      payments: outcomes.map {
        Account.Payment(
          payment: $0.credit.id, on: $0.credit.on, held: money.held(of: $0.credit.id).text, outcome: $0.outcome)
      },
      blocks: try PaymentGuard.unresolved(notice, on: unit.today, in: unit.db).map(\.detail))
  }
}

/// Where a page of notices ends: the number of its last.
struct NoticeCursor: Codable, Sendable, CustomStringConvertible {
  let description: String

  init(_ number: String) { description = number }
  init(from decoder: any Decoder) throws { description = try decoder.singleValueContainer().decode(String.self) }
  func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension PaymentGuard.Hold {
  /// What is in the way and what to do.
  var detail: String {
    switch self {
    case .onNotice(let sum): "£\(sum.text) is held on the notice and does not discharge it. Allocate or return it."
    case .refundWithoutPayment(let sum):
      "A file says that £\(sum.text) went back for the notice, and no such payment came. Find it, or allocate the refund."
    case .unmatched(let count):
      "\(count) payments that came since the notice was issued are on no notice. Allocate or return them."
    case .unread(let count):
      "\(count) rows of files could not be read. Enter what they say, and settle the files."
    }
  }
}
