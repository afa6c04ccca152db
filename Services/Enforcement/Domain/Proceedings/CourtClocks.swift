public import Rulebook

/// The days that a court's papers give.
public enum CourtClocks {
  /// Within how many business days of service a single justice procedure notice is answered; the day of service is not
  /// counted (EN-3).
  public static let singleJusticeAnswer: Dated<Int> = [
    InForce(
      15, from: Day(year: 2023, month: 10, day: 2),
      source: "Criminal Procedure Rules 2020 r24.9(7) as amended by SI 2023/786 r10; interpretation EN-3")
  ]

  /// How many days there are to report why no education supervision order is applied for, the day of the court's
  /// direction being the first.
  public static let reportOfNoApplication: Dated<Int> = [
    InForce(56, from: Day(year: 1996, month: 11, day: 1), source: "Education Act 1996 s447(4)")
  ]

  /// How many days there are after the sentence to appeal to the Crown Court (EN-22).
  public static let appeal: Dated<Int> = [
    InForce(21, source: "Criminal Procedure Rules 2020 r34.2; interpretation EN-22")
  ]

  /// The shortest and the longest final warning, in days (EN-23).
  public static let finalWarning: Dated<ClosedRange<Int>> = [InForce(28...42, source: "interpretation EN-23")]

  /// The last day for an appeal.
  public static func lastDayToAppeal(sentencedOn day: Day) -> Day { day.adding(days: appeal.value(on: day)) }

  /// The last day for an answer to a single justice procedure notice.
  public static func lastDayToAnswer(servedOn day: Day) -> Day {
    WorkingDays.add(singleJusticeAnswer.value(on: day), to: day)
  }

  /// The last day for the report to the court, unless the court set another.
  public static func lastDayToReport(directedOn day: Day) -> Day {
    day.adding(days: reportOfNoApplication.value(on: day) - 1)
  }
}
