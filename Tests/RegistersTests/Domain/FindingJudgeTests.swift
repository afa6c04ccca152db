import Contracts
import Rulebook
import Seeded
import TestKit
import Testing

@testable import RegistersDomain

@Suite struct FindingJudgeTests {
  private static let year = SchoolYear(startYear: 2026)
  private static let plan = YearPlan(MadeUp.autumn, year)
  private static let compulsory = MadeUp.entry(0).compulsory

  /// A row with a code for each session of the school days, in order; the codes of two-session days in pairs.
  private func row(_ codes: String..., from first: String = "2026-09-02") -> PupilYear {
    var row = PupilYear(year: Self.year)
    let days = Self.plan.days.filter { $0.day >= MadeUp.day(first) }
    var position = 0
    for run in codes {
      let parts = run.split(separator: "*")
      let code = AttendanceCode(parts[0])
      for _ in 0..<(parts.count > 1 ? Int(parts[1])! : 1) {
        row[days[position / 2].day, position % 2 == 0 ? .am : .pm] = code
        position += 1
      }
    }
    return row
  }

  private func judge(
    _ row: PupilYear, today: String = "2026-12-31", compulsory: DayRange = compulsory, agreed: [DayRange] = [],
    open: [OpenFinding] = [], before: FindingJudge.YearBefore? = nil
  ) -> [Finding] {
    FindingJudge(plan: Self.plan, today: MadeUp.day(today)).findings(
      row, time: MadeUp.time(.always), compulsory: compulsory, agreed: agreed, open: open
    ) { before }
  }

  private func kinds(_ findings: [Finding]) -> [FindingKind] {
    findings.map(\.kind).sorted { $0.rawValue < $1.rawValue }
  }

  @Test func tenContinuousDaysAreFoundOnTheTenth() throws {
    #expect(!kinds(judge(row("O*18", "/", "\\"))).contains(.tenDayAbsence))
    let found = try #require(judge(row("O*20")).first { $0.kind == .tenDayAbsence })
    #expect(found.since == MadeUp.day("2026-09-02") && found.on == MadeUp.day("2026-09-16") && found.count == 10)
    #expect(kinds(judge(row("O*40"))).contains(.twentyDayAbsence))
  }

  /// ATT-12: attendance and authorised absence break a run; not possible and no mark neither count nor break it.
  @Test(arguments: [
    (["O*18", "I", "O", "O*2"], false), (["O*18", "/", "O", "O*2"], false), (["O*18", "Y1*2", "O*2"], true),
    (["O*18", "D", "O", "O*2"], true), (["O*17", "Y1", "O*2", "O*2"], true), (["G*4", "N*4", "U*4", "O*8"], true),
    (["O*18", "I*2", "O*18"], false), (["O*18", "Y1", "/", "O*2"], false),
  ])
  func whatBreaksARun(codes: [String], isFound: Bool) {
    var filled = PupilYear(year: Self.year)
    var position = 0
    for run in codes {
      let parts = run.split(separator: "*")
      for _ in 0..<(parts.count > 1 ? Int(parts[1])! : 1) {
        filled[Self.plan.days[position / 2].day, position % 2 == 0 ? .am : .pm] = AttendanceCode(parts[0])
        position += 1
      }
    }
    #expect(kinds(judge(filled)).contains(.tenDayAbsence) == isFound)
  }

  @Test func aRunGoesOnOverTheSummer() throws {
    let yearBefore = SchoolYear(startYear: 2025)
    let summer = SchoolCalendar(terms: [DayRange(first: MadeUp.day("2026-06-01"), last: MadeUp.day("2026-07-17"))])
    let plan = YearPlan(summer, yearBefore)
    var earlier = PupilYear(year: yearBefore)
    for day in plan.days.suffix(6) {
      for session in Session.allCases { earlier[day.day, session] = AttendanceCode("G") }
    }
    let before = FindingJudge.YearBefore(row: earlier, plan: plan)
    let found = try #require(judge(row("O*8"), before: before).first { $0.kind == .tenDayAbsence })
    #expect(found.since == MadeUp.day("2026-07-10") && found.on == MadeUp.day("2026-09-08"))
    #expect(!kinds(judge(row("/", "O*7"), before: before)).contains(.tenDayAbsence))
    #expect(!kinds(judge(row("O*8"))).contains(.tenDayAbsence))
  }

  @Test func returnsConcernCompulsorySchoolAgeOnly() {
    let young = DayRange(first: MadeUp.day("2026-12-31"), last: MadeUp.day("2037-06-26"))
    #expect(judge(row("O*60"), compulsory: young).isEmpty)
    #expect(judge(row("I*60"), compulsory: young).isEmpty)
  }

  /// ATT-13: a school day that holds an I is a day of illness, one session or two.
  @Test func fifteenDaysThatHoldAnIAreASicknessReturn() throws {
    #expect(!kinds(judge(row("I*28", "/", "\\"))).contains(.fifteenDaySickness))
    let mornings = row("I", "\\", "I*2", "/", "I", "I*24")
    let found = try #require(judge(mornings).first { $0.kind == .fifteenDaySickness })
    #expect(found.count == 15 && found.since == MadeUp.day("2026-09-02") && found.on == MadeUp.day("2026-09-23"))
  }

  /// Illness is counted from 1 September: a term that begins in August does so in the year that ends (ATT-13).
  @Test func illnessOfAugustIsOfTheYearThatEnds() throws {
    let calendar = SchoolCalendar(terms: [
      DayRange(first: MadeUp.day("2026-06-01"), last: MadeUp.day("2026-07-17")),
      DayRange(first: MadeUp.day("2026-08-24"), last: MadeUp.day("2026-12-18")),
    ])
    let (earlier, later) = (YearPlan(calendar, SchoolYear(startYear: 2025)), YearPlan(calendar, Self.year))
    func ill(_ plan: YearPlan, _ days: [String: Int]) -> PupilYear {
      var row = PupilYear(year: plan.year)
      for (first, count) in days {
        for day in plan.days.filter({ $0.day >= MadeUp.day(first) }).prefix(count) {
          row[day.day, .am] = AttendanceCode("I")
        }
      }
      return row
    }
    func found(_ summer: Int, _ august: Int, _ autumn: Int) -> [Day] {
      let judge = FindingJudge(plan: later, today: MadeUp.day("2026-12-31"))
      return judge.findings(
        ill(later, ["2026-08-24": august, "2026-09-01": autumn]), time: MadeUp.time(.always),
        compulsory: Self.compulsory
      ) { .init(row: ill(earlier, ["2026-06-01": summer]), plan: earlier) }
      .filter { $0.kind == .fifteenDaySickness }.map(\.on)
    }
    #expect(found(10, 5, 0) == [MadeUp.day("2026-08-28")], "the fifteenth is in August")
    #expect(found(9, 5, 1) == [], "fourteen, and one of the new year")
    #expect(found(15, 5, 0) == [], "found in the year before")
    #expect(found(0, 5, 15) == [MadeUp.day("2026-09-21")])
    #expect(found(10, 5, 15).count == 2, "one a year")
  }

  @Test func sharesAreExactAndNotOfShortRecords() {
    #expect(kinds(judge(row("/*35", "I*4"))) == [], "39 possible sessions are a short record")
    #expect(kinds(judge(row("/*36", "I*4"))) == [.persistentAbsence])
    #expect(kinds(judge(row("/*37", "I*4"))) == [])
    #expect(kinds(judge(row("/*20", "M*20"))) == [.persistentAbsence, .severeAbsence])
  }

  @Test func aPartTimeTimetableOfFortyThreeDaysAsksForAPlan() throws {
    // C2 each afternoon from 2 September: six weeks are over on 14 October.
    var row = PupilYear(year: Self.year)
    for day in Self.plan.days where day.day <= MadeUp.day("2026-10-14") {
      row[day.day, .am] = AttendanceCode("/")
      row[day.day, .pm] = AttendanceCode("C2")
    }
    #expect(!kinds(judge(row, today: "2026-10-14")).contains(.partTimeSixWeeks))
    let found = try #require(judge(row, today: "2026-10-15").first { $0.kind == .partTimeSixWeeks })
    #expect(found.on == MadeUp.day("2026-10-15") && found.since == MadeUp.day("2026-09-02"))
    #expect(!kinds(judge(row, today: "2026-10-30")).contains(.partTimeTwelveWeeks))
    #expect(!kinds(judge(row, today: "2026-12-18")).contains(.partTimeSixWeeks), "ten school days without: it ended")
    let agreed = [DayRange(first: MadeUp.day("2026-09-02"), last: MadeUp.day("2027-09-01"))]
    #expect(
      kinds(judge(PupilYear(year: Self.year), today: "2026-11-26", agreed: agreed)) == [
        .partTimeSixWeeks, .partTimeTwelveWeeks,
      ])
  }

  @Test func unexplainedAbsenceIsOfTheDayAndStaysUntilItIsExplained() throws {
    let row = row("N*2", "/*2")
    let found = try #require(judge(row, today: "2026-09-02").first)
    #expect(found.kind == .unexplainedAbsence && found.session == .am && found.count == 2)
    #expect(judge(row, today: "2026-09-03").isEmpty, "history that comes late is not told as this morning's")
    let open = OpenFinding(
      number: 1, kind: .unexplainedAbsence, occasion: found.occasion, since: found.since, on: found.on)
    #expect(kinds(judge(row, today: "2026-09-03", open: [open])) == [.unexplainedAbsence])
    var explained = row
    explained[MadeUp.day("2026-09-02"), .am] = AttendanceCode("I")
    #expect(judge(explained, today: "2026-09-03", open: [open]).count == 1, "the afternoon is unexplained still")
    explained[MadeUp.day("2026-09-02"), .pm] = AttendanceCode("I")
    #expect(judge(explained, today: "2026-09-03", open: [open]).isEmpty)
  }

  @Test func aRunThatGrowsIsTheSameRun() {
    let short = judge(row("/*2", "O*20"))
    let open = short.filter { $0.kind == .tenDayAbsence }.map {
      OpenFinding(number: 7, kind: $0.kind, occasion: $0.occasion, since: $0.since, on: $0.on)
    }
    let long = judge(row("O*22"))
    #expect(FindingDifference(open: open, now: long.filter { $0.kind == .tenDayAbsence }).isEmpty)
    #expect(FindingDifference(open: open, now: []).lapsed == open)
  }

  /// In whatever order marks come and are corrected, what is open at the end is what is true of the marks at the end.
  @Test func stepByStepEndsWhereAtOnceDoes() {
    let seed = SeededGenerator.chosenSeed
    var random = SeededGenerator(seed: seed)
    let codes = ["/", "O", "N", "I", "C2", "G", "Y1", "M"].compactMap { AttendanceCode($0) }
    for _ in 0..<40 {
      var row = PupilYear(year: Self.year)
      var open: [OpenFinding] = []
      var number: Int64 = 0
      for _ in 0..<60 {
        let start = random.below(Self.plan.days.count)
        let code = random.pick(codes)
        for day in Self.plan.days[start..<min(start + 1 + random.below(14), Self.plan.days.count)] {
          for session in Session.allCases { row[day.day, session] = code }
        }
        let difference = FindingDifference(open: open, now: judge(row, open: open))
        open.removeAll { difference.lapsed.contains($0) }
        for finding in difference.raised {
          number += 1
          open.append(
            OpenFinding(
              number: number, kind: finding.kind, occasion: finding.occasion, since: finding.since, on: finding.on))
        }
      }
      #expect(kinds(judge(row)) == open.map(\.kind).sorted { $0.rawValue < $1.rawValue }, "seed \(seed)")
    }
  }

  /// Children with few sessions of absence or illness are not walked day by day: nothing is missed by that.
  @Test(arguments: 1...4) func whatIsNotWalkedHasNothing(seed: Int) {
    print("seed \(seed)")
    var random = SeededGenerator(seed: UInt64(seed))
    let days = Self.plan.days
    var walked = 0
    for _ in 0..<400 {
      var row = PupilYear(year: Self.year)
      let spell = random.below(days.count)
      let length = 7 + random.below(12)
      let code = AttendanceCode(random.pick(["O", "N", "U", "I", "/"]))
      for (number, day) in days.enumerated() {
        let isAway = number >= spell && number < spell + length
        let there = AttendanceCode(random.below(12) == 0 ? random.pick(["I", "O", "Y2", "M"]) : "/")
        if day.hasMorning { row[day.day, .am] = isAway ? code : there }
        if day.hasAfternoon { row[day.day, .pm] = isAway && random.below(30) > 0 ? code : there }
      }
      let judge = FindingJudge(plan: Self.plan, today: MadeUp.day("2026-12-31"))
      let all =
        judge.runs(row, compulsory: Self.compulsory) { nil }
        + judge.sickness(row, compulsory: Self.compulsory) { nil }
      let kinds: Set = [FindingKind.tenDayAbsence, .twentyDayAbsence, .fifteenDaySickness]
      let found = self.judge(row).filter { kinds.contains($0.kind) }
      #expect(found == all, "seed \(seed)")
      walked += all.isEmpty ? 0 : 1
    }
    #expect(walked > 40, "the rows are near the limits")
  }
}
