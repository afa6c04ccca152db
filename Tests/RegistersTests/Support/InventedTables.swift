import Rulebook

@testable import RegistersDomain

/// Tables of codes that no law has: one from 1 January 2012, one from 1 September 2027.
enum InventedTables {
  static let change2012 = MadeUp.day("2012-01-01")
  static let change2027 = MadeUp.day("2027-09-01")

  /// The law in force with both.
  static let book = CodeBook.england.adding(table2012, from: change2012, source: "an invented table of 2012")
    .adding(table2027, from: change2027, source: "an invented table of 2027")

  static func code(_ text: String) -> AttendanceCode { AttendanceCode(text)! }

  /// J is an absence, K an approved activity; F has ended.
  static let table2012 = CodeScheme(
    "2012",
    CodeBook.england.scheme(on: change2012).rules.filter { !["J", "F"].contains($0.code.text) } + [
      CodeRule(code("J"), .authorisedAbsence, "invented"),
      CodeRule(code("K"), .approvedEducationalActivity, "invented"),
    ])

  /// F is illness, H an absence without a reason yet, J a part-time timetable, Y late after the register closed; I, O, C2
  /// and U have ended, N is attendance and P an absence with leave.
  static let table2027 = CodeScheme(
    "2027",
    CodeBook.england.scheme(on: change2027).rules.filter { !["I", "O", "C2", "U", "N", "P"].contains($0.code.text) } + [
      CodeRule(code("F"), .authorisedAbsence, "invented", traits: [.illness]),
      CodeRule(
        code("H"), .unauthorisedAbsence, "invented",
        traits: [.penaltyNotice, .attendanceReturn, .unexplained, .reasonNotEstablished]),
      CodeRule(code("J"), .authorisedAbsence, "invented", ageRule: .compulsoryOnly, traits: [.partTime]),
      CodeRule(code("Y"), .unauthorisedAbsence, "invented", traits: [.lateAfterClose]),
      CodeRule(code("N"), .attending, "invented"),
      CodeRule(code("P"), .authorisedAbsence, "invented", traits: [.leave]),
    ], tokens: ["I": .acceptFlagged(code("F"), note: "I is F"), "O": .quarantine(reason: "ended", suggestion: "H")])

  /// A school that opens in the middle of August 2027.
  static let year = SchoolYear(startYear: 2027)
  static let calendar = SchoolCalendar(
    terms: [DayRange(first: MadeUp.day("2027-08-16"), last: MadeUp.day("2027-12-17"))])
  static let plan = YearPlan(calendar, year)
  static let today = MadeUp.day("2027-12-31")
  static let time = MadeUp.time(.always)

  /// A row with one code in every session of the school days before the change, and another from it on.
  static func row(_ before: String, _ after: String, days: ClosedRange<String> = "2027-08-16"..."2027-12-17")
    -> PupilYear
  {
    var row = PupilYear(year: year)
    for day in plan.days where days.contains(day.day.iso) {
      for session in Session.allCases { row[day.day, session] = AttendanceCode(day.day < change2027 ? before : after) }
    }
    return row
  }
}
