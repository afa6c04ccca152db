/// An exact fraction. Figures are rounded once, when they are shown, and never before (CW-5).
public struct Fraction: Comparable, Sendable {
  private let isNegative: Bool
  private let numerator: Natural
  private let denominator: Natural

  private init(isNegative: Bool, _ numerator: Natural, over denominator: Natural) {
    self.isNegative = isNegative && !numerator.isZero
    self.numerator = numerator
    self.denominator = denominator
  }

  /// - Parameter denominator: more than 0.
  public init(_ numerator: Int, over denominator: Int = 1) {
    precondition(denominator > 0, "a denominator is more than 0")
    self.init(isNegative: numerator < 0, Natural(numerator.magnitude), over: Natural(denominator.magnitude))
  }

  /// Reads digits with at most four behind a point, for example `92.5`.
  ///
  /// - Returns: `nil` for another text, and for one of more than six digits before the point.
  public init?(decimal text: String) {
    let parts: [Substring] = text.split(separator: ".", omittingEmptySubsequences: false)
    let (whole, rest) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "0")
    guard parts.count <= 2, 1...6 ~= whole.utf8.count, 1...4 ~= rest.utf8.count,
      (whole + rest).utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let digits = Int(whole + rest)
    else { return nil }
    self.init(digits, over: rest.reduce(1) { scale, _ in scale * 10 })
  }

  /// The sum of many fractions of counts.
  ///
  /// - Parameter terms: each a numerator and a denominator of more than 0.
  static func sum(_ terms: some Sequence<(Int, Int)>) -> Fraction {
    // Those of one denominator first: there are few, however many terms.
    let grouped = Dictionary(terms.map { ($0.1, $0.0) }, uniquingKeysWith: +)
    return grouped.sorted { $0.key < $1.key }.reduce(Fraction(0)) { $0 + Fraction($1.value, over: $1.key) }
  }

  public static func + (a: Fraction, b: Fraction) -> Fraction {
    let (left, right) = (a.numerator * b.denominator, b.numerator * a.denominator)
    let denominator = a.denominator * b.denominator
    if a.isNegative == b.isNegative { return Fraction(isNegative: a.isNegative, left + right, over: denominator) }
    return left < right
      ? Fraction(isNegative: b.isNegative, right - left, over: denominator)
      : Fraction(isNegative: a.isNegative, left - right, over: denominator)
  }

  public static prefix func - (a: Fraction) -> Fraction {
    Fraction(isNegative: !a.isNegative, a.numerator, over: a.denominator)
  }

  public static func - (a: Fraction, b: Fraction) -> Fraction { a + -b }

  public static func * (a: Fraction, b: Fraction) -> Fraction {
    Fraction(isNegative: a.isNegative != b.isNegative, a.numerator * b.numerator, over: a.denominator * b.denominator)
  }

  /// The quotient; the divisor is not 0.
  public static func / (a: Fraction, b: Fraction) -> Fraction {
    precondition(!b.numerator.isZero, "nothing is divided by 0")
    return Fraction(
      isNegative: a.isNegative != b.isNegative, a.numerator * b.denominator, over: a.denominator * b.numerator)
  }

  public static func == (a: Fraction, b: Fraction) -> Bool {
    a.isNegative == b.isNegative && a.numerator * b.denominator == b.numerator * a.denominator
  }

  public static func < (a: Fraction, b: Fraction) -> Bool { (a - b).isNegative }

  /// The least whole number that is not below it; 0 where it is negative.
  var roundedUp: Int {
    guard !isNegative else { return 0 }
    let whole = numerator.quotient(by: denominator)
    return Fraction(whole) < self ? whole + 1 : whole
  }

  /// To one decimal, halves away from zero; `0.0` never has a sign.
  public var oneDecimal: String {
    let tenths = (Natural(20) * numerator + denominator).quotient(by: Natural(2) * denominator)
    return "\(isNegative && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
  }
}
