public import CaseFlow
public import Rulebook

/// When the school that a pupil left has to send the common transfer file.
public enum TransferFileDue {
  /// From the day on which the pupil ceased to be registered.
  public static let within: Dated<Span> = [
    InForce(
      .schoolDays(15),
      source: "Education (Pupil Information) (England) Regulations 2005, SI 2005/1437; academies are encouraged to")
  ]

  /// The last day to send it; `nil` when the school's calendar ends before.
  ///
  /// - Parameter deleted: the day on which the pupil ceased to be registered.
  public static func day(deleted day: Day, calendar: SchoolCalendar) -> Day? {
    let end = within.value(on: day).end(from: day, in: calendar)
    return end.isProvisional ? nil : end.day
  }
}
