public import Rulebook

/// A financial year of local government, from 1 April (Local Government Finance Act 1988, s145).
public struct FinancialYear: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The year in which it begins.
  public let startYear: Int

  public init(startYear: Int) { self.startYear = startYear }

  /// The one in which a day lies.
  public init(of day: Day) { startYear = day.month < 4 ? day.year - 1 : day.year }

  /// Reads `2026-27`; `nil` for what is not two years that follow each other.
  public init?(label: String) {
    guard label.wholeMatch(of: /20[0-9]{2}-[0-9]{2}/) != nil, let year = Int(label.prefix(4)) else { return nil }
    self.init(startYear: year)
    guard self.label == label else { return nil }
  }

  /// For example `2026-27`.
  public var label: String { "\(startYear)-\(String(String(100 + (startYear + 1) % 100).suffix(2)))" }
  public var description: String { label }

  /// Its first and its last day.
  public var days: (first: Day, last: Day) { (Self.begin(startYear), Self.begin(startYear + 1).adding(days: -1)) }

  private static func begin(_ year: Int) -> Day { Day(year: year, month: 4, day: 1) ?? Day(ordinal: .min) }

  public func contains(_ day: Day) -> Bool { FinancialYear(of: day) == self }

  public static func < (a: FinancialYear, b: FinancialYear) -> Bool { a.startYear < b.startYear }
}

/// What one notice brought in one financial year. Money counts in the year in which it came or went, so that what is
/// returned later takes nothing away from a year that was closed.
public struct FinanceLine: Hashable, Sendable {
  public var received = Money.zero
  public var returned = Money.zero
  public var kept: Money { received - returned }
  public var isEmpty: Bool { received == .zero && returned == .zero }

  /// The money of one notice, or of none.
  public init(_ money: NoticeMoney, in year: FinancialYear) {
    for payment in money.payments {
      if year.contains(payment.on) { received += payment.sum }
      if let on = payment.returnedOn, year.contains(on) { returned += payment.sum }
    }
    for refund in money.unfounded where year.contains(refund.on) { returned += refund.sum }
  }

  public static func + (a: FinanceLine, b: FinanceLine) -> FinanceLine {
    var sum = a
    sum.received += b.received
    sum.returned += b.returned
    return sum
  }

  private init() {}

  public static let nothing = FinanceLine()
}
