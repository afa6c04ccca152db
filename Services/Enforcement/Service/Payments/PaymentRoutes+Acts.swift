import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import SchoolFiles
import ServiceKit
import Store

/// Single payments.
extension PaymentRoutes {
  struct Entered: Codable, Sendable {
    /// The payment's number.
    let payment: Int64
  }

  struct EntryForm: Codable, Sendable {
    /// The notice's number.
    let notice: String
    /// Pounds and pence, for example `80.00`.
    let amount: String
    /// The day on which it came.
    let on: Day
    /// The number of the receipt, the cheque or the cash book's line, which no other payment has.
    let receipt: String
  }

  /// The most bytes of a receipt's number.
  private static let receiptBytes = 60

  func enter(_ call: Call, _ form: EntryForm) async throws -> Remembered<Entered> {
    var faults = Faults()
    let sum = Money(form.amount)
    faults.require(sum != nil, "/amount", "must be pounds and pence of more than nothing, like 80.00")
    faults.require(
      PlainText.isCode(form.receipt, upTo: Self.receiptBytes), "/receipt",
      "must be letters, digits and hyphens, at most \(Self.receiptBytes)")
    let number = DocumentNumber(form.notice)
    faults.require(number != nil, "/notice", "must be a notice's whole number with its last character")
    try faults.refuse()
    guard let sum, let number else { throw Problem.invalid([]) }
    return try await transactions.write(call.edit) { unit in
      Entered(payment: try payments.enter(sum, on: form.on, for: number, receipt: form.receipt, in: unit))
    }
  }

  struct Moved: Codable, Sendable {
    let payment: Int64
    /// The act's number, by which it can be reversed.
    let act: Int64
  }

  struct AllocationForm: Codable, Sendable {
    /// The notice on which the money is; absent while it is on none.
    let from: String?
    /// The notice that it is for.
    let to: String
    /// Pounds and pence; all that is held there when absent.
    let amount: String?
    let reason: String
  }

  func allocate(_ call: Call, _ form: AllocationForm) async throws -> Remembered<Moved> {
    let place = try Self.place(form.from, "/from")
    let reason = try Self.reason(form.reason)
    guard let to = DocumentNumber(form.to) else {
      throw Problem.invalid([.init("/to", "must be a notice's whole number with its last character")])
    }
    let amount = try Self.amount(form.amount)
    return try await act(call, .paymentAllocated, because: reason) { stored, unit in
      let notice = try payments.find(to, in: unit.db)
      guard notice.issued <= stored.history.on else {
        throw Problem.conflict(
          "before-the-notice", "The payment came before the notice was issued",
          detail: "It cannot be for this notice. Look for another, or return the money.")
      }
      return .allocated(from: place, to: to, amount ?? stored.history.held(at: place))
    }
  }

  struct ReturnForm: Codable, Sendable {
    /// The notice on which the money is; absent when it is on none.
    let from: String?
    /// The day on which it went.
    let on: Day
    /// Pounds and pence; all that is held there when absent.
    let amount: String?
    let reason: ReturnReason
  }

  func giveBack(_ call: Call, _ form: ReturnForm) async throws -> Remembered<Moved> {
    let place = try Self.place(form.from, "/from")
    let amount = try Self.amount(form.amount)
    return try await act(call, .paymentReturned, because: form.reason.rawValue) { stored, unit in
      guard form.on <= unit.today, stored.history.on <= form.on else {
        throw Problem.invalid([.init("/on", "must be a day from that of the payment to today")])
      }
      return .returned(from: place, on: form.on, amount ?? stored.history.held(at: place), form.reason)
    }
  }

  struct ReversalForm: Codable, Sendable {
    /// The act's number.
    let act: Int64
    let reason: String
  }

  func reverse(_ call: Call, _ form: ReversalForm) async throws -> Remembered<Moved> {
    let reason = try Self.reason(form.reason)
    return try await act(call, .paymentActReversed, because: reason) { _, _ in .reversed(act: form.act) }
  }

  private func act(
    _ call: Call, _ action: AuditAction, because reason: String,
    _ what: @Sendable @escaping (Payments.Stored, UnitOfWork) throws -> PaymentAct
  ) async throws -> Remembered<Moved> {
    let number = try call.number("Payment")
    return try await transactions.write(call.edit) { unit in
      guard let stored = try Payments.find(number, in: unit.db) else { throw Problem.notFound("Payment") }
      let act = try payments.act(what(stored, unit), on: stored, because: reason, in: unit)
      try unit.audit(action, of: .record("payment-\(number)"), ["act": act])
      return Moved(payment: number, act: act)
    }
  }

  private static func place(_ text: String?, _ pointer: String) throws(Problem) -> DocumentNumber? {
    guard let text else { return nil }
    guard let number = DocumentNumber(text) else {
      throw .invalid([.init(pointer, "must be a notice's whole number with its last character")])
    }
    return number
  }

  private static func amount(_ text: String?) throws(Problem) -> Money? {
    guard let text else { return nil }
    guard let sum = Money(text) else {
      throw .invalid([.init("/amount", "must be pounds and pence of more than nothing, like 80.00")])
    }
    return sum
  }
}
