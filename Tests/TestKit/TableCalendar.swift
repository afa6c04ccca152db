public import Rulebook

/// A calendar as the decision tables write it.
public struct TableCalendar: Decodable, Sendable {
  public let terms: [[Day]]
  public let closed: [Day]?

  /// The calendar as the rules use it.
  public var calendar: SchoolCalendar {
    SchoolCalendar(terms: terms.map { DayRange(first: $0[0], last: $0[1]) }, closed: Set(closed ?? []))
  }
}
