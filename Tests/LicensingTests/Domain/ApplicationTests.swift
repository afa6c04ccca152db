import Foundation
import Rulebook
import Testing

@testable import LicensingDomain

/// Applications: what they lack, and which rules they break.
@Suite("Applications")
struct ApplicationTests {
  private let monday = MadeUp.day(2026, 9, 7)
  private let born = MadeUp.day(2011, 10, 1)
  private var calendar: SchoolCalendar {
    SchoolCalendar(terms: [DayRange(first: MadeUp.day(2026, 9, 2), last: MadeUp.day(2026, 10, 23))])
  }

  private func permit(
    _ job: String = "shop_work", termTime: [PermitApplication.Hours], holidays: [PermitApplication.Hours] = [],
    ends: Day? = nil, isFit: Bool? = true
  ) -> PermitApplication {
    PermitApplication(
      employer: "party-1", authority: "880", job: job, work: "Serves in the shop", place: "1 Made-up Street",
      notified: monday, starts: monday, ends: ends, isEducatedAtHome: nil, schoolHours: nil, termTime: termTime,
      holidays: holidays, risksAssessed: true, parentConsents: true, isFit: isFit, isForParents: nil)
  }

  private func rules(_ permit: PermitApplication, _ others: [PermitApplication] = []) -> [String] {
    permit.breaches(dateOfBirth: born, calendar: calendar, others: others, under: EmploymentLaw()).map(\.rule)
  }

  @Test func aLawfulPermit() {
    let permit = permit(
      termTime: [.init(weekday: 1, span: MadeUp.span(16, 18)), .init(weekday: 6, span: MadeUp.span(9, 12))],
      holidays: [.init(weekday: 2, span: MadeUp.span(9, 13))])
    #expect(rules(permit) == [])
    #expect(permit.missing(hasSchool: true) == [])
    #expect(permit.faults.isEmpty)
    #expect(permit.until(dateOfBirth: born) == MadeUp.day(2028, 6, 30))
  }

  /// What is lawful in the holidays is not in the term, and each is judged where it falls.
  @Test func termAndHolidays() {
    let mornings = [PermitApplication.Hours(weekday: 2, span: MadeUp.span(9, 12))]
    #expect(rules(permit(termTime: [], holidays: mornings)) == [])
    #expect(rules(permit(termTime: mornings)) == ["CE-DAY-SCHOOL", "CE-SCHOOL-HOURS"])
  }

  /// Five hours on a Saturday are too long until the child is fifteen.
  @Test func aBirthdayOnTheWay() throws {
    let saturdays = permit(termTime: [.init(weekday: 6, span: MadeUp.span(9, 15), breaks: [MadeUp.span(12, 13)])])
    #expect(rules(saturdays) == [])
    let long = permit(termTime: [.init(weekday: 6, span: MadeUp.span(9, 16), breaks: [MadeUp.span(12, 13)])])
    let breach = try #require(
      long.breaches(dateOfBirth: born, calendar: calendar, others: [], under: EmploymentLaw()).first)
    #expect(breach.rule == "CE-DAY-NONSCHOOL" && breach.on == MadeUp.day(2026, 9, 12))
    #expect(breach.words.hasSuffix(".") && breach.fix.hasSuffix(".") && !breach.source.isEmpty)
    let later = long.breaches(
      dateOfBirth: MadeUp.day(2011, 9, 1), calendar: calendar, others: [], under: EmploymentLaw())
    #expect(later == [], "fifteen from the first day")
  }

  @Test func twoJobsAreAddedUp() {
    let first = permit(termTime: [.init(weekday: 1, span: MadeUp.span(16, 18))])
    let second = permit("office", termTime: [.init(weekday: 1, span: MadeUp.span(18, 19))])
    #expect(rules(second) == [])
    #expect(rules(second, [first]) == ["CE-DAY-SCHOOL"])
  }

  @Test func whatAPermitLacks() {
    let permit = permit(termTime: [], ends: monday.adding(days: 30), isFit: nil)
    #expect(permit.missing(hasSchool: false) == [.school, .hours, .fitness])
    #expect(permit.until(dateOfBirth: born) == monday.adding(days: 30))
    #expect(Set(PermitApplication.Item.allCases.map(\.words)).count == PermitApplication.Item.allCases.count)
  }

  @Test func whatCannotBeEntered() {
    let many = [PermitApplication.Hours](
      repeating: .init(weekday: 1, span: MadeUp.span(16, 17)), count: PermitApplication.mostHours + 1)
    #expect(permit(termTime: many).faults.map(\.field) == ["/termTime"])
    #expect(permit(termTime: [.init(weekday: 8, span: MadeUp.span(16, 17))]).faults.map(\.field) == ["/termTime"])
    #expect(permit(termTime: [], ends: monday.adding(days: -1)).faults.map(\.field) == ["/ends"])
    #expect(permit(String(repeating: "x", count: 501), termTime: []).faults.map(\.field) == ["/job"])
  }

  private func planned(
    _ day: Day, from: Int = 600, to: Int = 840, children: Int = 1, chaperones: [String] = ["party-9"]
  ) throws -> LicenceApplication.PlannedDay {
    .init(
      atPlace: try #require(MadeUp.span(day, from, to)), parts: [], breaks: [], children: children,
      chaperones: chaperones.map { .init(chaperone: $0) })
  }

  private func licence(
    _ days: [LicenceApplication.PlannedDay], isPaid: Bool? = true, lessons: [LessonPlan.Week]? = nil,
    earlier: [Day]? = nil, documents: [LicenceApplication.Document] = LicenceApplication.Document.allCases
  ) -> LicenceApplication {
    LicenceApplication(
      holder: "party-2", production: "The Made-up Show", part: "A child", place: "Made-up Theatre",
      activity: .performance, arranger: nil, isPaid: isPaid, isCharged: true, isOnLicensedPremises: nil,
      isBroadcastOrRecorded: nil, isAbsentFromSchool: nil, received: monday.adding(days: -21), days: days,
      earlierDates: earlier, isCircus: nil, lessons: lessons, documents: documents)
  }

  private func rules(_ licence: LicenceApplication) -> [String] {
    licence.breaches(
      dateOfBirth: born, approvals: ["party-9": DayRange(first: monday.adding(days: -9), last: monday.adding(days: 9))]
    ).map(\.rule)
  }

  /// Six together, or twelve of like standard (reg 13).
  @Test func aPrivateTeacherTeachesSoMany() throws {
    for (together, alike, isBroken) in [(6, false, false), (7, false, true), (12, true, false), (13, true, true)] {
      var licence = licence([try planned(monday)])
      (licence.taughtTogether, licence.isOfLikeStandard) = (together, alike)
      #expect(rules(licence).contains("PF-EDU-GROUP") == isBroken, "\(together)")
    }
  }

  /// The days that the four-day rule counted, from six months before to the day before (LIC-8).
  @Test func theCountedDaysOfAnExemption() throws {
    let edge = monday.adding(months: -6)
    let licence = licence(
      [try planned(monday)], earlier: [edge, edge.adding(days: -1), monday.adding(days: -1), monday])
    #expect(licence.countedDays() == [edge, monday.adding(days: -1)])
  }

  @Test func aLawfulLicence() throws {
    let licence = licence([try planned(monday), try planned(monday.adding(days: 1))])
    #expect(rules(licence) == [])
    #expect(licence.missing == [] && licence.faults.isEmpty)
    #expect(licence.timing?.mayBeRefusedAsLate == false)
    #expect(licence.need(dateOfBirth: born)?.basis == .licence)
  }

  @Test func eachRuleOnceOnItsFirstDay() throws {
    let licence = licence(
      [
        try planned(monday), try planned(monday.adding(days: 1), from: 300, to: 900, children: 13),
        try planned(monday.adding(days: 2), from: 300), try planned(monday.adding(days: 10), chaperones: []),
        try planned(monday.adding(days: 11)),
      ], lessons: [.init(schoolDays: 5, lessons: [60])])
    #expect(
      rules(licence) == [
        "CH-NONE", "CH-NOT-APPROVED", "CH-RATIO", "PF-BREAKS", "PF-EARLY", "PF-EDU-TOTAL", "PF-EDU-WEEK", "PF-PRESENT",
      ])
    let breaches = licence.breaches(dateOfBirth: born, approvals: [:])
    #expect(breaches.first { $0.rule == "PF-EARLY" }?.on == monday.adding(days: 1))
  }

  /// Of five unpaid days the first four need no licence, and the fifth does; so the application does.
  @Test func theFourDayRuleCountsTheDaysOfTheApplication() throws {
    let days = try (0..<5).map { try planned(monday.adding(days: $0)) }
    #expect(licence(Array(days.prefix(4)), isPaid: nil).need(dateOfBirth: born)?.basis == .fourDayRule)
    #expect(licence(days, isPaid: nil).need(dateOfBirth: born)?.basis == .licence)
    #expect(
      licence([days[0]], isPaid: nil, earlier: [monday.adding(days: -8)]).need(dateOfBirth: born)?.basis == .fourDayRule
    )
  }

  @Test func whatALicenceLacks() throws {
    #expect(
      licence([try planned(monday)], documents: [.contract]).missing.count == LicenceApplication.Document.allCases.count
        - 1)
    #expect(licence([]).faults.map(\.field) == ["/days"])
    #expect(licence([try planned(monday, children: 0)]).faults.map(\.field) == ["/days"])
  }

  /// A form is read as it is written.
  @Test func formsAreReadAsWritten() throws {
    let licence = licence([try planned(monday)], lessons: [.init(schoolDays: 5, lessons: [180])])
    #expect(try JSONDecoder().decode(LicenceApplication.self, from: JSONEncoder().encode(licence)) == licence)
    let backwards = Data(#"{"from":"12:00","to":"11:00"}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ClockSpan.self, from: backwards) }
  }
}
