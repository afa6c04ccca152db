import Contracts
import Rulebook
import Testing

@testable import RegistersDomain

@Suite struct ReturnExpectationsTests {
  private static let lastYear = SchoolCalendar(
    terms: [DayRange(first: MadeUp.day("2025-09-02"), last: MadeUp.day("2026-07-17"))],
    closed: [MadeUp.day("2025-09-02"), MadeUp.day("2026-07-17")])

  private static let calendars = CalendarYears([
    SchoolYear(startYear: 2025): lastYear, SchoolYear(startYear: 2026): MadeUp.autumn,
  ])

  private static func place(
    _ group: String?, entered: String = "2022-09-05", left: String? = nil, deleted: String? = nil, stated: Int = 2025
  ) -> ReturnExpectations.Place {
    ReturnExpectations.Place(
      enteredOn: MadeUp.day(entered), leftOn: left.map(MadeUp.day), deletedOn: deleted.map(MadeUp.day),
      yearGroup: group.flatMap { YearGroup($0) }, stated: SchoolYear(startYear: stated))
  }

  /// A school from reception to year 6.
  private static let roll = [place("R"), place("3"), place("6"), place("R", entered: "2026-09-02", stated: 2026)]

  private static func expectations(_ more: ReturnExpectations.Place) -> ReturnExpectations {
    ReturnExpectations(places: roll + [more], calendars: calendars)
  }

  static let entries: [(group: String?, entered: String, stated: Int, due: String?)] = [
    // The most junior class on the first day of the school year, which a training day is not.
    ("R", "2026-09-02", 2026, nil), ("R", "2026-09-01", 2026, nil), ("R", "2026-09-03", 2026, "2026-09-08"),
    ("R", "2025-09-03", 2025, nil), ("R", "2025-09-04", 2025, "2025-09-09"),
    // Calendar days count, over a weekend and the year's end.
    ("4", "2026-09-02", 2026, "2026-09-07"), ("4", "2026-12-30", 2026, "2027-01-04"),
    // The group moves on: a year 1 of this year was the reception of the last.
    ("1", "2025-09-03", 2026, nil), (nil, "2026-09-02", 2026, "2026-09-07"),
    // Without a calendar nobody can say that it was the first day; before the duty there is none.
    ("R", "2027-09-01", 2027, "2027-09-06"), ("4", "2024-08-18", 2024, nil), ("4", "2024-08-19", 2024, "2024-08-24"),
  ]

  @Test(arguments: entries) func newPupilReturns(_ row: (group: String?, entered: String, stated: Int, due: String?)) {
    let place = Self.place(row.group, entered: row.entered, stated: row.stated)
    #expect(Self.expectations(place).newPupilDue(place)?.iso == row.due)
  }

  static let leavings: [(group: String?, left: String?, deleted: String?, due: String?)] = [
    ("6", nil, nil, nil),
    // At or after the end of the last term in the most senior class.
    ("6", "2026-07-16", "2026-07-16", nil), ("6", "2026-07-16", "2026-08-31", nil), ("6", "2026-07-31", nil, nil),
    ("6", "2026-07-15", "2026-07-15", "2026-07-15"), ("6", "2026-07-15", "2026-08-31", nil),
    ("5", "2026-07-16", "2026-07-16", "2026-07-16"), ("5", "2026-07-16", "2026-08-31", "2026-08-31"),
    (nil, "2026-07-16", nil, "2026-07-16"),
    // In the new year the old one's end says nothing.
    ("5", "2026-09-10", "2026-09-11", "2026-09-11"), ("3", "2024-08-18", nil, nil),
    ("3", "2024-08-19", nil, "2024-08-19"),
  ]

  @Test(arguments: leavings) func deletionReturns(
    _ row: (group: String?, left: String?, deleted: String?, due: String?)
  ) {
    let place = Self.place(row.group, left: row.left, deleted: row.deleted)
    #expect(Self.expectations(place).deletionDue(place)?.iso == row.due)
  }

  @Test func findingsAskForReturns() {
    let day = MadeUp.day("2026-01-31")
    #expect(ReturnExpectations.due(.tenDayAbsence, became: day) == MadeUp.day("2026-02-28"))
    #expect(ReturnExpectations.due(.fifteenDaySickness, became: day) == day)
    for kind in FindingKind.allCases where ![.tenDayAbsence, .fifteenDaySickness].contains(kind) {
      #expect(ReturnExpectations.due(kind, became: day) == nil)
    }
  }
}
