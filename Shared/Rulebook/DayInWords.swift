extension Day {
  /// The day as people write it: 26 October 2026.
  public var inWords: String { "\(day) \(Self.months[month - 1]) \(year)" }

  /// The day as notices write it: Monday 26 October 2026.
  public var inWordsWithWeekday: String { "\(weekdayInWords) \(inWords)" }

  /// The day of the week: Monday.
  public var weekdayInWords: String { Self.weekdays[weekday - 1] }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
}
