public import Rulebook

/// A school's two sessions of a day, as far as they are needed to say which of them a plan touches.
public struct SchoolSessions: Hashable, Sendable {
  public let morning, afternoon: ClockSpan

  /// What is assumed where the school's own times are not known (LIC-6).
  public static let assumed: Dated<SchoolSessions> = [
    InForce(
      SchoolSessions(
        morning: ClockSpan(ClockTime(9, 0), ClockTime(12, 0)), afternoon: ClockSpan(ClockTime(12, 0), ClockTime(15, 30))
      ), source: "interpretation LIC-6")
  ]

  /// The sessions of its first day that a stay touches, in words.
  public func names(touching stay: LocalSpan) -> [String] {
    let spans = stay.pieces.filter { $0.day == stay.start.day }.map(\.span)
    return [(morning, "morning"), (afternoon, "afternoon")].filter { session, _ in
      spans.contains { $0.overlaps(session) }
    }.map(\.1)
  }
}
