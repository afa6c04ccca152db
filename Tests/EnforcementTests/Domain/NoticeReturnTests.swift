import Rulebook
import Testing

@testable import EnforcementDomain

@Suite("Figures for the yearly return")
struct NoticeReturnTests {
  private static let received = Day(ordinal: 20_516)  // 2026-03-04

  private static func notice(
    _ number: Int, issued: Day = received, level: Int = 1, isForHoliday: Bool = false, _ standing: NoticeStanding,
    paidAfter days: Int? = nil
  ) -> RegisteredNotice {
    RegisteredNotice(
      number: "\(number)", issued: issued, level: level, isForHoliday: isForHoliday,
      period: NoticePeriod(received: received, level: level, terms: PenaltyNoticeTerms.national[0].value),
      standing: standing, dischargedOn: days.map { received.adding(days: $0) })
  }

  @Test func everyNoticeOfTheYearIsCountedOnce() {
    let year = SchoolYear(startYear: 2025)
    let notices = [
      Self.notice(1, isForHoliday: true, .paid, paidAfter: 20), Self.notice(2, .paid, paidAfter: 21),
      Self.notice(3, level: 2, .paid, paidAfter: 0), Self.notice(4, .withdrawn), Self.notice(5, .open),
      Self.notice(6, .prosecutionPending), Self.notice(7, .convicted), Self.notice(8, .acquitted),
      Self.notice(9, issued: year.first, .open), Self.notice(10, issued: year.last, .open),
      Self.notice(11, issued: year.first.adding(days: -1), .open),
      Self.notice(12, issued: year.last.adding(days: 1), .open),
    ]
    let figures = NoticeReturn(of: year, notices) { PenaltyNoticeTerms.national.value(on: $0).reducedDays }
    #expect(figures.issued == 10 && figures.forHoliday == 1 && figures.second == 1)
    #expect(
      [figures.paidEarly, figures.paidLater, figures.withdrawn, figures.prosecuted, figures.open] == [2, 1, 1, 3, 3])
  }
}
