/// When a child must be educated (Education Act 1996 s8).
public enum CompulsorySchoolAge {
  /// The prescribed days, month and day (Education (Start of Compulsory School Age) Order 1998).
  private static let prescribedDays = [(3, 31), (8, 31), (12, 31)]

  /// From the prescribed day on or after the fifth birthday to the last Friday in June of the school year
  /// (1 September to 31 August, CSA-2) in which the child turns sixteen, both inclusive (CSA-1).
  public static func span(dateOfBirth: Day) -> (start: Day, lastDay: Day) {
    let fifth = dateOfBirth.anniversary(5)
    let start = prescribedDays.lazy.map { on(fifth.year, $0.0, $0.1) }.first { fifth <= $0 } ?? fifth
    let sixteenth = dateOfBirth.anniversary(16)
    let leavingYear = sixteenth.month >= 9 ? sixteenth.year + 1 : sixteenth.year
    return (start, lastFridayInJune(leavingYear))
  }

  /// Whether a child is of compulsory school age on a day.
  public static func isCompulsory(dateOfBirth: Day, on day: Day) -> Bool {
    let span = span(dateOfBirth: dateOfBirth)
    return span.start <= day && day <= span.lastDay
  }

  private static func lastFridayInJune(_ year: Int) -> Day {
    let end = Day(existingYear: year, month: 6, day: 30)
    return end.adding(days: -((end.weekday - 5 + 7) % 7))
  }
}
