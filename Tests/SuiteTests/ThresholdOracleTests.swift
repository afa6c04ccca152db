import Rulebook
import SuiteDomain
import Testing

@Suite("The threshold worked out the plain way")
struct ThresholdOracleTests {
  private static let calendar = SchoolCalendar(terms: [
    DayRange(first: day("2025-09-08"), last: day("2025-10-24")),
    DayRange(first: day("2025-11-03"), last: day("2025-12-19")),
  ])
  private static let born = day("2015-01-01")
  private static let enrolled = day("2025-09-01")

  private static func day(_ text: String) -> Day {
    guard let day = Day(iso: text) else { preconditionFailure("a date of the test") }
    return day
  }

  /// One morning with the code U in each of some weeks.
  private static func marks(_ mondays: [String]) -> [(day: Day, session: Session, code: AttendanceCode)] {
    guard let late = AttendanceCode("U") else { preconditionFailure("U is a code") }
    return mondays.map { (day($0), .am, late) }
  }

  private static let nine = [
    "2025-09-08", "2025-09-15", "2025-09-22", "2025-09-29", "2025-10-06", "2025-10-13", "2025-10-20", "2025-11-03",
    "2025-11-10",
  ]

  @Test(
    "one morning in each of ten school weeks around half term meets it on the tenth (PN-1, worked dates)")
  func met() throws {
    let breach = ThresholdOracle(calendar: Self.calendar).breach(
      Self.marks(Self.nine + ["2025-11-17"]), dateOfBirth: Self.born, enrolledOn: Self.enrolled)
    #expect(breach?.metOn == Self.day("2025-11-17"))
    #expect(breach?.sessions.count == 10)
    #expect(breach?.sessions.first == "2025-09-08 AM U")
  }

  @Test("the tenth one school week later does not")
  func notMet() {
    let oracle = ThresholdOracle(calendar: Self.calendar)
    #expect(
      oracle.breach(Self.marks(Self.nine + ["2025-11-24"]), dateOfBirth: Self.born, enrolledOn: Self.enrolled) == nil)
  }

  @Test("sessions before compulsory school age do not count")
  func tooYoung() {
    let oracle = ThresholdOracle(calendar: Self.calendar)
    #expect(
      oracle.breach(
        Self.marks(Self.nine + ["2025-11-17"]), dateOfBirth: Self.day("2020-10-01"), enrolledOn: Self.enrolled) == nil)
  }

  @Test("sessions before the first day on roll and on closed days do not count")
  func offRollOrClosed() {
    let marks = Self.marks(Self.nine + ["2025-11-17"])
    let late = ThresholdOracle(calendar: Self.calendar)
    #expect(late.breach(marks, dateOfBirth: Self.born, enrolledOn: Self.day("2025-09-09")) == nil)
    var closed = Self.calendar
    closed.closed = [Self.day("2025-09-22")]
    let oracle = ThresholdOracle(calendar: closed)
    #expect(oracle.breach(marks, dateOfBirth: Self.born, enrolledOn: Self.enrolled) == nil)
  }
}
