public import Contracts
public import Rulebook

/// Why money is sent on or back, in words of the office; it holds nothing of a person.
public enum ReturnReason: String, Hashable, Sendable, Codable, CaseIterable {
  /// Less than what was due: there are no instalments.
  case short
  /// After the last day: it discharges nothing.
  case late
  /// The notice had been paid.
  case double
  /// More than what was due.
  case overpaid
  /// The notice has been withdrawn.
  case withdrawn
  /// No notice can be found for it.
  case unknown
  /// It is for another account of the authority, and was passed on.
  case otherAccount = "other-account"
}

/// What a person does with money that came.
public enum PaymentAct: Hashable, Sendable {
  /// - Parameter from: the notice on which it is; `nil` while it is on none.
  case allocated(from: DocumentNumber?, to: DocumentNumber, Money)
  /// It went back to the payer, or on to another account.
  case returned(from: DocumentNumber?, on: Day, Money, ReturnReason)
  /// An act was a mistake: as if it had not been done.
  case reversed(act: Int64)
}

/// Why an act is refused.
public enum PaymentRefusal: String, Error, Hashable, Sendable, CaseIterable {
  /// No money, or less than none.
  case noMoney = "no-money"
  /// More than what is held there.
  case moreThanHeld = "more-than-held"
  case sameNotice = "same-notice"
  /// There is no such act, or it is reversed.
  case noSuchAct = "no-such-act"
}

/// One payment, or one refund that a file told, with everything that was done with it: the whole is always on a notice, on
/// none, or gone.
public struct PaymentHistory: Sendable {
  public let number: Int64
  public let kind: PaymentRow.Kind
  public let on: Day
  public let sum: Money
  /// The notice on which it was booked when it came; `nil` when its reference named none for certain.
  public let booked: DocumentNumber?
  private var acts: [(number: Int64, act: PaymentAct)] = []

  public init(number: Int64, kind: PaymentRow.Kind, on: Day, sum: Money, booked: DocumentNumber?) {
    self.number = number
    self.kind = kind
    self.on = on
    self.sum = sum
    self.booked = booked
  }

  /// Adds an act that was done.
  ///
  /// - Throws: ``PaymentRefusal``.
  public mutating func add(_ act: PaymentAct, number: Int64) throws(PaymentRefusal) {
    switch act {
    case .allocated(let from, let to, let sum):
      guard from != to else { throw .sameNotice }
      try require(sum, at: from)
    case .returned(let from, _, let sum, _): try require(sum, at: from)
    case .reversed(let reversed):
      guard let before = standing.first(where: { $0.number == reversed }) else { throw .noSuchAct }
      if case .allocated(_, let to, let sum) = before.act { try require(sum, at: to) }
    }
    acts.append((number, act))
  }

  private func require(_ sum: Money, at place: DocumentNumber?) throws(PaymentRefusal) {
    guard .zero < sum else { throw .noMoney }
    guard sum <= held(at: place) else { throw .moreThanHeld }
  }

  /// The acts that were not reversed, in order.
  private var standing: [(number: Int64, act: PaymentAct)] {
    let reversed = Set(acts.compactMap { if case .reversed(let act) = $0.act { act } else { nil } })
    return acts.filter { entry in
      if case .reversed = entry.act { false } else { !reversed.contains(entry.number) }
    }
  }

  /// What of it is on a notice, or on none.
  public func held(at place: DocumentNumber?) -> Money {
    standing.reduce(place == booked ? sum : .zero) { held, entry in
      switch entry.act {
      case .allocated(let from, let to, let sum): held + (to == place ? sum : .zero) - (from == place ? sum : .zero)
      case .returned(let from, _, let sum, _): held - (from == place ? sum : .zero)
      case .reversed: held
      }
    }
  }

  /// The notices on which some of it is or was.
  public var notices: Set<DocumentNumber> {
    var notices = Set([booked].compactMap { $0 })
    for entry in standing { if case .allocated(_, let to, _) = entry.act { notices.insert(to) } }
    return notices
  }

  /// What was sent back or on.
  public var returned: Money { returns.reduce(.zero) { $0 + $1.sum } }

  private var returns: [(from: DocumentNumber?, on: Day, sum: Money)] {
    standing.compactMap { entry in
      if case .returned(let from, let on, let sum, _) = entry.act { (from, on, sum) } else { nil }
    }
  }

  /// What an act that stands sent back; `nil` for another act.
  public func sentBack(
    by act: Int64
  ) -> (from: DocumentNumber?, on: Day, sum: Money, reason: ReturnReason)? {
    guard case .returned(let from, let on, let sum, let reason)? = standing.first(where: { $0.number == act })?.act
    else { return nil }
    return (from, on, sum, reason)
  }
}

extension NoticeMoney {
  /// The money of a notice, or of none, from the histories of whatever was on it.
  public init(of notice: DocumentNumber?, _ histories: [PaymentHistory]) {
    var credits: [Credit] = []
    var returns: [Return] = []
    var refunds: [Refund] = []
    for history in histories {
      let back = history.returns(from: notice)
      let whole = history.held(at: notice) + back.reduce(.zero) { $0 + $1.sum }
      guard .zero < whole else { continue }
      switch history.kind {
      case .payment:
        credits.append(Credit(id: history.number, on: history.on, sum: whole))
        returns += back.map { Return(credit: history.number, on: $0.on, sum: $0.sum) }
      case .refund where .zero < history.held(at: notice):
        refunds.append(Refund(id: history.number, on: history.on, sum: history.held(at: notice)))
      case .refund: break
      }
    }
    self.init(credits: credits, returns: returns, refunds: refunds)
  }
}

extension PaymentHistory {
  fileprivate func returns(from notice: DocumentNumber?) -> [(on: Day, sum: Money)] {
    returns.filter { $0.from == notice }.map { ($0.on, $0.sum) }
  }
}
