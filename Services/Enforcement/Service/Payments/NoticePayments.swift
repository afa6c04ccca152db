import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import ServiceKit
import Store

extension AuditAction {
  static let paymentsImported = AuditAction("payments.imported")
  static let paymentsFileSettled = AuditAction("payments.file.settled")
  static let paymentsListed = AuditAction("payments.listed")
  static let paymentEntered = AuditAction("payment.entered")
  static let paymentAllocated = AuditAction("payment.allocated")
  static let paymentReturned = AuditAction("payment.returned")
  static let paymentActReversed = AuditAction("payment.act.reversed")
  static let accountRead = AuditAction("notice.account.read")
}

/// The money of penalty notices: what comes is booked, and what people do with it.
struct NoticePayments: Sendable {
  let desk: NoticeDesk

  // MARK: what comes

  /// Money that is on a notice since now.
  struct Came {
    let payment: Int64
    let notice: DocumentNumber
  }

  /// Books a row of a file unless it is known.
  ///
  /// - Returns: whether it was booked; what came for a notice is noted.
  /// - Throws: `Fault` when the identity is known with another day or sum.
  func book(
    _ row: PaymentRow, from source: PaymentSource, file: Int64, came: inout [Came], in unit: UnitOfWork
  ) throws -> Bool {
    if let before = try Payments.known(row.identity, from: source, in: unit.db) {
      guard before == (row.on, row.sum) else { throw PaymentFault.identifierReused }
      return false
    }
    let notice = try row.reference.number.flatMap { number in
      try desk.payable(number, in: unit.db).flatMap { $0.issued <= row.on ? number : nil }
    }
    let payment = try Payments.insert(
      Payments.Arrival(
        kind: row.kind, source: source, identity: row.identity, on: row.on, sum: row.sum, notice: notice,
        reference: notice == nil ? row.reference.text : nil, place: (file, row.number)), in: unit)
    if let notice { came.append(Came(payment: payment, notice: notice)) }
    return true
  }

  /// Books what a person enters. The receipt's number tells it from others.
  ///
  /// - Throws: `Problem` not found, conflict where the receipt was used, 422.
  func enter(_ sum: Money, on day: Day, for number: DocumentNumber, receipt: String, in unit: UnitOfWork) throws
    -> Int64
  {
    let notice = try find(number, in: unit.db)
    var faults = Faults()
    faults.require(day <= unit.today, "/on", "must not be after today")
    faults.require(notice.issued <= day, "/on", "must not be before the notice was issued")
    try faults.refuse()
    guard try Payments.known(receipt, from: .hand, in: unit.db) == nil else {
      throw Problem.conflict(
        "receipt-used", "A payment with this receipt has been entered",
        detail: "Look at the notice's account. If this is another payment, enter it with its own receipt number.")
    }
    let payment = try Payments.insert(
      Payments.Arrival(
        kind: .payment, source: .hand, identity: receipt, on: day, sum: sum, notice: number, reference: nil), in: unit)
    try unit.audit(.paymentEntered, of: .record("payment-\(payment)"), ["notice": number])
    try follow([Came(payment: payment, notice: number)], in: unit)
    return payment
  }

  // MARK: what people do

  /// Does an act, and what follows.
  ///
  /// - Parameter reason: in the officer's own words, or the reason's slug.
  /// - Throws: `Problem` conflict when the money is not there.
  func act(_ act: PaymentAct, on stored: Payments.Stored, because reason: String, in unit: UnitOfWork) throws -> Int64 {
    var history = stored.history
    let before = history.notices
    let number: Int64
    do {
      // The number that the store gives is not needed to judge the act.
      try history.add(act, number: .max)
      try requireOnAccount(act, of: stored.history, in: unit.db)
      number = try Payments.add(act, to: history.number, because: reason, in: unit)
    } catch let refusal as PaymentRefusal { throw Problem(refusal) }
    try Payments.setUnmatched(history.number, history.held(at: nil), in: unit.db)
    try changed(before.union(history.notices), in: unit)
    if case .allocated(_, let notice, _) = act { try desk.acknowledge(history.number, on: notice, in: unit) }
    return number
  }

  /// What files say went back is not there any more, though nobody recorded it here.
  private func requireOnAccount(_ act: PaymentAct, of history: PaymentHistory, in db: Database) throws {
    let (place, sum): (DocumentNumber?, Money)
    switch act {
    case .allocated(let from, _, let moved): (place, sum) = (from, moved)
    case .returned(let from, _, let back, _): (place, sum) = (from, back)
    case .reversed: return
    }
    guard let place, history.kind == .payment else { return }
    let money = NoticeMoney(of: place, try Payments.histories(of: place, in: db))
    guard sum <= money.held(of: history.number) else { throw PaymentRefusal.moreThanHeld }
  }

  // MARK: what follows

  func find(_ number: DocumentNumber, in db: Database) throws -> PayableNotice {
    guard let notice = try desk.payable(number, in: db) else { throw Problem.notFound("Notice") }
    return notice
  }

  /// The most receipts that go by themselves in one transaction.
  private static let mostReceipts = 2_000

  /// Does what follows for notices to which money came, and sends receipts.
  ///
  /// - Returns: how many receipts went.
  @discardableResult
  func follow(_ came: [Came], in unit: UnitOfWork) throws -> Int {
    try changed(Set(came.map(\.notice)), in: unit)
    return try came.prefix(Self.mostReceipts).reduce(0) { count, one in
      try desk.acknowledge(one.payment, on: one.notice, in: unit) == nil ? count : count + 1
    }
  }

  /// Does what follows for notices whose money changed.
  func changed(_ numbers: Set<DocumentNumber>, in unit: UnitOfWork) throws {
    for number in numbers.sorted(by: { $0.text < $1.text }) { try desk.moneyChanged(on: number, in: unit) }
  }
}

/// Why a person has to look at a notice's money.
struct PaymentQuery {
  /// An outcome of a payment, `overpaid`, or `refund-without-payment`.
  let outcome: String
  let sum: Money

  /// `nil` when nobody has to.
  init?(_ money: NoticeMoney, of notice: PayableNotice, on day: Day) {
    if let refund = money.unfounded.first {
      (outcome, sum) = ("refund-without-payment", refund.sum)
      return
    }
    guard let period = notice.period, .zero < money.held else { return nil }
    let standing = money.account(period, withdrawnOn: notice.withdrawnOn).standing(on: day)
    let query = money.outcomes(period, withdrawnOn: notice.withdrawnOn, on: day).first { $0.outcome.isToSettle }
    if let query {
      (outcome, sum) = (query.outcome.rawValue, max(standing.refund, standing.unallocated))
    } else if .zero < standing.refund {
      (outcome, sum) = (ReturnReason.overpaid.rawValue, standing.refund)
    } else {
      return nil
    }
  }
}

extension Problem {
  init(_ refusal: PaymentRefusal) {
    let (title, detail) =
      switch refusal {
      case .noMoney: ("The sum is nothing", "Give a sum of more than nothing.")
      case .moreThanHeld:
        ("Less than that is held there", "Read the account again: the money was moved or went back.")
      case .sameNotice: ("The money is on this notice", "Name another notice.")
      case .noSuchAct: ("There is no such act to reverse", "Read the payment again: it may have been reversed.")
      }
    self.init(refusal.rawValue, title, .conflict, detail: detail)
  }
}
