import Foundation
import Rulebook
import Testing

@Suite("Days, years, working days, identifiers")
struct DayTests {
  @Test func everyDayOfThreeCenturiesIsReadAndWrittenBack() throws {
    let first = try #require(Day(year: 1900, month: 1, day: 1))
    let last = try #require(Day(year: 2199, month: 12, day: 31))
    var weekday = first.weekday
    #expect(weekday == 1, "1 January 1900 was a Monday")
    for ordinal in first.ordinal...last.ordinal {
      let day = Day(ordinal: ordinal)
      #expect(Day(iso: day.iso) == day && day.weekday == weekday)
      weekday = weekday % 7 + 1
    }
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "2026-01-32", "26-01-01", "2026/01/01", "", "2026-01-01x",
    "１２３４-01-01",
  ])
  func whatIsNoDateIsRefused(text: String) { #expect(Day(iso: text) == nil) }

  @Test(
    arguments: [
      ("2026-08-31", 6, "2027-02-28"), ("2027-08-31", 6, "2028-02-29"), ("2026-01-31", 1, "2026-02-28"),
      ("2026-03-31", -1, "2026-02-28"), ("2026-12-15", 1, "2027-01-15"),
    ])
  func monthsAreClamped(start: String, months: Int, end: String) throws {
    #expect(try #require(Day(iso: start)).adding(months: months).iso == end)
  }

  @Test(
    arguments: [
      ("2026-12-25", true), ("2026-12-28", true), ("2026-12-26", false), ("2027-12-27", true), ("2027-12-28", true),
      ("2028-01-03", true), ("2022-06-02", true), ("2022-05-30", false), ("2022-09-19", true), ("2023-05-08", true),
      ("2020-05-04", false), ("2020-05-08", true), ("2026-04-03", true), ("2026-04-06", true), ("2026-08-31", true),
      ("2026-08-24", false), ("2026-05-04", true), ("2026-05-25", true),
    ])
  func bankHolidays(text: String, isHoliday: Bool) throws {
    #expect(WorkingDays.isBankHoliday(try #require(Day(iso: text))) == isHoliday)
  }

  @Test func workingDaysSkipWeekendsAndHolidays() throws {
    #expect(WorkingDays.add(2, to: try #require(Day(iso: "2026-12-24"))).iso == "2026-12-30")
    #expect(WorkingDays.add(0, to: try #require(Day(iso: "2026-12-25"))).iso == "2026-12-25")
  }

  @Test func aSchoolYearHasRoomForEverySession() throws {
    for start in 1999...2100 {
      let year = SchoolYear(startYear: start)
      #expect(SchoolYear(containing: year.first) == year && SchoolYear(containing: year.last) == year)
      #expect(year.position(of: year.last, .pm) < SchoolYear.rowLength)
      #expect(SchoolYear(label: year.label) == year)
    }
    #expect(SchoolYear(label: "2026/28") == nil && SchoolYear(label: "2026-27")?.startYear == 2026)
  }

  @Test(arguments: ["1900-01-01", "2199-12-31"])
  func theFirstAndTheLastDayHaveASchoolYear(text: String) throws {
    let day = try #require(Day(iso: text))
    let year = SchoolYear(containing: day)
    #expect(year.first <= day && day <= year.last)
  }

  @Test(
    arguments: [("2018-09-01", 152), ("2019-09-01", 151), ("2022-09-01", 152), ("2026-09-01", 153)])
  func authoritiesOfEngland(text: String, count: Int) throws {
    let day = try #require(Day(iso: text))
    let inForce = LocalAuthorities.all.filter { $0.applies(on: day) }.map(\.value)
    #expect(inForce.count == count && Set(inForce.map(\.code)).count == count)
    #expect(LocalAuthorities.authority(try AuthorityCode("383"), on: day)?.name == "Leeds")
    #expect(LocalAuthorities.authority(try AuthorityCode("999"), on: day) == nil)
  }

  @Test func uniquePupilNumbers() throws {
    // Worked by hand: 8×2 + 8×3 + 0×4 + 2×5 + 0×6 + 0×7 + 0×8 + 1×9 + 5×10 + 0×11 + 0×12 + 1×13 = 122; 122 mod 23 = 7: H.
    #expect(try UPN("H880200015001").text == "H880200015001")
    #expect(throws: IdentifierError.wrongCheckLetter) { try UPN("A880200015001") }
    #expect(throws: IdentifierError.malformed) { try UPN("H88020001500") }
    #expect(throws: IdentifierError.malformed) { try UPN("I880200015001") }
    for number in 0..<500 {
      let body = "880" + String(10_000_000_0 + number * 7919).prefix(9)
      let letter = try #require(UPN.checkLetter(of: body.utf8))
      #expect(throws: Never.self) { try UPN(String(UnicodeScalar(letter)) + body) }
    }
  }

  @Test func everyCodeHasOneByteOfItsOwn() throws {
    #expect(Set(AttendanceCode.all.map(\.text)).count == AttendanceCode.all.count)
    for code in AttendanceCode.all {
      #expect(AttendanceCode(code.text) == code && AttendanceCode(code.text.lowercased()) == code)
      #expect(code.registerByte != AttendanceCode.noMark)
    }
    for text in ["", "A", "C3", "Y0", "Y8", "CC", "//", "J2", "1", "é"] {
      #expect(AttendanceCode(text) == nil, "\(text)")
    }
  }
}
