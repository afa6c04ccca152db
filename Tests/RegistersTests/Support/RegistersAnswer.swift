import Foundation
import GRDB
import Rulebook
import Testing

@testable import RegistersDomain

/// The register's own answer to which sessions count toward the threshold, worked out session by session from the tables
/// in which it keeps marks, rolls and calendars, and from nothing that the programs share.
struct RegistersAnswer {
  /// By `pupil school`, as `2026-09-07 AM O` and in order.
  let sessions: [String: [String]]
  /// Sessions of unauthorised absence at any age, by `pupil school`.
  let unauthorised: [String: Int]
  let calendars: [String: SchoolCalendar]

  init(_ world: World, today: Day) throws {
    var calendars: [String: [Int: SchoolCalendar]] = [:]
    for row in try world.sql("SELECT school, start_year, calendar FROM calendars") {
      calendars[row["school"], default: [:]][row["start_year"]] = try JSONDecoder().decode(
        SchoolCalendar.self, from: Data((row["calendar"] as String).utf8))
    }
    let rows = try world.sql(
      """
      SELECT p.id, p.date_of_birth, p.year_group, p.year_group_year, r.school, r.enrolled_on, r.left_on,
        (y.number & 255) + 1900 AS start_year, y.codes
      FROM standing_registrations r JOIN pupils p ON p.number = r.pupil JOIN pupil_years y ON y.number >> 8 = r.number
      """)
    var sessions: [String: [String]] = [:]
    var unauthorised: [String: Int] = [:]
    for row in rows {
      let school: String = row["school"]
      let key = "\(row["id"] as String) \(school)"
      let year = SchoolYear(startYear: row["start_year"])
      let born = Day(ordinal: row["date_of_birth"])
      let (first, last) = (Day(ordinal: row["enrolled_on"]), (row["left_on"] as Int32?).map(Day.init(ordinal:)))
      for (place, byte) in (row["codes"] as Data).enumerated() {
        guard byte != UInt8(ascii: "."), let code = AttendanceCode(registerByte: byte),
          ["G", "N", "O", "U"].contains(code.text)
        else { continue }
        let day = year.first.adding(days: place / 2)
        let session: Session = place % 2 == 0 ? .am : .pm
        guard first <= day, last.map({ day <= $0 }) ?? true, day <= today,
          let calendar = calendars[school]?[year.startYear],
          PlainCalendar.hasSession(calendar, day, session, Self.group(row, born, year))
        else { continue }
        unauthorised[key, default: 0] += 1
        guard CompulsorySchoolAge.isCompulsory(dateOfBirth: born, on: day) else { continue }
        sessions[key, default: []].append("\(day) \(session.rawValue) \(code)")
      }
    }
    self.sessions = sessions.mapValues { $0.sorted() }
    self.unauthorised = unauthorised
    self.calendars = calendars.compactMapValues { years in
      years.values.reduce(nil as SchoolCalendar?) { $0?.joined(with: $1) ?? $1 }
    }
  }

  private static func group(_ row: Row, _ born: Day, _ year: SchoolYear) -> String? {
    let number: Int
    if let stated = (row["year_group"] as String?).flatMap({ YearGroup($0) }), let from = row["year_group_year"] as Int?
    {
      number = stated.number + year.startYear - from
    } else {
      number = year.startYear - (born.month >= 9 ? born.year + 5 : born.year + 4)
    }
    return YearGroup(number: number)?.text
  }
}

/// When a school is open, written out once more.
enum PlainCalendar {
  static func hasSession(_ calendar: SchoolCalendar, _ day: Day, _ session: Session, _ group: String?) -> Bool {
    if calendar.closed.contains(day) { return false }
    let isWeekday = day.weekday != 6 && day.weekday != 7
    let isInTerm = calendar.terms.contains { $0.first <= day && day <= $0.last }
    guard calendar.additionalDays.contains(day) || (isWeekday && isInTerm) else { return false }
    if let only = calendar.oneSessionDays[day], only != session { return false }
    for closure in calendar.yearGroupClosures where closure.first <= day && day <= closure.last {
      if let group, closure.yearGroups.contains(where: { $0.text == group }) { return false }
    }
    return true
  }
}
