import Contracts
import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// Which codes cannot be right, or are unlikely.
@Suite struct CodingFaultsTests {
  static let year = SchoolYear(startYear: 2026)
  static let monday = MadeUp.day("2026-09-07")
  static let span = DayRange(first: year.first, last: year.last)

  static func row(_ marks: [(String, Session, String)]) -> PupilYear {
    var row = PupilYear(year: year)
    for (day, session, code) in marks { row[MadeUp.day(day), session] = AttendanceCode(code) }
    return row
  }

  static func roll(
    _ marks: [(String, Session, String)], registration: Int64 = 1, from: String = "2024-09-02", to: String? = nil,
    arrangements: [(Arrangement.Kind, String, String?)] = [], calendars: CalendarYears = MadeUp.calendars
  ) -> CodingRoll {
    CodingRoll(
      registration: registration,
      time: MadeUp.time(DayRange(first: MadeUp.day(from), last: to.map(MadeUp.day) ?? DayRange.always.last)),
      calendars: calendars,
      arrangements: arrangements.enumerated().map { number, it in
        Arrangement(
          number: Int64(number), registration: registration, kind: it.0, first: MadeUp.day(it.1),
          last: it.2.map(MadeUp.day), details: ArrangementDetails())
      }, rows: [row(marks)])
  }

  static func rules(_ rolls: [CodingRoll], born: String = "2016-05-04") -> [CodingRule] {
    CodingFaults(dateOfBirth: MadeUp.day(born), rolls: rolls).faults(of: rolls[0], in: span).map(\.rule)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let code: String
    var born = "2016-05-04"
    var arranged: (Arrangement.Kind, String, String?)?
    let expected: [CodingRule]
    var testDescription: String { name }
  }

  static let table: [Row] = [
    Row(name: "X of compulsory age", code: "X", expected: [.notRequiredButCompulsory]),
    Row(name: "X before compulsory age", code: "X", born: "2022-01-10", expected: []),
    Row(name: "C2 before compulsory age", code: "C2", born: "2022-01-10", expected: [.partTimeNotCompulsory]),
    Row(name: "C2 without timetable", code: "C2", expected: [.partTimeWithoutTimetable]),
    Row(
      name: "C2 with timetable", code: "C2", arranged: (.partTimeTimetable, "2026-09-07", nil), expected: []),
    Row(
      name: "C2 after the timetable", code: "C2", arranged: (.partTimeTimetable, "2026-09-01", "2026-09-06"),
      expected: [.partTimeWithoutTimetable]),
    Row(name: "D alone", code: "D", expected: [.dualWithoutOther]),
    Row(name: "E without suspension", code: "E", expected: [.exclusionWithoutRecord]),
    Row(name: "E in a suspension", code: "E", arranged: (.suspension, "2026-09-07", "2026-09-07"), expected: []),
    Row(
      name: "E with leave only", code: "E", arranged: (.leave, "2026-09-07", "2026-09-07"),
      expected: [.exclusionWithoutRecord]),
    Row(name: "Z on roll", code: "Z", expected: [.notYetOnRoll]),
    Row(name: "closed on an open day", code: "#", expected: [.closedOnOpenDay]),
    Row(name: "ill", code: "I", expected: []), Row(name: "late", code: "L", expected: []),
    Row(name: "reason not established", code: "N", expected: []),
  ]

  @Test(arguments: table) func aCode(row: Row) {
    let roll = Self.roll([("2026-09-07", .am, row.code)], arrangements: row.arranged.map { [$0] } ?? [])
    #expect(Self.rules([roll], born: row.born) == row.expected)
  }

  @Test(arguments: ["B", "K", "P", "V", "W"]) func activityNeedsAProvision(code: String) {
    let marks = [("2026-09-07", Session.pm, code)]
    #expect(Self.rules([Self.roll(marks)]) == [.activityUnconfirmed])
    #expect(Self.rules([Self.roll(marks, arrangements: [(.provision, "2026-09-01", nil)])]) == [])
  }

  @Test func aPlannedClosureOnAClosedDayIsRight() {
    // The INSET day, a holiday, and the afternoon of the short day.
    #expect(
      Self.rules([
        Self.roll([("2026-09-04", .am, "#"), ("2026-10-28", .am, "#"), ("2026-12-18", .pm, "#")])
      ]) == [])
  }

  @Test func marksOutsideTheTimeOnRoll() {
    let marks = [
      ("2026-09-07", Session.am, "/"), ("2026-09-08", .am, "/"), ("2026-09-09", .am, "/"), ("2026-09-10", .am, "I"),
    ]
    #expect(Self.rules([Self.roll(marks, from: "2026-09-08", to: "2026-09-09")]) == [.outsideRoll, .outsideRoll])
    // Prospective pupils may stand in the register before they are on the roll.
    #expect(Self.rules([Self.roll([("2026-09-07", .am, "Z")], from: "2026-09-08")]) == [])
    #expect(Self.rules([Self.roll([("2026-09-09", .am, "Z")], to: "2026-09-08")]) == [.outsideRoll])
  }

  struct Pair: Sendable, CustomTestStringConvertible {
    let here, there: String
    let expected: [CodingRule]
    var testDescription: String { "\(here) and \(there)" }
  }

  @Test(arguments: [
    Pair(here: "D", there: "/", expected: []), Pair(here: "/", there: "D", expected: []),
    Pair(here: "D", there: "D", expected: [.dualAtBoth]), Pair(here: "/", there: "/", expected: [.presentAtBoth]),
    Pair(here: "L", there: "/", expected: [.presentAtBoth]), Pair(here: "I", there: "/", expected: []),
    Pair(here: "D", there: "I", expected: []), Pair(here: "I", there: "I", expected: []),
  ]) func twoSchools(pair: Pair) {
    let here = Self.roll([("2026-09-07", .am, pair.here)])
    let there = Self.roll([("2026-09-07", .am, pair.there)], registration: 2)
    #expect(Self.rules([here, there]) == pair.expected)
    let gone = Self.roll([("2026-09-07", .am, pair.there)], registration: 2, to: "2026-09-01")
    #expect(Self.rules([here, gone]) == (pair.here == "D" ? [.dualWithoutOther] : []))
  }

  /// A mark that the other school's calendar has no session for is no mark of that school.
  @Test(arguments: ["D", "/"]) func marksOfTheOtherSchoolThatDoNotCount(code: String) {
    var closed = MadeUp.autumn
    closed.closed.insert(Self.monday)
    let there = Self.roll(
      [("2026-09-07", .am, code)], registration: 2, calendars: CalendarYears([Self.year: closed]))
    #expect(Self.rules([Self.roll([("2026-09-07", .am, code)]), there]) == [])
  }

  @Test func pairsOfOneDay() {
    func day(_ am: String, _ pm: String) -> [CodingRule] {
      Self.rules([
        Self.roll(
          [("2026-09-07", .am, am), ("2026-09-07", .pm, pm)], arrangements: [(.suspension, "2026-09-07", nil)])
      ])
    }
    #expect(day("G", "\\") == [.holidayAndPresent])
    #expect(day("/", "G") == [.holidayAndPresent])
    #expect(day("G", "G") == [])
    #expect(day("G", "I") == [])
    #expect(day("E", "\\") == [])
    #expect(day("/", "E") == [])
  }

  @Test func aSiteClosedForSome() {
    var closures = PartialClosures()
    let onRoll = DayRange(first: MadeUp.day("2024-09-02"), last: MadeUp.day("2026-09-09"))
    let marks: [[(String, Session, String)]] = [
      [("2026-09-07", .am, "Y4"), ("2026-09-07", .pm, "Y4"), ("2026-09-08", .am, "Y4"), ("2026-09-10", .am, "Y4")],
      [("2026-09-07", .am, "Y4"), ("2026-09-07", .pm, "\\"), ("2026-09-08", .am, "X"), ("2026-09-10", .am, "/")],
      [("2026-09-07", .am, "Y4"), ("2026-09-07", .pm, "I")],
    ]
    for marks in marks {
      closures.add(MadeUp.calendars.counting(Self.row(marks), for: MadeUp.time(onRoll)), in: Self.span)
    }
    #expect(closures.findings == [.init(date: Self.monday, session: .pm, closed: 1, others: 2)])
  }

  /// Which code closes the site is said by the table of the day.
  @Test func aSiteClosedInTheCodeOfTheDay() throws {
    let closing = CodeScheme(
      "invented",
      [CodeRule(InventedTables.code("H"), .notPossible, "invented", traits: [.siteClosed])]
        + CodeBook.england.scheme(on: Self.monday).rules.filter { $0.code.text != "H" })
    var closures = PartialClosures(
      codes: CodeBook.england.adding(closing, from: MadeUp.day("2026-10-01"), source: "an invented table"))
    for code in ["H", "/"] {
      closures.add(Self.row([("2026-09-07", .am, code), ("2026-11-09", .am, code)]), in: Self.span)
    }
    #expect(closures.findings == [.init(date: MadeUp.day("2026-11-09"), session: .am, closed: 1, others: 1)])
  }

  /// Rows of present and ill children have no faults, whichever way they are looked at: the short way sees the same.
  @Test(arguments: UInt64(1)...20) func plainRowsHaveNoFaults(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let marks = MadeUp.autumn.schoolDays.flatMap { day in
      Session.allCases.filter { MadeUp.autumn.hasSession(day, $0) }.map {
        (day.iso, $0, random.pick([$0 == .am ? "/" : "\\", "L", "I", "M", "O", "N", "U", "T"]))
      }
    }
    #expect(Self.rules([Self.roll(marks)]) == [], "seed \(seed)")
    // One more code, and it is found.
    let place = random.below(marks.count)
    var changed = marks
    changed[place].2 = "X"
    #expect(Self.rules([Self.roll(changed)]) == [.notRequiredButCompulsory], "seed \(seed)")
  }

  @Test func everyRuleSaysWhatAndWhere() {
    let codes = CodeBook.england.scheme(on: MadeUp.today)
    for rule in CodingRule.allCases { #expect(!rule.meaning(codes).isEmpty && !rule.source.isEmpty, "\(rule)") }
  }
}

/// N must be replaced within five school days (ATT-2).
@Suite struct UnresolvedReasonTests {
  private static func state(_ today: String) -> UnresolvedReason? {
    let row = CodingFaultsTests.row([("2026-10-20", .am, "N"), ("2026-10-20", .pm, "\\")])
    return UnresolvedReason.all(
      in: row, days: CodingFaultsTests.span, calendar: MadeUp.calendars.joined, today: MadeUp.day(today)
    ).first
  }

  /// The half term lies between: 21, 22, 23 October and 2, 3 November are the five school days.
  @Test func schoolDaysAreCounted() {
    for (today, state) in [
      ("2026-10-20", .open), ("2026-10-22", .open), ("2026-10-23", .due), ("2026-10-30", .due), ("2026-11-03", .due),
      ("2026-11-04", .overdue), ("2027-02-01", .overdue),
    ] as [(String, UnresolvedReason.State)] {
      #expect(Self.state(today)?.state == state, "\(today)")
      #expect(Self.state(today)?.amendBy == MadeUp.day("2026-11-03"))
    }
  }

  @Test func withoutACalendarNothingIsDue() {
    let row = CodingFaultsTests.row([("2026-10-20", .am, "N")])
    let found = UnresolvedReason.all(
      in: row, days: CodingFaultsTests.span, calendar: nil, today: MadeUp.day("2027-02-01"))
    #expect(found.map(\.state) == [.open] && found[0].amendBy == nil)
    #expect(
      UnresolvedReason.all(
        in: PupilYear(year: CodingFaultsTests.year), days: CodingFaultsTests.span, calendar: nil, today: MadeUp.today
      ).isEmpty)
  }
}

/// What an arrangement must say.
@Suite struct ArrangementTests {
  static let onRoll = DayRange(first: MadeUp.day("2024-09-02"), last: MadeUp.day("2027-07-31"))
  static let compulsory = DayRange(first: MadeUp.day("2021-08-31"), last: MadeUp.day("2032-06-25"))

  static func pointers(
    _ kind: Arrangement.Kind, first: String = "2026-09-07", last: String? = "2026-10-01",
    _ fill: (inout ArrangementDetails) -> Void
  ) -> [String] {
    var details = ArrangementDetails()
    fill(&details)
    return Arrangement.faults(
      kind, first: MadeUp.day(first), last: last.map(MadeUp.day), details: details, onRoll: onRoll,
      compulsory: compulsory
    ).all.map(\.pointer)
  }

  private static func partTime(_ details: inout ArrangementDetails) {
    details.reason = "health"
    details.hoursPerWeek = 15
    details.reviewOn = MadeUp.day("2026-09-28")
    details.parentAgreedOn = MadeUp.day("2026-09-03")
    details.sessions = ["MON-AM", "TUE-AM"]
  }

  @Test func partTimeTimetables() {
    #expect(Self.pointers(.partTimeTimetable, Self.partTime) == [])
    #expect(
      Self.pointers(.partTimeTimetable) { _ in } == [
        "/details/reason", "/details/hoursPerWeek", "/details/reviewOn", "/details/parentAgreedOn",
      ])
    for (change, pointer) in [
      ({ $0.reason = "convenience" }, "/details/reason"), ({ $0.hoursPerWeek = 40 }, "/details/hoursPerWeek"),
      ({ $0.hoursPerWeek = -1 }, "/details/hoursPerWeek"), ({ $0.hoursPerWeek = .nan }, "/details/hoursPerWeek"),
      ({ $0.reviewOn = MadeUp.day("2026-09-01") }, "/details/reviewOn"),
      ({ $0.sessions = ["MON-AM", "MON-AM"] }, "/details/sessions"),
      ({ $0.sessions = ["SUN-AM"] }, "/details/sessions"),
    ] as [((inout ArrangementDetails) -> Void, String)] {
      #expect(
        Self.pointers(.partTimeTimetable) {
          Self.partTime(&$0)
          change(&$0)
        } == [pointer])
    }
  }

  @Test func otherKinds() {
    #expect(Self.pointers(.suspension) { $0.kind = "suspended" } == [])
    #expect(Self.pointers(.suspension) { $0.kind = "sent home" } == ["/details/kind"])
    #expect(Self.pointers(.provision) { ($0.nature, $0.provider) = ("Hospital school", "Made-up Trust") } == [])
    #expect(
      Self.pointers(.provision) { ($0.nature, $0.provider) = ("a\u{0}b", String(repeating: "x", count: 201)) } == [
        "/details/nature", "/details/provider",
      ])
    #expect(Self.pointers(.leave) { $0.code = AttendanceCode("C") } == [])
    #expect(Self.pointers(.leave) { $0.code = AttendanceCode("G") } == ["/details/code"])
    #expect(Self.pointers(.leave, last: nil) { $0.code = AttendanceCode("S") } == ["/last"])
    #expect(Self.pointers(.suspension, last: "2026-09-06") { $0.kind = "suspended" } == ["/last"])
    #expect(Self.pointers(.suspension, first: "2024-09-01") { $0.kind = "suspended" } == ["/first", "/last"])
    #expect(Self.pointers(.suspension, last: "2027-08-01") { $0.kind = "suspended" } == ["/last"])
  }

  /// What does not belong to the kind is not kept.
  @Test func onlyWhatBelongsIsKept() {
    var details = ArrangementDetails()
    Self.partTime(&details)
    details.kind = "suspended"
    details.provider = "Made-up Trust"
    var expected = ArrangementDetails()
    expected.kind = "suspended"
    #expect(Arrangement.kept(details, of: .suspension) == expected)
    #expect(Arrangement.kept(details, of: .partTimeTimetable).provider == nil)
  }
}
