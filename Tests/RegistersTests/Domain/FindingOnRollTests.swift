import Contracts
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// A mark outside the time on roll is no mark, for findings as for figures (*what counts* in docs/interpretations.md).
@Suite struct FindingOnRollTests {
  private static let year = SchoolYear(startYear: 2026)
  private static let plan = YearPlan(MadeUp.autumn, year)
  private static let compulsory = MadeUp.entry(0).compulsory

  private static func span(_ first: String, _ last: String) -> DayRange {
    DayRange(first: MadeUp.day(first), last: MadeUp.day(last))
  }

  /// The same code in every session of the school days.
  private static func row(_ code: String) -> PupilYear {
    var row = PupilYear(year: year)
    for day in plan.days {
      for session in Session.allCases { row[day.day, session] = AttendanceCode(code) }
    }
    return row
  }

  private func found(
    _ row: PupilYear, onRoll: DayRange, today: String = "2026-12-31", agreed: [DayRange] = [],
    before: FindingJudge.YearBefore? = nil
  ) -> [Finding] {
    FindingJudge(plan: Self.plan, today: MadeUp.day(today)).findings(
      row, time: MadeUp.time(onRoll), compulsory: Self.compulsory, agreed: agreed
    ) { before }
  }

  /// By a definition that goes through every day.
  @Test func aRowWithinASpanHasTheMarksOfItsDaysOnly() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for startYear in [2023, 2026] {
      let year = SchoolYear(startYear: startYear)
      var row = PupilYear(year: year)
      for ordinal in year.first.ordinal...year.last.ordinal {
        for session in Session.allCases where Bool.random(using: &random) {
          row[Day(ordinal: ordinal), session] = AttendanceCode("/")
        }
      }
      for _ in 0..<200 {
        let first = Int32.random(in: (year.first.ordinal - 40)...(year.last.ordinal + 40), using: &random)
        let last = first + Int32.random(in: 0...420, using: &random)
        let days = DayRange(first: Day(ordinal: first), last: Day(ordinal: last))
        var expected = PupilYear(year: year)
        row.forEachMark(in: days) { expected[$0, $1] = $2 }
        guard row.within(days) == expected else {
          Issue.record("seed \(seed): \(days)")
          return
        }
      }
      #expect(row.within(.always) == row)
    }
  }

  @Test func marksBeforeAndAfterTheTimeOnRollCountForNothing() {
    let absent = Self.row("O")
    let whole = Set(found(absent, onRoll: .always).map(\.kind))
    #expect(whole == [.tenDayAbsence, .twentyDayAbsence, .persistentAbsence, .severeAbsence])
    // Nine school days, at the end and at the start.
    #expect(found(absent, onRoll: Self.span("2026-09-02", "2026-09-15")).isEmpty)
    #expect(found(absent, onRoll: Self.span("2026-12-08", "2027-07-01")).isEmpty)
    let ten = found(absent, onRoll: Self.span("2026-10-01", "2026-10-14")).map(\.since)
    #expect(ten == [MadeUp.day("2026-10-01")])
    #expect(found(Self.row("I"), onRoll: Self.span("2026-09-02", "2026-09-22")).isEmpty, "fourteen days of illness")
    #expect(found(Self.row("N"), onRoll: Self.span("2026-09-02", "2026-09-04"), today: "2026-09-07").isEmpty)
  }

  @Test func aRunOfLastSummerIsOfTheTimeOnRollOnly() throws {
    let yearBefore = SchoolYear(startYear: 2025)
    let plan = YearPlan(SchoolCalendar(terms: [Self.span("2026-06-01", "2026-07-17")]), yearBefore)
    var earlier = PupilYear(year: yearBefore)
    for day in plan.days {
      for session in Session.allCases { earlier[day.day, session] = AttendanceCode("O") }
    }
    let before = FindingJudge.YearBefore(row: earlier, plan: plan)
    var row = PupilYear(year: Self.year)
    for day in Self.plan.days.prefix(5) {
      for session in Session.allCases { row[day.day, session] = AttendanceCode("O") }
    }
    // Four days of July and five of September.
    #expect(found(row, onRoll: Self.span("2026-07-14", "2027-08-31"), before: before).isEmpty)
    let ten = try #require(found(row, onRoll: Self.span("2026-07-13", "2027-08-31"), before: before).first)
    #expect(ten.since == MadeUp.day("2026-07-13") && ten.count == 10)
  }

  /// Illness of August is counted with that of the year that ends, as far as the child was on the roll.
  @Test func illnessOfLastSummerIsOfTheTimeOnRollOnly() throws {
    let yearBefore = SchoolYear(startYear: 2025)
    let summer = YearPlan(SchoolCalendar(terms: [Self.span("2026-06-01", "2026-07-17")]), yearBefore)
    let plan = YearPlan(SchoolCalendar(terms: [Self.span("2026-08-17", "2026-08-28")]), Self.year)
    func ill(_ plan: YearPlan) -> PupilYear {
      var row = PupilYear(year: plan.year)
      for day in plan.days { row[day.day, .am] = AttendanceCode("I") }
      return row
    }
    let before = FindingJudge.YearBefore(row: ill(summer), plan: summer)
    func found(from first: String) -> [Finding] {
      FindingJudge(plan: plan, today: MadeUp.day("2026-12-31")).findings(
        ill(plan), time: MadeUp.time(Self.span(first, "2027-08-31")), compulsory: Self.compulsory
      ) { before }.filter { $0.kind == .fifteenDaySickness }
    }
    // Four or five days of July, and ten of August.
    #expect(found(from: "2026-07-14").isEmpty)
    let fifteen = try #require(found(from: "2026-07-13").first)
    #expect(fifteen.count == 15 && fifteen.since == MadeUp.day("2026-07-13"))
  }

  @Test func anAgreedTimetableEndsWhenTheChildLeaves() throws {
    let agreed = [Self.span("2026-09-02", "2027-07-31")]
    let none = PupilYear(year: Self.year)
    let left = found(none, onRoll: Self.span("2025-09-01", "2026-10-14"), agreed: agreed)
    #expect(left.isEmpty, "six weeks to the day")
    let stayed = try #require(found(none, onRoll: Self.span("2025-09-01", "2026-10-15"), agreed: agreed).first)
    #expect(stayed.kind == .partTimeSixWeeks && stayed.through == MadeUp.day("2026-10-15"))
    let judge = FindingJudge(plan: Self.plan, today: MadeUp.day("2026-12-01"))
    for (last, lasts) in [("2026-11-30", false), ("2027-07-31", true)] {
      let isOn = judge.isOnPartTimeTimetable(
        none, time: MadeUp.time(Self.span("2025-09-01", last)), agreed: agreed, since: MadeUp.day("2026-09-02"),
        before: nil)
      #expect(isOn == lasts)
    }
  }

  /// Persistent absence is of the sessions of compulsory school age, as in the figures of the authority (ATT-7).
  @Test func sharesAreOfCompulsorySchoolAgeOnly() throws {
    var row = Self.row("/")
    for day in Self.plan.days where day.day < MadeUp.day("2026-10-01") {
      for session in Session.allCases { row[day.day, session] = AttendanceCode("I") }
    }
    func kinds(_ first: String, _ last: String) -> [FindingKind] {
      let judge = FindingJudge(plan: Self.plan, today: MadeUp.day("2026-12-31"))
      return judge.findings(row, time: MadeUp.time(.always), compulsory: Self.span(first, last), before: { nil }).map(
        \.kind
      )
      .filter(\.isShareOfYear)
    }
    #expect(kinds("2021-09-01", "2032-06-25") == [.persistentAbsence])
    #expect(kinds("2026-10-01", "2037-06-25") == [], "absent only before it")
    #expect(kinds("2016-09-01", "2026-09-29") == [], "a short record before it ended")
    #expect(kinds("2016-09-01", "2026-10-16") == [.persistentAbsence, .severeAbsence], "absent mostly while it lasted")
    #expect(kinds("2026-09-24", "2032-06-25") == [], "five days of sixty-two")
  }
}
