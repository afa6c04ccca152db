import Rulebook
import Testing

@testable import RegistersDomain

/// A school that is closed to some year groups is open to the others.
@Suite struct YearGroupClosureTests {
  private static func judge() throws -> MarkJudge {
    var calendar = MadeUp.autumn
    calendar.yearGroupClosures = [
      YearGroupClosure(
        yearGroups: [try #require(YearGroup("6"))], first: MadeUp.day("2026-09-07"), last: MadeUp.day("2026-09-08"))
    ]
    // Born in May 2016: year 6 in 2026/27. The second was stated to be in year 5 two years before: year 7 now.
    let stated = (group: try #require(YearGroup("5")), year: SchoolYear(startYear: 2024))
    let roll = Roll([
      MadeUp.entry(0),
      RollEntry(
        registration: 1, pupil: MadeUp.pupil(1), upn: MadeUp.upn(1), dateOfBirth: MadeUp.dateOfBirth,
        enrolledOn: MadeUp.day("2024-09-02"), leftOn: nil, stated: stated),
    ])
    return MarkJudge(
      roll: roll, calendars: CalendarYears([SchoolYear(startYear: 2026): calendar]), today: MadeUp.today)
  }

  @Test func aMarkOnADayClosedToTheGroupWaits() throws {
    let judge = try Self.judge()
    let both = ["2026-09-07,AM,/", "2026-09-08,PM,I", "2026-09-09,AM,/"]
    let rows = both.map { "\(MadeUp.upn(0)),\($0)" } + both.map { "\(MadeUp.upn(1)),\($0)" }
    let empty = ["2026-09-08,AM,#", "2026-09-07,PM,"].map { "\(MadeUp.upn(0)),\($0)" }
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(rows + empty)))
    #expect(judged.slugs == [2: "closed-for-year-group", 3: "closed-for-year-group"])
    #expect(judged.missing == 2)
    #expect(judged.slots.map(\.day.iso) == ["2026-09-07", "2026-09-08", "2026-09-09"])
    #expect(judged.slots.map { $0.codes[0] } == [0, 0, UInt8(ascii: "/")])
    #expect(judged.slots.allSatisfy { $0.codes[1] != 0 })
  }

  /// What another year group's mark made known is not taken for the closed one's, and every closure of a day counts.
  @Test func eachClosureOfADayCountsWhoeverComesFirst() throws {
    let closed = try Self.judge()
    let marks = [1, 0].map { "\(MadeUp.upn($0)),2026-09-07,AM,/" }
    #expect(closed.judge(try MarksCSV.read(MadeUp.csv(marks))).slugs == [3: "closed-for-year-group"])

    var calendar = MadeUp.autumn
    calendar.yearGroupClosures = try ["7", "6"].map {
      YearGroupClosure(
        yearGroups: [try #require(YearGroup($0))], first: MadeUp.day("2026-09-07"), last: MadeUp.day("2026-09-07"))
    }
    let both = MarkJudge(
      roll: closed.roll, calendars: CalendarYears([SchoolYear(startYear: 2026): calendar]), today: MadeUp.today)
    let judged = both.judge(try MarksCSV.read(MadeUp.csv(marks)))
    #expect(judged.slugs == [2: "closed-for-year-group", 3: "closed-for-year-group"])
    for entry in both.roll.entries {
      #expect(throws: MarkRefusal.self) { try both.check(entry, MadeUp.day("2026-09-07"), .am, token: "/") }
    }
  }

  @Test func aPersonIsToldTheSame() throws {
    let judge = try Self.judge()
    #expect(throws: MarkRefusal.self) {
      try judge.check(judge.roll.entries[0], MadeUp.day("2026-09-07"), .am, token: "/")
    }
    #expect(try judge.check(judge.roll.entries[1], MadeUp.day("2026-09-07"), .am, token: "/") != nil)
  }

  @Test func aYearGroupMovesOnByItself() throws {
    let (born, stated) = (try Self.judge().roll.entries[0], try Self.judge().roll.entries[1])
    let years = [2020, 2021, 2026, 2027].map { SchoolYear(startYear: $0) }
    #expect(years.map { born.yearGroup(in: $0)?.text } == ["R", "1", "6", "7"])
    #expect(years.map { stated.yearGroup(in: $0)?.text } == ["1", "2", "7", "8"])
    #expect(born.yearGroup(in: SchoolYear(startYear: 2000)) == nil)
    for text in ["2015-08-31", "2015-09-01", "2016-02-29"] {
      let entry = MadeUp.entry(5, born: MadeUp.day(text))
      for year in years {
        #expect(entry.yearGroup(in: year) == YearGroup(dateOfBirth: MadeUp.day(text), in: year))
      }
    }
  }
}
