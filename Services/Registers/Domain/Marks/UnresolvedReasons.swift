public import Rulebook

/// A session whose reason is not yet established, and the day by which it must be
/// (School Attendance (Pupil Registration) (England) Regulations 2024, reg 10(7)-(9); ATT-2).
public struct UnresolvedReason: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, Codable, CaseIterable {
    /// The first school days after the session.
    case open
    /// From the third school day on: somebody is asked to see to it.
    case due
    /// After the last day: the school must enter that none was found.
    case overdue
  }

  public let day: Day
  public let session: Session
  /// The last day on which the code may stand; `nil` when the calendar ends before.
  public let amendBy: Day?
  public let state: State

  /// On which school day after the session somebody is asked to see to it.
  public static let dueFrom: Dated<Int> = [
    InForce(3, source: "the product's own: a task on day 3 of the five school days of SI 2024/208, reg 10(7)-(9)")
  ]

  /// Every such session of a row within some days.
  ///
  /// - Parameter calendar: of the school, with the days after the sessions.
  public static func all(
    in row: PupilYear, days: DayRange, calendar: SchoolCalendar?, today: Day, codes book: CodeBook = .england
  ) -> [UnresolvedReason] {
    var found: [UnresolvedReason] = []
    row.forEachMark(in: days) { day, session, code in
      guard book.scheme(on: day).traits(code).contains(.reasonNotEstablished) else { return }
      let amendBy = calendar.flatMap { ReturnClocks.amendReasonBy(session: day, calendar: $0) }
      let dueFrom = calendar?.schoolDay(nth: Self.dueFrom.value(on: day), after: day)
      let state: State =
        if let amendBy, today > amendBy { .overdue } else if let dueFrom, today >= dueFrom { .due } else { .open }
      found.append(UnresolvedReason(day: day, session: session, amendBy: amendBy, state: state))
    }
    return found
  }
}

extension CalendarYears {
  /// All years as one; `nil` when there are none.
  public var joined: SchoolCalendar? {
    years.sorted { $0.key < $1.key }.map(\.value).reduce(nil) { whole, next in whole?.joined(with: next) ?? next }
  }
}
