import Contracts
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// Where absence falls, beside what an even spread would be.
@Suite struct PatternsTests {
  static func days(_ isAbsent: (Day, Session) -> Bool, late: (Day) -> String? = { _ in nil }) -> [PatternDay] {
    var row = PupilYear(year: SchoolYear(startYear: 2026))
    for day in MadeUp.autumn.schoolDays {
      for session in Session.allCases where MadeUp.autumn.hasSession(day, session) {
        let present = late(day) ?? (session == .am ? "/" : "\\")
        row[day, session] = AttendanceCode(isAbsent(day, session) ? "O" : present)
      }
    }
    let all = DayRange(first: row.year.first, last: row.year.last)
    return PatternDay.days([row], in: all)
  }

  static func patterns(_ days: [PatternDay]) -> Patterns {
    Patterns(days, terms: MadeUp.autumn.terms, on: MadeUp.today)
  }

  @Test func fridaysAreSeen() throws {
    let patterns = Self.patterns(Self.days { day, session in day.weekday == 5 && session == .pm && day.day % 2 == 0 })
    let fridays = try #require(patterns.weekdays.first { $0.name == "friday" })
    #expect(fridays.observed == patterns.absentDays && fridays.observed >= 4)
    #expect(fridays.isNotable)
    #expect(!patterns.weekdays.contains { $0.isNotable && $0.name != "friday" })
    // Once or twice is not a pattern, however unlikely.
    let few = Self.patterns(Self.days { day, _ in day.iso == "2026-09-11" || day.iso == "2026-09-18" })
    #expect(!few.weekdays.contains { $0.isNotable })
    #expect(few.weekdays[4].observed == 2)
  }

  /// The expectations are those of the whole: they add up to what was observed.
  @Test(arguments: UInt64(1)...20) func expectationsAddUp(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let share = random.within(2...10)
    let days = Self.days { _, _ in random.below(share) == 0 }
    let patterns = Self.patterns(days)
    #expect(patterns.weekdays.reduce(0) { $0 + $1.observed } == patterns.absentDays, "seed \(seed)")
    #expect(patterns.weekdays.reduce(0) { $0 + $1.outOf } == patterns.days)
    let expected = try patterns.weekdays.map { try #require(Double($0.expected)) }.reduce(0, +)
    #expect(abs(expected - Double(patterns.absentDays)) <= 0.3, "seed \(seed)")
    let weeks = Set(days.map(\.day.monday)).count
    #expect(patterns.weeks.allSatisfy { $0.outOf == weeks })
    #expect(patterns.weeks[0].observed + patterns.weeks[1].observed <= weeks)
  }

  @Test func termEndsAndBrokenWeeks() {
    // The last days of both half terms, one whole week, and one day of another.
    let patterns = Self.patterns(
      Self.days { day, _ in
        ["2026-10-23", "2026-12-18", "2026-11-18"].contains(day.iso) || day.monday.iso == "2026-09-14"
      })
    #expect(patterns.aroundHolidays.map(\.name) == ["first-days-of-term", "last-days-of-term"])
    #expect(patterns.aroundHolidays.map(\.observed) == [0, 2])
    #expect(patterns.aroundHolidays.map(\.outOf) == [2, 2])
    #expect(!patterns.aroundHolidays[1].isNotable, "two days are not enough")
    #expect(patterns.weeks.map(\.observed) == [3, 1])
  }

  @Test func lateness() {
    let patterns = Self.patterns(
      Self.days({ _, _ in false }, late: { $0.weekday == 1 ? "U" : $0.weekday == 2 ? "L" : nil }))
    #expect(patterns.lateAfter[0].observed == 2 * patterns.weekdays[0].outOf)
    #expect(patterns.lateAfter[0].isNotable)
    #expect(patterns.lateBefore[1].observed == 2 * patterns.weekdays[1].outOf)
    #expect(patterns.lateBefore[0].observed == 0)
    // U is in the absence figures.
    #expect(patterns.absentDays == patterns.weekdays[0].outOf)
  }

  @Test func absentTogether() {
    let own = Self.days { day, _ in day.weekday == 3 }
    let other = Self.days { day, session in day.weekday == 3 && session == .am }
    let elsewhere = Self.days { day, _ in day.weekday == 4 }
    let together = Patterns.together(own, other, on: MadeUp.today)
    #expect(together.observed == own.count { $0.isAbsent } && together.outOf == own.count)
    #expect(together.isNotable)
    #expect(Patterns.together(own, elsewhere, on: MadeUp.today).observed == 0)
    let none = Patterns.together(own, [], on: MadeUp.today)
    #expect(none.outOf == 0 && none.expected == "0.0" && !none.isNotable)
  }

  @Test func nothingIsNoPattern() {
    let patterns = Self.patterns([])
    #expect(patterns.days == 0 && patterns.absentDays == 0)
    #expect(patterns.weekdays.allSatisfy { $0.observed == 0 && !$0.isNotable })
  }

  @Test func daysOffRollAreThoseOfNoRoll() {
    let span = DayRange(first: MadeUp.day("2026-09-01"), last: MadeUp.day("2026-10-30"))
    func off(_ rolls: [(String, String?)]) -> Int {
      CareChild.daysOffRoll(
        in: span,
        rolls: rolls.map {
          (Membership(value: "", first: MadeUp.day($0.0), last: $0.1.map(MadeUp.day)), MadeUp.calendars)
        })
    }
    #expect(off([("2024-09-02", nil)]) == 0)
    // 14 to 18 September, with a weekend before.
    #expect(off([("2024-09-02", "2026-09-11"), ("2026-09-21", nil)]) == 5)
    // The half term is no loss.
    #expect(off([("2024-09-02", "2026-10-23"), ("2026-11-02", nil)]) == 0)
    #expect(off([("2026-09-09", nil)]) == 4, "2, 3, 7 and 8 September; the 4th is an INSET day")
    #expect(CareChild.daysOffRoll(in: span, rolls: []) == 44, "Mondays to Fridays where no school is known")
  }
}
