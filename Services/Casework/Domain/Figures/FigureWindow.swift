public import Rulebook

/// The school days over which a case's attendance is measured: those of whole school weeks, which are weeks that hold a
/// session (CW-5).
public struct FigureWindow: Hashable, Sendable {
  /// In order; empty where the calendar has none.
  public let days: [Day]

  /// The school days up to a day that lie in the last school weeks reached by then; the last week may be part of one.
  public init(upTo day: Day, weeks: Int, in calendar: SchoolCalendar) {
    self.init(upTo: day, weeks: weeks, of: calendar.schoolDays)
  }

  /// The same by the school days of a calendar, in order.
  public init(upTo day: Day, weeks: Int, of schoolDays: [Day]) {
    let days = schoolDays.filter { $0 <= day }
    let kept = Set(Self.mondays(days).suffix(weeks))
    self.days = days.filter { kept.contains($0.monday) }
  }

  /// The school days after a day that lie in the first school weeks reached from then: the sustained figure's.
  ///
  /// - Returns: `nil` when the calendar does not reach so far.
  public init?(after day: Day, weeks: Int, in calendar: SchoolCalendar) {
    self.init(after: day, weeks: weeks, of: calendar.schoolDays)
  }

  /// The same by the school days of a calendar, in order.
  public init?(after day: Day, weeks: Int, of schoolDays: [Day]) {
    let days = schoolDays.filter { $0 > day }
    let mondays = Self.mondays(days)
    guard mondays.count >= weeks else { return nil }
    let kept = Set(mondays.prefix(weeks))
    self.days = days.filter { kept.contains($0.monday) }
  }

  private static func mondays(_ days: [Day]) -> [Day] { Set(days.map(\.monday)).sorted() }

  /// From its first to its last day; `nil` when it is empty.
  public var range: DayRange? {
    days.first.flatMap { first in days.last.map { DayRange(first: first, last: $0) } }
  }
}
