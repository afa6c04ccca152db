public import Contracts
public import Rulebook

/// From when to when a register was being taken.
public struct RegisterWindow: Hashable, Sendable {
  public let openedAt: Timestamp
  public let closedAt: Timestamp

  /// `nil` unless it closes after it opens, within one day.
  public init?(openedAt: Timestamp, closedAt: Timestamp) {
    guard openedAt < closedAt, closedAt.millis - openedAt.millis < Self.dayMillis else { return nil }
    self.openedAt = openedAt
    self.closedAt = closedAt
  }

  private static let dayMillis: Int64 = 86_400_000

  /// The longest time that a register should be open, minutes. Longer is a matter to look at, never an error (ATT-1).
  public static let longestMinutes: Dated<Int> = [
    InForce(30, from: Day(iso: "2024-08-19"), source: "Working together to improve school attendance; ATT-1")
  ]

  /// The note on a register that was open for longer than it should be on its day; `nil` where nothing is to be said.
  public func note(on day: Day) -> MarkReason? {
    guard let most = Self.longestMinutes.inForce(on: day)?.value,
      closedAt.millis - openedAt.millis > Int64(most) * 60_000
    else { return nil }
    return MarkReason(
      "long-register-window", column: nil, "The register was open for longer than \(most) minutes.",
      fix: "Look at the times at which registers are opened and closed.", .noted)
  }
}
