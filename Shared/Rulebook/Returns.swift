/// The clocks of what schools must tell the authority (`attendance.md` 4, 13 and 14; `cme.md` 3).
public enum ReturnClocks {
  /// How many school days after the session an N must be replaced (reg 10(7) to (9); ATT-2).
  public static let reasonEstablished: Dated<Int> = [
    InForce(
      5, from: on(2024, 8, 19),
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 10(7)-(9); ATT-2")
  ]
  /// How many calendar days after the day of entry the new pupil return is due (reg 13(1)-(3)).
  public static let newPupilReturn: Dated<Int> = [
    InForce(
      5, from: on(2024, 8, 19),
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 13(1)-(3)")
  ]
  /// How many school days without return after leave make ground (h) (reg 9(1)(h)).
  public static let leaveNotReturned: Dated<Int> = [
    InForce(
      10, from: on(2024, 8, 19),
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, reg 9(1)(h)")
  ]

  /// The last day on which an N may still stand; `nil` when the calendar ends before.
  public static func amendReasonBy(session day: Day, calendar: SchoolCalendar) -> Day? {
    calendar.schoolDay(nth: reasonEstablished.value(on: day), after: day)
  }

  /// The last day for the new pupil return.
  public static func newPupilReturnDue(entered day: Day) -> Day {
    day.adding(days: newPupilReturn.value(on: day))
  }

  /// The earliest day on which ground (h) can be met; `nil` when the calendar ends before.
  public static func notReturned(leaveLastDay day: Day, calendar: SchoolCalendar) -> Day? {
    calendar.schoolDay(nth: leaveNotReturned.value(on: day), after: day)
  }

  /// The tenth or twentieth consecutive school day from a day on (`attendance.md` 14, `cme.md` 5).
  public static func continuous(_ count: Int, from day: Day, calendar: SchoolCalendar) -> Day? {
    calendar.schoolDay(nth: count, from: day)
  }
}
