import Foundation
import Rulebook
import Testing

@testable import LicensingDomain

/// Time that passes is not what clocks show on two nights of the year (LIC-12).
@Suite("Local time")
struct LocalTimeTests {
  @Test(arguments: [
    ("2026-03-28T22:00", "2026-03-29T04:00", 300), ("2026-10-24T22:00", "2026-10-25T04:00", 420),
    ("2026-07-01T22:00", "2026-07-02T04:00", 360), ("2026-10-25T00:30", "2026-10-25T01:30", 60),
    ("2026-10-25T01:30", "2026-10-25T02:00", 90),
  ])
  func elapsed(start: String, end: String, minutes: Int) throws {
    let (from, to) = (try #require(LocalMoment(start)), try #require(LocalMoment(end)))
    #expect(try #require(LocalSpan(from, to)).length == minutes)
  }

  /// The rule of the Act gives the days that the world's table of time zones has.
  @Test func theRuleIsThatOfTheTimeZone() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "Europe/London"))
    for ordinal in MadeUp.day(2003, 1, 1).ordinal..<MadeUp.day(2037, 1, 1).ordinal {
      let day = Day(ordinal: ordinal)
      let noon = LocalMoment(day, ClockTime(12, 0))
      let next = LocalMoment(day.adding(days: 1), ClockTime(12, 0))
      let date = try #require(
        calendar.date(from: DateComponents(year: day.year, month: day.month, day: day.day, hour: 12)))
      let later = try #require(calendar.date(byAdding: .day, value: 1, to: date))
      #expect(noon.minutes(until: next) == Int(later.timeIntervalSince(date)) / 60, "\(day)")
    }
  }

  @Test(arguments: ["9:00", "24:01", "12:60", "ab:cd", "", "12:00:00"])
  func whatIsNoTimeIsRefused(text: String) { #expect(ClockTime(text) == nil) }

  @Test func spansEndAfterTheyBegin() {
    #expect(ClockSpan(from: ClockTime(9, 0), to: ClockTime(9, 0)) == nil)
    #expect(LocalMoment("2026-07-01 09:00") == nil)
    #expect(ClockTime("24:00")?.minutes == 1440)
  }

  @Test func breaksAreTakenOut() {
    let whole = MadeUp.span(9, 17)
    #expect(whole.without([MadeUp.span(12, 13)]) == [MadeUp.span(9, 12), MadeUp.span(13, 17)])
    #expect(
      whole.without([MadeUp.span(12, 14), MadeUp.span(13, 15), MadeUp.span(16, 18)])
        == [MadeUp.span(9, 12), MadeUp.span(15, 16)])
    #expect(whole.without([MadeUp.span(8, 18)]) == [])
    #expect(whole.without([MadeUp.span(6, 7), MadeUp.span(18, 19)]) == [whole])
  }
}
