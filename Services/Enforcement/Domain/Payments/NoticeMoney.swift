public import Rulebook

/// The money of one notice as it was told: what came, what a person sent back, and what files say went back. Whatever the
/// order in which it was told, the same things make the same account.
public struct NoticeMoney: Hashable, Sendable {
  /// Money that came and is for this notice.
  public struct Credit: Hashable, Sendable {
    public let id: Int64
    /// The day on which it came, whenever it was allocated.
    public let on: Day
    public let sum: Money

    public init(id: Int64, on: Day, sum: Money) {
      self.id = id
      self.on = on
      self.sum = sum
    }
  }

  /// Money that a person sent back, all or part of a credit.
  public struct Return: Hashable, Sendable {
    public let credit: Int64
    public let on: Day
    public let sum: Money

    public init(credit: Int64, on: Day, sum: Money) {
      self.credit = credit
      self.on = on
      self.sum = sum
    }
  }

  /// Money that went back as a file tells. It shows a return that a person recorded; where there is none of its sum, it is
  /// one.
  public struct Refund: Hashable, Sendable {
    public let id: Int64
    public let on: Day
    public let sum: Money

    public init(id: Int64, on: Day, sum: Money) {
      self.id = id
      self.on = on
      self.sum = sum
    }
  }

  /// A part of a credit that was or was not sent back.
  private struct Part: Hashable {
    let credit: Credit
    var sum: Money
    var returnedOn: Day?
  }

  private var parts: [Part]
  /// Refunds for which no money was there.
  public private(set) var unfounded: [Refund] = []

  public init(credits: [Credit], returns: [Return] = [], refunds: [Refund] = []) {
    parts = credits.sorted { ($0.on, $0.sum, $0.id) < ($1.on, $1.sum, $1.id) }.map { Part(credit: $0, sum: $0.sum) }
    for one in returns.sorted(by: { ($0.on, $0.credit, $0.sum) < ($1.on, $1.credit, $1.sum) }) {
      if let place = parts.firstIndex(where: { $0.credit.id == one.credit && $0.returnedOn == nil }) {
        take(one.sum, from: place, on: one.on)
      }
    }
    var unshown = returns.map(\.sum)
    for refund in refunds.sorted(by: { ($0.on, $0.sum, $0.id) < ($1.on, $1.sum, $1.id) }) {
      if let place = unshown.firstIndex(of: refund.sum) {
        unshown.remove(at: place)
      } else if let place = source(of: refund) {
        take(refund.sum, from: place, on: refund.on)
      } else {
        unfounded.append(refund)
      }
    }
  }

  /// Money that is held: of the refund's sum if there is any, the last that came before it.
  private func source(of refund: Refund) -> Int? {
    func last(_ fits: (Money) -> Bool) -> Int? {
      parts.lastIndex { $0.returnedOn == nil && $0.credit.on <= refund.on && fits($0.sum) }
    }
    return last { $0 == refund.sum } ?? last { refund.sum < $0 }
  }

  private mutating func take(_ sum: Money, from place: Int, on day: Day) {
    let rest = parts[place].sum - sum
    parts[place].returnedOn = day
    guard rest > .zero else { return }
    parts[place].sum = sum
    parts.insert(Part(credit: parts[place].credit, sum: rest), at: place)
  }

  /// What is held on a credit, less what was sent back.
  public func held(of credit: Int64) -> Money {
    parts.filter { $0.credit.id == credit && $0.returnedOn == nil }.reduce(.zero) { $0 + $1.sum }
  }

  /// What is held in all.
  public var held: Money { parts.filter { $0.returnedOn == nil }.reduce(.zero) { $0 + $1.sum } }

  /// The payments as an account takes them.
  public var payments: [NoticeAccount.Payment] {
    parts.map { NoticeAccount.Payment(on: $0.credit.on, sum: $0.sum, returnedOn: $0.returnedOn) }
  }

  /// The account of the notice with this money.
  public func account(_ period: NoticePeriod, withdrawnOn: Day? = nil) -> NoticeAccount {
    NoticeAccount(period, payments: payments, withdrawnOn: withdrawnOn)
  }
}

/// What one payment does for its notice.
public enum PaymentOutcome: String, Hashable, Sendable, Codable, CaseIterable {
  case dischargesReduced = "discharges-reduced"
  case dischargesFull = "discharges-full"
  /// It is added up, and the whole discharges or discharged the notice.
  case counted
  /// Less than what is due, with all that came.
  case short
  /// After the last day.
  case late
  /// The notice had been discharged.
  case double
  /// The notice has been withdrawn: all of it is sent back.
  case onWithdrawn = "on-withdrawn"
  /// Nothing of it is held.
  case returned

  /// Whether a person has to allocate or return it.
  public var isToSettle: Bool { [.short, .late, .double, .onWithdrawn].contains(self) }
}

extension NoticeMoney {
  /// What each credit does for the notice on a day, in the order in which they came.
  public func outcomes(
    _ period: NoticePeriod, withdrawnOn: Day? = nil, on day: Day
  ) -> [(credit: Credit, outcome: PaymentOutcome)] {
    let credits = parts.reduce(into: [Credit]()) { if $0.last != $1.credit { $0.append($1.credit) } }
    let standing = account(period, withdrawnOn: withdrawnOn).standing(on: day)
    var sum = Money.zero
    var isDischarged = false
    return credits.map { credit in
      let held = held(of: credit.id)
      if held == .zero { return (credit, .returned) }
      if standing.state == .withdrawn { return (credit, .onWithdrawn) }
      if isDischarged { return (credit, .double) }
      guard let due = period.due(on: credit.on) else { return (credit, .late) }
      sum += held
      if standing.dischargedOn == nil { return (credit, .short) }
      guard due <= sum else { return (credit, .counted) }
      isDischarged = true
      return (credit, due == period.sums.reduced ? .dischargesReduced : .dischargesFull)
    }
  }
}
