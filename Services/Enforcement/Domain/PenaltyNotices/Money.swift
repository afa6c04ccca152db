/// A sum of money, in pence.
public struct Money: Hashable, Comparable, Sendable, AdditiveArithmetic {
  public let pence: Int

  public init(pence: Int) { self.pence = pence }

  /// So many whole pounds.
  public static func pounds(_ pounds: Int) -> Money { Money(pence: pounds * 100) }

  public static let zero = Money(pence: 0)
  public static func + (a: Money, b: Money) -> Money { Money(pence: a.pence + b.pence) }
  public static func - (a: Money, b: Money) -> Money { Money(pence: a.pence - b.pence) }
  public static func < (a: Money, b: Money) -> Bool { a.pence < b.pence }
}
