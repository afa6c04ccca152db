import Contracts
import EnforcementDomain
import HTTPTypes
import Letters
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// Letters about the money of a notice: receipts, money that is held, money that went back, and the certificate of payment
/// or non-payment. What they say of sums and days is what the account says.
struct AccountLetters: Sendable {
  let desk: NoticeDesk
  let transactions: Transactions
  let printing: PrintLoop

  struct Form: Codable, Sendable {
    struct Receipt: Codable, Sendable {
      /// The payment's number.
      let payment: Int64
    }

    struct Held: Codable, Sendable {
      /// Why it does not discharge the notice, and what happens when nobody answers.
      let reason, otherwise: String
    }

    struct Certificate: Codable, Sendable {
      /// The recipient of the notice.
      let parent: String
    }

    let to: [LetterForms.Addressee]
    let writer: LetterWriter
    let receipt: Receipt?
    let held: Held?
    let certificate: Certificate?
  }

  struct ReturnForm: Codable, Sendable {
    let to: [LetterForms.Addressee]
    let writer: LetterWriter
    /// The act by which the money went back.
    let act: Int64
    /// How it was sent.
    let how: String
  }

  private static let policy = Policy.roles(.finance, .legalOfficer, reach: .wholeAuthority)

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/accounts/{notice}/letters", Self.policy,
      "Issue a receipt, a letter about money that is held, or the certificate of payment or non-payment",
      path: [.init("notice", .string(), "The notice's number.")], status: 201, problems: [404, 409], issue)
    router.write(
      .post, "/payments/{number}/letters", Self.policy, "Tell a payer that money went back, and why",
      path: [.init("number", .integer(minimum: 1), "The payment's number.")], status: 201, problems: [404, 409],
      giveBack)
  }

  private func issue(_ call: Call, _ form: Form) async throws -> Remembered<LettersIssued> {
    let number = try call.path("notice", "Notice") { DocumentNumber($0) }
    try Addressees.check(form.to)
    let answer = try await transactions.write(call.edit) { unit in
      guard let notice = try Notices.find(number, in: unit.db) else { throw Problem.notFound("Notice") }
      return LettersIssued(id: notice.id, documents: try issue(form, about: notice, unit).map(\.text))
    }
    printing.look()
    return answer
  }

  func issue(_ form: Form, about notice: StoredNotice, _ unit: UnitOfWork) throws -> [DocumentNumber] {
    guard let account = try desk.account(of: notice, unit) else { throw Problem.notFound("Notice") }
    let (readers, letter) = try choose(form, account, unit)
    return try form.to.enumerated().map { index, addressee in
      let person = try Addressees.person(
        addressee, index, about: notice.pupil, against: nil, among: readers, in: unit.db)
      return try Addressees.issue(
        addressee.recipient(person),
        DocumentFiling(about: notice.pupil, matter: notice.id, basis: account.notice.text),
        by: desk.notices.documents, in: unit
      ) { letter }
    }
  }

  private func choose(
    _ form: Form, _ account: NoticeStatement, _ unit: UnitOfWork
  ) throws -> (Set<LetterForms.Addressee.Reader>, any Letter) {
    let writer = form.writer
    switch (form.receipt, form.held, form.certificate) {
    case (let receipt?, nil, nil):
      return ([.payer, .parent], try self.receipt(receipt, writer, account, on: unit.today))
    case (nil, let held?, nil): return ([.payer, .parent], try self.held(held, writer, account, on: unit.today))
    case (nil, nil, let certificate?):
      return ([.court], try self.certificate(certificate, writer, account, on: unit.today))
    default: throw Problem.invalid([.init("", "must have the words of exactly one letter")])
    }
  }

  private func receipt(
    _ form: Form.Receipt, _ writer: LetterWriter, _ account: NoticeStatement, on day: Day
  ) throws -> any Letter {
    guard account.outcome(of: form.payment, on: day) != nil else { throw Problem.notFound("Payment of this notice") }
    guard let receipt = try account.receipt(for: form.payment, by: writer, on: day) else {
      throw Problem.conflict(
        "not-a-receipt", "The payment does not count towards the notice",
        detail: "Send the letter about money that is held, or say that the money went back.")
    }
    return receipt
  }

  private func held(
    _ form: Form.Held, _ writer: LetterWriter, _ account: NoticeStatement, on day: Day
  ) throws -> any Letter {
    guard account.standing.unallocated > .zero else {
      throw Problem.conflict("nothing-held", "No money is held that does not settle the notice")
    }
    return try EnforcementLetters.MoneyHeld(
      writer: writer, notice: account.notice, held: account.standing.unallocated, reason: form.reason,
      missing: account.standing.due,
      lastDay: account.period.stillDue(account.standing, on: day)?.by ?? PaymentWork.due(day),
      otherwise: form.otherwise)
  }

  /// Of the last day on which the notice can be paid; before it, only that it was paid can be certified.
  private func certificate(
    _ form: Form.Certificate, _ writer: LetterWriter, _ account: NoticeStatement, on day: Day
  ) throws -> any Letter {
    let paid = account.standing.dischargedOn.flatMap { on in account.period.due(on: on).map { (sum: $0, on: on) } }
    guard account.withdrawnOn == nil, paid != nil || account.period.lastDayFull < day else {
      throw Problem.conflict("not-from-here", "The notice is withdrawn, or its time to pay is not over")
    }
    return try EnforcementLetters.PaymentCertificate(
      writer: writer, notice: account.notice, parent: form.parent, due: paid?.sum ?? account.period.sums.full,
      by: account.period.lastDayFull, paid: paid)
  }

  private func giveBack(_ call: Call, _ form: ReturnForm) async throws -> Remembered<LettersIssued> {
    let number = try call.number("Payment")
    try Addressees.check(form.to)
    guard form.to.allSatisfy({ $0.reader == .payer }) else {
      throw Problem.invalid([.init("/to", "must be whoever paid")])
    }
    let answer = try await transactions.write(call.edit) { unit in
      LettersIssued(id: "payment-\(number)", documents: try giveBack(form, number, unit).map(\.text))
    }
    printing.look()
    return answer
  }

  func giveBack(_ form: ReturnForm, _ payment: Int64, _ unit: UnitOfWork) throws -> [DocumentNumber] {
    guard let stored = try Payments.find(payment, in: unit.db),
      let back = stored.history.sentBack(by: form.act)
    else { throw Problem.notFound("Return of the payment") }
    let notice = try back.from.flatMap { try Notices.find($0, in: unit.db) }
    return try form.to.map { addressee in
      try Addressees.issue(
        addressee.recipient(nil),
        DocumentFiling(about: notice?.pupil, matter: notice?.id, basis: "payment-\(payment)"),
        by: desk.notices.documents, in: unit
      ) {
        try EnforcementLetters.MoneyReturned(
          writer: form.writer, notice: back.from, sum: back.sum, returned: back.on, reason: back.reason,
          how: form.how)
      }
    }
  }
}
