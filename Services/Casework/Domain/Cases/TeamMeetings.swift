public import Rulebook

/// When the team around a family meets: at the start, within six weeks, then at most three months apart (`casework.md` 16).
public enum TeamMeetings {
  /// How many days after the first meeting the second is held at the latest.
  public static let second: Dated<Int> = [InForce(42, source: "CW-17")]
  /// In how many months after every later one the next is held at the latest.
  public static let laterMonths: Dated<Int> = [InForce(3, source: "CW-17")]

  /// The last day for the next meeting after those that were held; `nil` while there was none.
  public static func nextBy(after held: [Day]) -> Day? {
    guard let last = held.max() else { return nil }
    return held.count == 1
      ? last.adding(days: second.value(on: last)) : last.adding(months: laterMonths.value(on: last))
  }
}
