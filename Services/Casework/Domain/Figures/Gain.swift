public import Rulebook

/// What an authority measures of a case's effect: the points of attendance between referral and closing (CW-5). It is no
/// estimate of a cause: who is referred at the worst moment tends to be better later.
public struct Gain: Sendable {
  /// How it is measured: dated, the product's own.
  public struct Rule: Hashable, Sendable {
    /// How many school weeks a window has.
    public let weeks: Int
    /// The fewest possible sessions of each window.
    public let fewestSessions: Int
    /// The fewest measured cases that have an average.
    public let fewestCases: Int

    public init(weeks: Int, fewestSessions: Int, fewestCases: Int) {
      self.weeks = weeks
      self.fewestSessions = fewestSessions
      self.fewestCases = fewestCases
    }

    public static let standard: Dated<Rule> = [
      InForce(Rule(weeks: 12, fewestSessions: 20, fewestCases: 10), source: "CW-5; CW-12")
    ]
  }

  public let referral: Attended
  public let closure: Attended
  /// The exact points; `nil` where either window has too few possible sessions.
  public let points: Fraction?

  public init(referral: Attended, closure: Attended, rule: Rule) {
    self.referral = referral
    self.closure = closure
    let isMeasurable = min(referral.possible, closure.possible) >= max(rule.fewestSessions, 1)
    points = isMeasurable ? closure.percentage.flatMap { close in referral.percentage.map { close - $0 } } : nil
  }

  /// Whether both windows have enough possible sessions.
  public var isMeasurable: Bool { points != nil }
}

/// The gain of an authority's closed cases.
public struct GainSummary: Sendable {
  /// A closed case: its two windows and why it was closed.
  public struct Closed: Hashable, Sendable {
    public let referral: Attended
    public let closure: Attended
    public let closing: Closing

    public init(referral: Attended, closure: Attended, closing: Closing) {
      self.referral = referral
      self.closure = closure
      self.closing = closing
    }
  }

  public let measured: Int
  /// How many have too few possible sessions in a window.
  public let notMeasurable: Int
  /// How many were closed for a reason that says nothing of the work.
  public let leftOut: Int
  /// In points; `nil` below the fewest cases.
  public let mean: Fraction?
  /// In points; `nil` below the fewest cases.
  public let median: Fraction?
  /// In points, the lower and the upper: the medians of the halves below and above the median (CW-12). `nil` below the
  /// fewest cases.
  public let quartiles: (lower: Fraction, upper: Fraction)?

  public init(_ cases: [Closed], rule: Gain.Rule) {
    let counted = cases.filter(\.closing.countsInGain)
    let gains = counted.map { Gain(referral: $0.referral, closure: $0.closure, rule: rule) }.filter(\.isMeasurable)
    let points = gains.compactMap(\.points).sorted()
    measured = points.count
    notMeasurable = counted.count - points.count
    leftOut = cases.count - counted.count
    guard points.count >= max(rule.fewestCases, 2) else {
      (mean, median, quartiles) = (nil, nil, nil)
      return
    }
    let close = Fraction.sum(gains.map { ($0.closure.present, $0.closure.possible) })
    let referral = Fraction.sum(gains.map { ($0.referral.present, $0.referral.possible) })
    mean = (close - referral) * Fraction(100, over: points.count)
    median = Self.median(points[...])
    let half = points.count / 2
    quartiles = (Self.median(points.prefix(half)), Self.median(points.suffix(half)))
  }

  /// The middle one of sorted values, or the mean of the middle two. There is at least one.
  private static func median(_ values: ArraySlice<Fraction>) -> Fraction {
    let lower = values[values.startIndex + (values.count - 1) / 2]
    let upper = values[values.startIndex + values.count / 2]
    return (lower + upper) / Fraction(2)
  }
}
