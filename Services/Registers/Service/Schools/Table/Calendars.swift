import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store
import Synchronization

/// Schools' calendars, now and as they were: a figure of a past moment counts by the calendar that was known then.
extension Schools {
  /// Every calendar of a school.
  ///
  /// - Parameter asOf: a past moment; `nil` for what is known now.
  static func calendars(of school: URN, asOf: AsOf? = nil, in db: Database) throws -> CalendarYears {
    var plans: [SchoolYear: YearPlan] = [:]
    for row in try rows(of: school.text, years: PupilYearTable.years, asOf: asOf, in: db) {
      let year = SchoolYear(startYear: row["start_year"])
      plans[year] = try CalendarMemo.plan(row["calendar"], year)
    }
    return CalendarYears(plans: plans)
  }

  /// Which sessions schools have in the school years of a span, by URN.
  ///
  /// - Parameter school: one school's only; `nil` for all.
  static func sessions(
    of school: String?, during span: DayRange, asOf: AsOf?, in db: Database
  ) throws -> [String: [SchoolYear: YearSessions]] {
    let first = SchoolYear(containing: span.first).startYear
    let last = max(first, SchoolYear(containing: span.last).startYear)
    var sessions: [String: [SchoolYear: YearSessions]] = [:]
    for row in try rows(of: school, years: first...last, asOf: asOf, in: db) {
      let year = SchoolYear(startYear: row["start_year"])
      sessions[row["school"], default: [:]][year] = try CalendarMemo.plan(row["calendar"], year).sessions
    }
    return sessions
  }

  private static func rows(
    of school: String?, years: ClosedRange<Int>, asOf: AsOf?, in db: Database
  ) throws -> [Row] {
    // One school's are found by the key.
    let condition = "\(school == nil ? "?1 IS NULL" : "school = ?1") AND start_year BETWEEN ?2 AND ?3"
    guard let asOf else {
      return try db.rows(
        "SELECT school, start_year, calendar FROM calendars WHERE \(condition)",
        [school, years.lowerBound, years.upperBound])
    }
    return try db.rows(
      """
      SELECT school, start_year, calendar FROM calendar_log WHERE number IN (
        SELECT max(number) FROM calendar_log WHERE \(condition) AND number <= ?4 GROUP BY school, start_year)
      """, [school, years.lowerBound, years.upperBound, asOf.calendar])
  }

  /// Records a calendar in the place of the one before, which stays in the log.
  static func save(
    _ calendar: SchoolCalendar, of school: URN, _ year: SchoolYear, in unit: UnitOfWork
  ) throws {
    let text = try String(json: calendar)
    try unit.db.put("calendars", ["school": school, "start_year": year.startYear], ["calendar": text])
    try unit.insert("calendar_log", ["school": school, "start_year": year.startYear, "calendar": text])
  }

  /// Every school's calendar of one year.
  static func calendars(_ year: SchoolYear, in db: Database) throws -> [URN: SchoolCalendar] {
    let rows = try db.rows("SELECT school, calendar FROM calendars WHERE start_year = ?", [year.startYear])
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("school"), try decode($0["calendar"])) })
  }

  /// A calendar from how the store keeps it.
  static func decode(_ text: String) throws -> SchoolCalendar {
    try JSONDecoder().decode(SchoolCalendar.self, from: Data(text.utf8))
  }
}

/// Calendars that were read before, by how the store keeps them: figures ask for every school's, and schools share
/// theirs.
enum CalendarMemo {
  private struct Key: Hashable {
    let text: String
    let year: SchoolYear
  }

  /// The most that are kept, some 15 MB; beyond it all are read anew.
  private static let most = 1_024
  private static let known = Mutex<[Key: YearPlan]>([:])

  static func plan(_ text: String, _ year: SchoolYear) throws -> YearPlan {
    let key = Key(text: text, year: year)
    if let plan = known.withLock({ $0[key] }) { return plan }
    let plan = YearPlan(try Schools.decode(text), year)
    known.withLock { known in
      if known.count >= most { known.removeAll() }
      known[key] = plan
    }
    return plan
  }
}
