public import Rulebook

/// How heavy an officer's cases are (CW-6).
public struct Caseload: Sendable {
  /// How cases are weighed: dated, the product's own.
  public struct Rule: Sendable {
    /// By the statutory weight of a stage, from 1; a stage beyond the last weighs as the last.
    public let stages: [Fraction]
    /// What a child protection plan adds.
    public let protectionPlan: Fraction
    /// The weight of a whole-time post above which a manager is told.
    public let most: Fraction

    /// - Parameter stages: at least one.
    public init(stages: [Fraction], protectionPlan: Fraction, most: Fraction) {
      precondition(!stages.isEmpty, "a stage has a weight")
      self.stages = stages
      self.protectionPlan = protectionPlan
      self.most = most
    }

    public static let standard: Dated<Rule> = [
      InForce(
        Rule(
          stages: [(1, 2), (1, 2), (1, 1), (1, 1), (3, 2), (2, 1)].map { Fraction($0.0, over: $0.1) },
          protectionPlan: Fraction(1), most: Fraction(30)), source: "CW-6")
    ]
  }

  /// One open case.
  public struct Weighed: Hashable, Sendable {
    /// From 1.
    public let stage: Int
    public let hasProtectionPlan: Bool

    public init(stage: Int, hasProtectionPlan: Bool) {
      self.stage = stage
      self.hasProtectionPlan = hasProtectionPlan
    }
  }

  public let open: Int
  public let weight: Fraction
  /// The weight of a whole-time post with as much for its time.
  public let weightOfWholeTime: Fraction
  /// Whether it is more than the rule allows.
  public let isTooHeavy: Bool

  /// - Parameter wholeTime: the officer's post as a part of a whole-time one; more than 0.
  public init(_ cases: [Weighed], wholeTime: Fraction, rule: Rule) {
    precondition(Fraction(0) < wholeTime, "an officer has a post")
    open = cases.count
    weight = cases.reduce(Fraction(0)) { sum, one in
      let stage = rule.stages[min(max(one.stage, 1), rule.stages.count) - 1]
      return sum + stage + (one.hasProtectionPlan ? rule.protectionPlan : Fraction(0))
    }
    weightOfWholeTime = weight / wholeTime
    isTooHeavy = weightOfWholeTime > rule.most
  }
}
