public import Rulebook

/// A plan's rule: a child below a figure must have an attendance outcome (CW-15).
public enum PlanRule {
  /// Per cent.
  public static let attendanceOutcomeBelow: Dated<Int> = [InForce(90, source: "CW-15")]
  /// Per cent of the closing window from which a case without a target of its own counts as sustained.
  public static let sustained: Dated<Int> = [InForce(90, source: "CW-16")]

  /// Whether a plan for a child with these figures needs an attendance outcome.
  public static func needsAttendanceOutcome(_ figures: Attended, on day: Day) -> Bool {
    figures.percentage.map { $0 < Fraction(attendanceOutcomeBelow.value(on: day)) } ?? false
  }

  /// What the figures of a closing window allow to say.
  ///
  /// - Parameters:
  ///   - gain: of the case; `nil` without a closing window.
  ///   - target: of the case's contract, per cent; `nil` where it has none.
  public static func figures(_ gain: Gain?, target: Fraction?, on day: Day) -> AttendanceCase.Figures {
    guard let gain, let points = gain.points, let close = gain.closure.percentage else { return .notMeasurable }
    if close >= target ?? Fraction(sustained.value(on: day)) { return .sustained }
    return Fraction(0) < points ? .better : .notBetter
  }
}
