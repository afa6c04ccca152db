public import Rulebook

/// Whether a child has, or can still have, so many days running in the school holidays free of work (Children and Young
/// Persons Act 1933 s18(1)(j); LIC-5).
public struct TwoWeekRest: Hashable, Sendable {
  /// The first day of the first such time; `nil` when there is none any more.
  public let firstDay: Day?
  /// Whether there is, or still can be, such a time.
  public var isSatisfiedOrPossible: Bool { firstDay != nil }

  /// - Parameters:
  ///   - holidays: those of the year.
  ///   - worked: the days on which the child has worked; days after today can still be changed.
  public init(
    holidays: [DayRange], worked: Set<Day>, today: Day, law: Dated<EmploymentRegime> = EmploymentRegime.england
  ) {
    let worked = worked.filter { $0 <= today }
    for holiday in Self.joined(holidays) {
      let length = law.value(on: holiday.first).daysOfRest
      var first = holiday.first
      while first.adding(days: length - 1) <= holiday.last {
        let last = first.adding(days: length - 1)
        guard let work = worked.filter({ first <= $0 && $0 <= last }).max() else {
          firstDay = first
          return
        }
        first = work.adding(days: 1)
      }
    }
    firstDay = nil
  }

  /// Holidays that touch are one.
  private static func joined(_ holidays: [DayRange]) -> [DayRange] {
    holidays.sorted { ($0.first, $0.last) < ($1.first, $1.last) }.reduce(into: []) { joined, next in
      if let last = joined.last, next.first <= last.last.adding(days: 1) {
        joined[joined.count - 1] = DayRange(first: last.first, last: max(last.last, next.last))
      } else {
        joined.append(next)
      }
    }
  }
}
