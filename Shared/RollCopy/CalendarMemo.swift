public import GRDB
public import Rulebook
import Synchronization

/// What a program makes of schools' calendars, kept for as long as the calendar in the store is the same: to read and
/// work it out anew for each event of marks takes longer than the event.
public final class CalendarMemo<Made: Sendable>: Sendable {
  /// The most schools that are kept.
  private static var capacity: Int { 2_000 }

  private let kept = Mutex<[URN: (years: [String], made: Made)]>([:])
  private let make: @Sendable (SchoolCalendar) -> Made

  /// - Parameter make: works out what is kept; all years of the calendar are joined.
  public init(_ make: @escaping @Sendable (SchoolCalendar) -> Made) { self.make = make }

  /// - Returns: `nil` while no calendar of the school is known.
  /// - Throws: `DecodingError` when the store holds another shape.
  public func find(ofSchool school: URN, in db: Database) throws -> Made? {
    let years = try Roll.calendarYears(ofSchool: school, in: db)
    if let known = kept.withLock({ $0[school] }), known.years == years { return known.made }
    guard let calendar = try Roll.calendar(of: years) else { return nil }
    let made = make(calendar)
    kept.withLock { kept in
      if kept.count >= Self.capacity { kept.removeAll() }
      kept[school] = (years, made)
    }
    return made
  }
}
