public import Foundation

/// Civil time in England: UTC, and one hour more from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
/// Sunday of October (Summer Time Act 1972 as amended; Summer Time Order 2002).
public enum CivilTime {
  /// The date in England at a moment.
  public static func day(at moment: Date) -> Day {
    let seconds = Int64(moment.timeIntervalSince1970.rounded(.down))
    let shifted = seconds + (isSummerTime(seconds) ? 3600 : 0)
    return Day(ordinal: Int32((shifted >= 0 ? shifted : shifted - 86_399) / 86_400))
  }

  /// Minutes since midnight in England at a moment, 0 to 1439.
  public static func minutes(at moment: Date) -> Int {
    let seconds = Int64(moment.timeIntervalSince1970.rounded(.down))
    let shifted = seconds + (isSummerTime(seconds) ? 3600 : 0)
    return Int((shifted % 86_400 + 86_400) % 86_400) / 60
  }

  /// The moment of a day and a time in England; the first of two where the clock is put back.
  public static func moment(_ day: Day, minutes: Int) -> Date {
    let seconds = Int64(day.ordinal) * 86_400 + Int64(minutes) * 60
    return Date(timeIntervalSince1970: Double(seconds - (isSummerTime(seconds - 3_600) ? 3_600 : 0)))
  }

  private static func isSummerTime(_ seconds: Int64) -> Bool {
    let year = Day(ordinal: Int32(seconds / 86_400)).year
    return (change(year, month: 3)..<change(year, month: 10)).contains(seconds)
  }

  private static func change(_ year: Int, month: Int) -> Int64 {
    guard let last = Day(year: year, month: month, day: 31) else { return 0 }
    return Int64(last.adding(days: -(last.weekday % 7)).ordinal) * 86_400 + 3600
  }
}
