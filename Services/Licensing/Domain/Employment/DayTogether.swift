public import Rulebook

/// Work and performances of one child on one day: no law adds them up, and an officer sees them together (LIC-14).
public struct DayTogether: Hashable, Sendable {
  /// Above so many minutes the officer is warned.
  public static let warnedAbove: Dated<Int> = [InForce(480, source: "interpretation LIC-14")]

  /// Work and performances in all.
  public let minutes: Int
  /// Whether the officer is warned.
  public let isWarned: Bool

  /// - Parameters:
  ///   - worked: in minutes.
  ///   - performed: in minutes.
  public init(worked: Int, performed: Int, on day: Day) {
    minutes = worked + performed
    isWarned = minutes > Self.warnedAbove.value(on: day)
  }
}
