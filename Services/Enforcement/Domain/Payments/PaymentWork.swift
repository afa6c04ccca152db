public import Rulebook

/// By when a person settles money that is not in order.
public enum PaymentWork {
  /// Working days, the day after it came being the first.
  public static let days: Dated<Int> = [InForce(5, source: "interpretation PAY-5; local target")]

  /// The last day to settle money that came, or came to notice, on a day.
  public static func due(_ since: Day) -> Day { WorkingDays.add(days.value(on: since), to: since) }
}
