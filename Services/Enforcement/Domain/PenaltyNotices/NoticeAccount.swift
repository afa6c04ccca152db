public import Rulebook

/// The money of one penalty notice, and where it stands on a day.
///
/// There are no instalments, yet money is added up as it comes, less what was returned: the notice is discharged on the
/// first day, not after the last for the full sum, on which the whole reaches what is due that day. What is held against a
/// notice that is not discharged stops proceedings until a person allocates or returns it (PN-13).
public struct NoticeAccount: Sendable {
  /// Money that came.
  public struct Payment: Hashable, Sendable {
    public let on: Day
    public let sum: Money
    /// The day on which it was sent back; `nil` while it is held.
    public let returnedOn: Day?

    public init(on: Day, sum: Money, returnedOn: Day? = nil) {
      self.on = on
      self.sum = sum
      self.returnedOn = returnedOn
    }
  }

  public enum State: String, Hashable, Sendable, Codable, CaseIterable {
    case openReduced = "open_reduced"
    case openFull = "open_full"
    case paidReduced = "paid_reduced"
    case paidFull = "paid_full"
    /// The time to pay is over.
    case unpaid
    case withdrawn
  }

  /// How it stands on a day.
  public struct Standing: Hashable, Sendable {
    public let state: State
    public var dischargedOn: Day?
    /// What still has to come on this day; `nil` when nothing can discharge the notice any more, or something has.
    public var due: Money?
    /// Money held that discharges nothing.
    public var unallocated = Money.zero
    /// What is to be sent back to the parent.
    public var refund = Money.zero
    /// Whether proceedings for the offence may begin, as far as the notice goes.
    public var proceedingsPossible = false
  }

  private let period: NoticePeriod
  private let payments: [Payment]
  private let withdrawnOn: Day?

  public init(_ period: NoticePeriod, payments: [Payment], withdrawnOn: Day? = nil) {
    self.period = period
    self.payments = payments.sorted { $0.on < $1.on }
    self.withdrawnOn = withdrawnOn
  }

  /// How it stands at the end of a day, by what was known then.
  public func standing(on day: Day) -> Standing {
    let held = payments.filter { $0.on <= day && ($0.returnedOn.map { day < $0 } ?? true) }
    let whole = held.reduce(.zero) { $0 + $1.sum }
    if let withdrawnOn, withdrawnOn <= day { return Standing(state: .withdrawn, refund: whole) }
    var sum = Money.zero
    for payment in held {
      sum += payment.sum
      guard let due = period.due(on: payment.on) else { break }
      if due <= sum {
        return Standing(
          state: due == period.sums.reduced ? .paidReduced : .paidFull, dischargedOn: payment.on, refund: whole - due)
      }
    }
    guard let due = period.due(on: day) else {
      return Standing(state: .unpaid, unallocated: whole, proceedingsPossible: whole == .zero)
    }
    return Standing(
      state: due == period.sums.reduced ? .openReduced : .openFull, due: due - whole, unallocated: whole)
  }
}
