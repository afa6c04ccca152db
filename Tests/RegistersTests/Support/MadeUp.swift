import Contracts
import Rulebook

@testable import RegistersDomain

/// Children, schools and calendars that do not exist.
enum MadeUp {
  static let school = try! URN("900101")

  /// The made-up child of a number up to 999,999.
  static func upn(_ number: Int) -> UPN {
    let digits = String(1_000_000 + number).dropFirst()
    let body = "880123\(digits)"
    let letter = UPN.checkLetter(of: Array(body.utf8))!
    return try! UPN(String(UnicodeScalar(letter)) + body)
  }

  static func pupil(_ number: Int) -> PupilID { PupilID("p" + String(1_000_000_000 + number).dropFirst())! }

  static func day(_ text: String) -> Day { Day(iso: text)! }

  static let dateOfBirth = day("2016-05-04")

  static func entry(
    _ number: Int, born: Day = dateOfBirth, enrolledOn: Day = day("2024-09-02"), leftOn: Day? = nil,
    registration: Int64? = nil
  ) -> RollEntry {
    RollEntry(
      registration: registration ?? Int64(number), pupil: pupil(number), upn: upn(number), dateOfBirth: born,
      enrolledOn: enrolledOn, leftOn: leftOn)
  }

  /// An autumn of 2026 with a half term, an INSET day and a short last day.
  static let autumn = SchoolCalendar(
    terms: [
      DayRange(first: day("2026-09-02"), last: day("2026-10-23")),
      DayRange(first: day("2026-11-02"), last: day("2026-12-18")),
    ], closed: [day("2026-09-04")], oneSessionDays: [day("2026-12-18"): .am])

  /// Schools that are open on every day of the years: marks may lie anywhere.
  static let everyDay = Dictionary(
    uniqueKeysWithValues: (2005...2045).map { start in
      let year = SchoolYear(startYear: start)
      let days = (year.first.ordinal...year.last.ordinal).map(Day.init(ordinal:))
      let calendar = SchoolCalendar(terms: [year.days], additionalDays: Set(days.filter { $0.weekday > 5 }))
      return (year, YearSessions(calendar, year))
    })

  /// A time on roll of a child whose year group nobody stated.
  static func time(_ days: DayRange, born: Day = dateOfBirth) -> TimeOnRoll {
    TimeOnRoll(first: days.first, last: days.last, taught: TaughtGroup(stated: nil, dateOfBirth: born))
  }

  static let calendars = CalendarYears([SchoolYear(startYear: 2026): autumn])
  static let today = day("2026-12-31")

  static func judge(_ count: Int = 3) -> MarkJudge {
    MarkJudge(roll: Roll((0..<count).map { entry($0) }), calendars: calendars, today: today)
  }

  static func csv(_ rows: [String], header: String = "upn,date,session,code") -> [UInt8] {
    Array(([header] + rows).joined(separator: "\n").utf8)
  }
}

/// Pupil-year rows in memory.
final class MemoryShelf: PupilYearShelf {
  struct Key: Hashable {
    let registration: Int64
    let year: SchoolYear
  }

  private(set) var rows: [Key: PupilYear] = [:]
  private(set) var reads = 0
  private(set) var writes = 0

  func read(_ registration: Int64, _ year: SchoolYear) -> PupilYear {
    reads += 1
    return rows[Key(registration: registration, year: year)] ?? PupilYear(year: year)
  }

  func write(_ registration: Int64, _ row: PupilYear) {
    writes += 1
    rows[Key(registration: registration, year: row.year)] = row
  }
}

extension JudgedMarks {
  /// The slug of every row with a finding.
  var slugs: [Int32: String] { Dictionary(findings.map { ($0.number, $0.reason.slug) }, uniquingKeysWith: { $1 }) }
}
