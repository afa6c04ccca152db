import Rulebook
import Testing

@testable import RegistersDomain

/// Term dates side by side, by table.
@Suite struct TermDatesTests {
  private static let year = SchoolYear(startYear: 2026)
  private static let first = try! URN("900101")
  private static let second = try! URN("900102")
  private static let third = try! URN("900103")
  private static let plymouth = try! AuthorityCode("879")

  /// A calendar of one term in September with what else is told.
  private static func september(
    _ from: String = "2026-09-02", _ to: String = "2026-09-30", closed: [String] = [], training: [String] = [],
    morningsOnly: [String] = [], closures: [YearGroupClosure] = []
  ) -> SchoolCalendar {
    SchoolCalendar(
      terms: [DayRange(first: MadeUp.day(from), last: MadeUp.day(to))], closed: Set(closed.map(MadeUp.day)),
      oneSessionDays: Dictionary(uniqueKeysWithValues: morningsOnly.map { (MadeUp.day($0), .am) }),
      training: Set(training.map(MadeUp.day)), yearGroupClosures: closures)
  }

  private static func closure(_ groups: [Int], _ first: String, _ last: String) -> YearGroupClosure {
    YearGroupClosure(
      yearGroups: groups.compactMap(YearGroup.init(number:)), first: MadeUp.day(first), last: MadeUp.day(last))
  }

  /// How a second school's calendar differs from ``september()``: `first..last weekdays open/partly/closed`.
  struct Example: Sendable {
    let name: String
    let other: SchoolCalendar
    let differences: [String]
  }

  static let examples = [
    Example(name: "the same", other: september(), differences: []),
    Example(
      name: "two days later", other: september("2026-09-04"),
      differences: ["2026-09-02..2026-09-03 2 g1//g2"]),
    Example(
      name: "later over a weekend", other: september("2026-09-09"),
      differences: ["2026-09-02..2026-09-08 5 g1//g2"]),
    Example(
      name: "later at both ends", other: september("2026-09-03", "2026-10-01"),
      differences: ["2026-09-02..2026-09-02 1 g1//g2", "2026-10-01..2026-10-01 1 g2//g1"]),
    Example(
      name: "a closed Friday and Monday", other: september(closed: ["2026-09-11", "2026-09-14"]),
      differences: ["2026-09-11..2026-09-14 2 g1//g2"]),
    Example(
      name: "a training day", other: september(training: ["2026-09-16"]),
      differences: ["2026-09-16..2026-09-16 1 g1//g2"]),
    Example(
      name: "a morning", other: september(morningsOnly: ["2026-09-30"]),
      differences: ["2026-09-30..2026-09-30 1 g1/g2/"]),
    Example(
      name: "closed to some", other: september(closures: [closure([11], "2026-09-17", "2026-09-18")]),
      differences: ["2026-09-17..2026-09-18 2 g1/g2/"]),
    Example(
      name: "a training day next to a morning",
      other: september(training: ["2026-09-16"], morningsOnly: ["2026-09-17"]),
      differences: ["2026-09-16..2026-09-16 1 g1//g2", "2026-09-17..2026-09-17 1 g1/g2/"]),
    Example(name: "what has no effect", other: september(closed: ["2026-09-12", "2026-12-25"]), differences: []),
  ]

  private static func told(_ differences: [TermDates.Difference]) -> [String] {
    differences.map { difference in
      let groups = [difference.open, difference.partly, difference.closed].map { $0.joined(separator: ",") }
      return "\(difference.first)..\(difference.last) \(difference.weekdays) \(groups.joined(separator: "/"))"
    }
  }

  @Test(arguments: examples) func tellsTheDaysOnWhichTwoDiffer(_ example: Example) {
    let dates = TermDates(
      Self.year, schools: [Self.first: Self.september(), Self.second: example.other], neighbours: [:])
    #expect(Self.told(dates.differences) == example.differences, "\(example.name)")
    #expect(dates.groups.count == (example.differences.isEmpty ? 1 : 2), "\(example.name)")
  }

  @Test func putsTheSameCalendarsTogether() {
    let dates = TermDates(
      Self.year,
      schools: [
        Self.first: Self.september("2026-09-03"), Self.second: Self.september(), Self.third: Self.september(),
      ], neighbours: [Self.plymouth: Self.september("2026-09-03", training: ["2026-09-02"])])
    #expect(dates.groups.map(\.id) == ["g1", "g2", "g3"])
    #expect(dates.groups.map(\.schools) == [[Self.second, Self.third], [Self.first], []])
    #expect(dates.groups.map(\.neighbours) == [[], [], [Self.plymouth]])
    #expect(dates.groups[2].calendar.training == [MadeUp.day("2026-09-02")], "it stays although pupils are not there")
    #expect(Self.told(dates.differences) == ["2026-09-02..2026-09-02 1 g1//g2,g3"])
  }

  @Test func aNeighbourWithTheCalendarOfSchoolsIsInTheirGroup() {
    let dates = TermDates(
      Self.year, schools: [Self.first: Self.september()], neighbours: [Self.plymouth: Self.september()])
    #expect(dates.groups.count == 1 && dates.differences.isEmpty)
    #expect(dates.groups.first?.neighbours == [Self.plymouth])
  }

  /// The order in which a school wrote its calendar makes no other group.
  @Test func theOrderOfACalendarDoesNotMatter() {
    let one = Self.closure([7, 8], "2026-09-17", "2026-09-17")
    let two = Self.closure([11], "2026-09-17", "2026-09-17")
    let reversed = Self.closure([8, 7], "2026-09-17", "2026-09-17")
    let dates = TermDates(
      Self.year,
      schools: [
        Self.first: Self.september(closures: [one, two]), Self.second: Self.september(closures: [two, reversed]),
      ], neighbours: [:])
    #expect(dates.groups.count == 1)
  }

  @Test func nobodyDiffersFromNobody() {
    let dates = TermDates(Self.year, schools: [:], neighbours: [:])
    #expect(dates.groups.isEmpty && dates.differences.isEmpty)
  }
}
