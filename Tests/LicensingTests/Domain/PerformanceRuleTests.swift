import Rulebook
import Testing

@testable import LicensingDomain

/// What the tables of performances leave open.
@Suite("Rules of performances")
struct PerformanceRuleTests {
  private let monday = MadeUp.day(2026, 1, 5)

  /// Six days of each of some weeks, by number.
  private func weeks(_ numbers: [Int]) -> Set<Day> {
    Set(numbers.flatMap { week in (0..<6).map { monday.adding(days: week * 7 + $0) } })
  }

  @Test func everyBreakIsDueAndNotTheFirstAlone() {
    let kept = BreakInPerformances(dates: weeks(Array(0..<8) + Array(10..<18)), licenceDays: 100)
    #expect(kept.due.count == 2)
    #expect(kept.violations == [])
    let broken = BreakInPerformances(dates: weeks(Array(0..<8) + Array(10..<19)), licenceDays: 100)
    #expect(broken.due.map(\.isBroken) == [false, true])
    #expect(broken.violations == [.eightWeeks])
  }

  /// Three hours on the only school day satisfy reg 13, though the week has fewer than six.
  @Test func aWeekOfOneSchoolDay() {
    let rule = LessonPlan.Rule.england[0].value
    #expect(LessonPlan([.init(schoolDays: 1, lessons: [180])], under: rule).violations == [])
    #expect(
      LessonPlan([.init(schoolDays: 1, lessons: [179])], under: rule).violations == [.lessonsInAll, .lessonsOfWeek])
    #expect(LessonPlan([.init(schoolDays: 0, lessons: [])], under: rule).violations == [])
  }

  /// A night that ends on the next day also began too early when it did.
  @Test func anEarlyArrivalIsEarlyHoweverLongTheStay() throws {
    let start = LocalMoment(monday, ClockTime(6, 0))
    let span = try #require(LocalSpan(start, LocalMoment(monday.adding(days: 1), ClockTime(1, 0))))
    let day = PerformanceDay(.init(dateOfBirth: MadeUp.day(2012, 1, 1), atPlace: span, parts: [], breaks: []))
    #expect(Set(day.violations).isSuperset(of: [.early, .late]))
  }

  @Test func oneChaperoneListedTwiceIsOne() {
    let children = (0..<13).map { ChaperonePlan.Child(id: "\($0)", span: MadeUp.span(9, 12)) }
    let chaperone = ChaperonePlan.Chaperone(
      id: "a", span: MadeUp.span(9, 12), approved: DayRange(first: monday, last: monday))
    #expect(
      ChaperonePlan(on: monday, children: children, chaperones: [chaperone, chaperone]).violations == [.fewChaperones])
  }

  /// The answers and letters have words for every rule.
  @Test func everyRuleHasWords() {
    #expect(Set(WorkRule.allCases.map(\.words)).count == WorkRule.allCases.count)
    #expect(Set(PerformanceRule.allCases.map(\.words)).count == PerformanceRule.allCases.count)
    #expect((WorkRule.allCases.map(\.fix) + PerformanceRule.allCases.map(\.fix)).allSatisfy { $0.hasSuffix(".") })
  }
}
