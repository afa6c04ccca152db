import Contracts
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// With a table more before and one more after, every figure, finding and import judges each day by its own.
@Suite struct OtherTablesTests {
  private typealias T = InventedTables

  // MARK: findings

  private func findings(_ row: PupilYear, today: Day = T.today, codes: CodeBook = T.book) -> [FindingKind: Finding] {
    let found = FindingJudge(plan: T.plan, today: today, codes: codes).findings(
      row, time: T.time, compulsory: MadeUp.entry(0).compulsory, before: { nil })
    return Dictionary(uniqueKeysWithValues: found.map { ($0.kind, $0) })
  }

  /// Five days of one code and five of the other are ten; the codes of the wrong side are nothing.
  @Test func aRunGoesOnAcrossTheChange() {
    let run = findings(T.row("O", "H", days: "2027-08-25"..."2027-09-07"))
    #expect(run[.tenDayAbsence]?.since == MadeUp.day("2027-08-25"))
    #expect(run[.tenDayAbsence]?.on == MadeUp.day("2027-09-07"))
    #expect(findings(T.row("O", "O", days: "2027-08-25"..."2027-09-07"))[.tenDayAbsence] == nil)
    #expect(findings(T.row("H", "H", days: "2027-08-25"..."2027-09-07"))[.tenDayAbsence] == nil)
    #expect(
      findings(T.row("O", "H", days: "2027-08-25"..."2027-09-07"), codes: .england)[.tenDayAbsence] == nil)
    // Present under the one table ends it, the same letter under the other does not.
    #expect(
      findings(T.row("N", "N", days: "2027-08-18"..."2027-09-07"))[.tenDayAbsence]?.on == MadeUp.day("2027-08-31"))
  }

  @Test func illnessIsCountedInTheCodeOfTheDay() {
    #expect(findings(T.row("I", "F", days: "2027-09-01"..."2027-09-21"))[.fifteenDaySickness]?.count == 15)
    #expect(findings(T.row("I", "I"))[.fifteenDaySickness] == nil)
    #expect(findings(T.row("I", "F"), codes: .england)[.fifteenDaySickness] == nil)
    // A table that begins in the middle of what is counted.
    let change = MadeUp.day("2027-09-13")
    let book = CodeBook.england.adding(T.table2027, from: change, source: "an invented table")
    var row = PupilYear(year: T.year)
    for day in T.plan.days where "2027-09-01"..."2027-09-21" ~= day.day.iso {
      row[day.day, .am] = AttendanceCode(day.day < change ? "I" : "F")
    }
    #expect(findings(row, codes: book)[.fifteenDaySickness]?.count == 15)
  }

  @Test func sharesAreOfWhatEachDayCounts() {
    // Twelve days before the change: missed under the first table only.
    let before = findings(T.row("N", "N"))
    #expect(before[.persistentAbsence]?.count == 24 && before[.severeAbsence] == nil)
    #expect(findings(T.row("N", "N"), codes: .england)[.severeAbsence] != nil)
    let after = findings(T.row("P", "P"))
    #expect(after[.severeAbsence]?.count == (T.plan.days.count - 12) * 2)
    #expect(findings(T.row("P", "P"), codes: .england)[.persistentAbsence] == nil)
  }

  @Test func unexplainedAbsenceIsOfTheDay() {
    for (day, code, isFound) in [
      ("2027-08-31", "O", true), ("2027-08-31", "H", false), ("2027-09-01", "H", true), ("2027-09-01", "O", false),
      ("2027-09-01", "N", false),
    ] {
      let found = findings(T.row(code, code), today: MadeUp.day(day))[.unexplainedAbsence]
      #expect((found != nil) == isFound, "\(day) \(code)")
    }
  }

  @Test func aPartTimeSpellGoesOnAcrossTheChange() {
    let found = findings(T.row("C2", "J"))
    #expect(found[.partTimeTwelveWeeks]?.since == MadeUp.day("2027-08-16"))
    #expect(findings(T.row("C2", "C2"))[.partTimeSixWeeks] == nil)
    #expect(findings(T.row("J", "J"))[.partTimeSixWeeks]?.since == T.change2027)
  }

  @Test func whatAFindingRestsOnIsOfTheDay() {
    for (day, code, rests) in [
      ("2027-08-31", "I", true), ("2027-08-31", "F", false), ("2027-09-01", "I", false), ("2027-09-01", "F", true),
    ] {
      #expect(
        FindingKind.fifteenDaySickness.rests(on: T.code(code), MadeUp.day(day), codes: T.book) == rests,
        "\(day) \(code)")
    }
  }

  // MARK: figures

  private func table(_ rows: [PupilYear], _ period: DayRange, _ grouping: FigureGrouping = .none) -> FigureTable {
    var accumulator = FigureAccumulator(
      FigureQuery(scope: .authority, period: period, grouping: grouping, cohort: .registered, codes: T.book))
    accumulator.add(
      RegistrationFacts(registration: 1, enrolledOn: MadeUp.day("2005-09-01"), dateOfBirth: MadeUp.dateOfBirth),
      at: SchoolFacts(urn: MadeUp.school, phase: .primary, kind: .maintained, sessions: MadeUp.everyDay), rows: rows)
    return accumulator.table
  }

  /// Every code in every year of a change, whole periods and weeks, against sessions looked up one by one.
  @Test(arguments: UInt64(1)...8) func everyFigureIsOfTheDaysOwnTable(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for start in [2011, 2012, 2023, 2024, 2026, 2027] {
      var row = PupilYear(year: SchoolYear(startYear: start))
      for ordinal in row.year.first.ordinal...row.year.last.ordinal {
        for session in Session.allCases where random.below(10) > 0 {
          row[Day(ordinal: ordinal), session] = random.pick(AttendanceCode.all)
        }
      }
      let from = row.year.first.adding(days: random.below(100))
      let period = DayRange(first: from, last: min(row.year.last, from.adding(days: random.below(300))))
      var expected = Statistics()
      var codes: [AttendanceCode: Int] = [:]
      row.forEachMark(in: period) { day, _, code in
        let known =
          switch day {
          case ..<T.change2012: CodeBook.england.tables[0].value
          case ..<MadeUp.day("2024-08-19"): T.table2012
          case ..<T.change2027: CodeBook.england.tables[1].value
          default: T.table2027
          }
        guard let rule = known.rule(for: code) else { return }
        expected.add(rule.traits, count: 1)
        if rule.possibleSession { codes[code, default: 0] += 1 }
      }
      for grouping in [FigureGrouping.none, .week, .month] {
        let total = table([row], period, grouping).total
        #expect(total.statistics == expected, "seed \(seed) \(start) \(grouping.text)")
      }
      #expect(row.statistics(in: period, codes: T.book) == expected, "seed \(seed) \(start)")
      let whole = table([row], period)
      let answer = FigureAnswer(whole, period: "days", asOf: Timestamp(millis: 0), suppress: false)
      let reasons = answer.total.reasons.map { ($0.code, $0.figure.numerator ?? -1) }
      #expect(Dictionary(uniqueKeysWithValues: reasons) == codes, "seed \(seed) \(start)")
      #expect(answer.notes.contains("codes-changed") == !T.book.isOneTable(period), "seed \(seed) \(start)")
    }
  }

  /// The one letter that was an activity, then an absence, then nothing, then a part-time timetable.
  @Test func oneLetterThroughFourTables() {
    func statistics(_ day: String) -> Statistics {
      var row = PupilYear(year: SchoolYear(containing: MadeUp.day(day)))
      row[MadeUp.day(day), .am] = T.code("J")
      return table([row], DayRange(first: MadeUp.day(day), last: MadeUp.day(day))).total.statistics
    }
    #expect(statistics("2011-12-31").approvedActivity == 1)
    #expect(statistics("2012-01-01").authorised == 1 && statistics("2024-08-18").authorised == 1)
    #expect(statistics("2024-08-19") == Statistics() && statistics("2027-08-31") == Statistics())
    #expect(statistics("2027-09-01").authorised == 1)
  }

  /// Small numbers hide the codes for lateness of the period's own table.
  @Test func latenessIsHiddenByItsOwnCode() {
    func late(_ code: String, _ suppress: Bool) -> PublishedFigure? {
      var row = T.row("N", "N")
      for day in ["2027-09-06", "2027-09-07"] { row[MadeUp.day(day), .am] = T.code(code) }
      let period = DayRange(first: T.change2027, last: T.year.last)
      let rows = table([row], period)
      return FigureAnswer(rows, period: "days", asOf: Timestamp(millis: 0), suppress: suppress).total.figures.first {
        $0.measure == "late-after"
      }
    }
    #expect(late("Y", false)?.numerator == 2 && late("U", false)?.numerator == 0)
    #expect(late("Y", true)?.numerator == nil)
  }

  @Test func patternsAreOfTheDay() {
    let days = PatternDay.days([T.row("U", "Y")], in: T.year.days, codes: T.book)
    #expect(days.count == T.plan.days.count && days.allSatisfy { $0.lateAfter == 2 && $0.isWholeAbsent })
    let others = PatternDay.days([T.row("Y", "U")], in: T.year.days, codes: T.book)
    #expect(others.isEmpty)
  }
}

/// The same for what is taken in and checked.
@Suite struct OtherTablesIntakeTests {
  private typealias T = InventedTables

  @Test(
    arguments: [
      ("2027-08-31", "I", nil, "I"), ("2027-09-01", "I", "code-mapped", "F"),
      ("2027-08-31", "F", "code-no-longer-in-force", nil), ("2027-09-01", "F", nil, "F"),
      ("2027-09-01", "O", "ended", nil), ("2027-09-01", "U", "code-no-longer-in-force", nil),
      ("2027-08-31", "J", "code-mapped", "J1"), ("2027-09-01", "J", nil, "J"),
      ("2024-08-18", "K", nil, "K"), ("2011-12-31", "K", "code-not-yet-in-force", nil), ("2012-01-01", "K", nil, "K"),
      ("2012-01-01", "F", "code-no-longer-in-force", nil), ("2011-12-31", "F", nil, "F"),
    ] as [(String, String, String?, String?)])
  func aFileIsJudgedByTheTablesOfItsDays(_ day: String, _ token: String, slug: String?, entered: String?) throws {
    let days = [MadeUp.day(day)]
    let calendar = SchoolCalendar(terms: [], additionalDays: Set(days))
    let born = MadeUp.day("\(Int(day.prefix(4))! - 8)-02-01")
    let judge = MarkJudge(
      roll: Roll([MadeUp.entry(0, born: born, enrolledOn: MadeUp.day("2005-09-01"))]),
      calendars: CalendarYears([SchoolYear(containing: days[0]): calendar]), today: days[0], codes: T.book)
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(["\(MadeUp.upn(0)),\(day),AM,\(token)"]), codes: T.book))
    #expect(
      judged.slugs[2] == slug || (slug == nil && judged.findings.isEmpty), "\(judged.findings.map(\.reason.slug))")
    #expect(judged.slots.first.map { $0.codes[0] } == entered.map { T.code($0).registerByte })
    // One mark alone is judged as one of a file.
    let alone = try? judge.check(judge.roll.entries[0], days[0], .am, token: token)
    #expect((alone ?? nil) == entered.map(T.code))
  }

  @Test func aReasonNamesTheCodesOfItsDay() throws {
    let judge = MarkJudge(
      roll: Roll([MadeUp.entry(0)]), calendars: CalendarYears([T.year: T.calendar]), today: T.today, codes: T.book)
    func reason(_ row: String) throws -> MarkReason? {
      judge.judge(try MarksCSV.read(MadeUp.csv(["\(MadeUp.upn(0)),\(row)"]), codes: T.book)).findings.first?.reason
    }
    #expect(try reason("2027-08-31,AM,X")?.fault.fix.contains("Use C2 where") == true)
    #expect(try reason("2027-09-01,AM,X")?.fault.fix.contains("Use J where") == true)
    #expect(try reason("2027-09-01,AM,O")?.fault.fix == "Use H.")
    #expect(try reason("2027-09-01,AM,U")?.fault.detail.contains("ended on 31 August 2027") == true)
    #expect(try reason("2027-08-31,AM,F")?.fault.detail.contains("ended on 31 December 2011") == true)
  }

  /// The minutes behind a code for lateness are read where any table has it so.
  @Test func minutesStandBehindAnyCodeForLateness() throws {
    let rows = ["\(MadeUp.upn(0)),2027-09-02,AM,Y 12", "\(MadeUp.upn(0)),2027-08-31,AM,U 5"]
    #expect(try MarksCSV.read(MadeUp.csv(rows), codes: T.book).minutes == [0: 12, 1: 5])
    #expect(try MarksCSV.read(MadeUp.csv(rows)).minutes == [1: 5])
  }

  private func faults(_ row: PupilYear, _ arrangements: [Arrangement] = []) -> [CodingFault] {
    let roll = CodingRoll(
      registration: 1, time: T.time, calendars: CalendarYears([T.year: T.calendar]), arrangements: arrangements,
      rows: [row])
    return CodingFaults(dateOfBirth: MadeUp.dateOfBirth, rolls: [roll], codes: T.book).faults(of: roll, in: T.year.days)
  }

  @Test func codingFaultsAreOfTheDay() {
    let found = faults(T.row("C2", "J", days: "2027-08-30"..."2027-09-02"))
    #expect(found.count == 8 && found.allSatisfy { $0.rule == .partTimeWithoutTimetable })
    #expect(faults(T.row("J", "C2", days: "2027-08-30"..."2027-09-02")).isEmpty)
    // A sporting activity needs a provision under one table; under the other it is leave.
    #expect(faults(T.row("P", "P", days: "2027-08-30"..."2027-09-02")).allSatisfy { $0.day < T.change2027 })
    let (before, after) = (T.book.scheme(on: MadeUp.day("2027-08-31")), T.book.scheme(on: T.change2027))
    #expect(CodingRule.partTimeWithoutTimetable.meaning(before).hasPrefix("C2 needs"))
    #expect(CodingRule.partTimeWithoutTimetable.meaning(after).hasPrefix("J needs"))
  }

  @Test func aReasonIsUnresolvedInTheCodeOfTheDay() {
    func days(_ before: String, _ after: String) -> [Day] {
      UnresolvedReason.all(
        in: T.row(before, after, days: "2027-08-31"..."2027-09-01"), days: T.year.days, calendar: T.calendar,
        today: T.today, codes: T.book
      ).map(\.day)
    }
    #expect(days("N", "H") == ["2027-08-31", "2027-08-31", "2027-09-01", "2027-09-01"].map(MadeUp.day))
    #expect(days("H", "N").isEmpty)
  }

  @Test func leaveIsEnteredByTheCodesOfItsFirstDay() {
    func pointers(_ code: String, _ day: Day) -> [String] {
      var details = ArrangementDetails()
      details.code = T.code(code)
      return Arrangement.faults(
        .leave, first: day, last: day, details: details, onRoll: .always, compulsory: MadeUp.entry(0).compulsory,
        codes: T.book
      ).all.map(\.pointer)
    }
    #expect(pointers("P", T.change2027) == [] && pointers("P", MadeUp.day("2027-08-31")) == ["/details/code"])
    #expect(pointers("C", MadeUp.day("2027-08-31")) == [] && pointers("J1", MadeUp.day("2011-12-31")) != [])
  }
}
