import Rulebook
import Testing

@testable import LicensingDomain

/// An authority's own byelaws beside the Act.
@Suite("Byelaws")
struct ByelawTests {
  private let monday = MadeUp.day(2026, 8, 3)

  private func byelaws(_ rows: [WorkLimit], from: Day = MadeUp.day(2020, 1, 1), to: Day? = nil) -> Byelaws {
    Byelaws(
      authority: "880", madeOn: from, inForceFrom: from, inForceTo: to, modelYear: 1998,
      reference: "Torbay byelaws 2020", rows: Byelaws.model1998 + rows)
  }

  private func plan(_ job: String, born: Day = MadeUp.day(2011, 1, 1), _ span: ClockSpan) -> WorkPlan {
    WorkPlan(dateOfBirth: born, job: job, shifts: [Shift(date: monday, span: span)], schoolDays: [:])
  }

  @Test func theStricterOneIsNamed() throws {
    let local = byelaws([WorkLimit(.latest, ageTo: 15, time: ClockTime(18, 0))])
    let judged = EmploymentLaw(byelaws: [local]).judge(plan("shop_work", MadeUp.span(16, 19)))
    #expect(judged.rules == [.late])
    #expect(judged.violations.first?.source == "Torbay byelaws 2020, latest")
    #expect(EmploymentLaw().judge(plan("shop_work", MadeUp.span(16, 19))).isCompliant, "the Act allows it")
  }

  @Test func aRowOfOneWeekdayIsForIt() {
    let local = byelaws([WorkLimit(.earliest, weekday: 2, time: ClockTime(9, 0))])
    let law = EmploymentLaw(byelaws: [local])
    #expect(law.judge(plan("shop_work", MadeUp.span(8, 10))).isCompliant)
    let tuesday = WorkPlan(
      dateOfBirth: MadeUp.day(2011, 1, 1), job: "office",
      shifts: [Shift(date: monday.adding(days: 1), span: MadeUp.span(8, 10))], schoolDays: [:])
    #expect(law.judge(tuesday).rules == [.early])
  }

  @Test func aDayIsJudgedByTheByelawsOfTheDay() {
    let old = byelaws([WorkLimit(.latest, time: ClockTime(17, 0))], to: monday.adding(days: -1))
    let new = byelaws([], from: monday)
    #expect(EmploymentLaw(byelaws: [old, new]).judge(plan("shop_work", MadeUp.span(16, 18))).isCompliant)
    #expect(EmploymentLaw(byelaws: [old]).rules(on: monday.adding(days: -1)).byelaws == "Torbay byelaws 2020")
    #expect(EmploymentLaw(byelaws: [old]).rules(on: monday).byelaws == "Model byelaws 1998", "LIC-18")
  }

  @Test func aLooserRowIsRefused() {
    let looser = [
      WorkLimit(.earliest, time: ClockTime(6, 0)), WorkLimit(.latest, time: ClockTime(19, 30)),
      WorkLimit(.dayLimit, period: .freeDay, minutes: 400), WorkLimit(.beforeSchool, minutes: 61),
      WorkLimit(.weekLimit, ageFrom: 15, period: .freeWeek, minutes: 2101), WorkLimit(.streetTrading, ageFrom: 13),
    ]
    for row in looser {
      #expect(byelaws([row]).faults() == [.looser(row: Byelaws.model1998.count)], "\(row.kind)")
    }
    let asStrict = [
      WorkLimit(.dayLimit, ageFrom: 15, period: .freeDay, minutes: 400), WorkLimit(.latest, time: ClockTime(19, 0)),
      WorkLimit(.streetTrading, ageFrom: 14), WorkLimit(.notifyWithin, days: 3),
    ]
    #expect(byelaws(asStrict).faults() == [])
  }

  @Test func anIncompleteRecordIsRefused() {
    let number = Byelaws.model1998.count
    let rows = [
      WorkLimit(.latest), WorkLimit(.prohibited), WorkLimit(.dayLimit, minutes: 60), WorkLimit(.streetTrading),
      WorkLimit(.latest, ageFrom: 16, ageTo: 13, time: ClockTime(18, 0)),
      WorkLimit(.latest, weekday: 8, time: ClockTime(18, 0)),
    ]
    for row in rows { #expect(byelaws([row]).faults() == [.incomplete(row: number)], "\(row)") }
    #expect(byelaws([], to: MadeUp.day(2019, 1, 1)).faults() == [.noDays])
    let many = [WorkLimit](repeating: WorkLimit(.prohibited, job: "a_job"), count: Byelaws.mostRows)
    #expect(byelaws(many).faults() == [.tooManyRows])
  }

  @Test func streetTradingNeedsAByelaw() {
    let law = EmploymentLaw(byelaws: [byelaws([WorkLimit(.streetTrading, ageFrom: 15)])])
    let fifteen = MadeUp.day(2011, 1, 1)
    let fourteen = MadeUp.day(2012, 1, 1)
    #expect(law.judge(plan("street_trading", born: fifteen, MadeUp.span(10, 12))).isCompliant)
    #expect(law.judge(plan("street_trading", born: fourteen, MadeUp.span(10, 12))).rules == [.prohibited])
    #expect(EmploymentLaw().judge(plan("street_trading", born: fifteen, MadeUp.span(10, 12))).rules == [.prohibited])
  }

  @Test func parentsMayHaveOccasionalHelpOnTheLand() {
    let rows = [WorkLimit(.exemptFamily, job: "agriculture_horticulture"), WorkLimit(.notifyWithin, days: 7)]
    let own = Byelaws(
      authority: "880", madeOn: monday, inForceFrom: monday, modelYear: 2020, reference: "Own list", rows: rows)
    var plan = plan("agriculture_horticulture", born: MadeUp.day(2013, 1, 1), MadeUp.span(10, 12))
    #expect(EmploymentLaw(byelaws: [own]).judge(plan).rules == [.list])
    plan.isForParents = true
    #expect(EmploymentLaw(byelaws: [own]).judge(plan).isCompliant)
  }

  /// The law of 2026 is here and switched off.
  @Test func theNewActIsNotInForce() {
    #expect(EmploymentRegime.england.allSatisfy { !$0.value.isPermitRequiredFirst })
    #expect(EmploymentRegime.enacted.regime.isPermitRequiredFirst)
  }

  /// Each half of a year of change is judged by its own Act.
  @Test func theActIsThatOfTheShift() {
    let law: Dated<EmploymentRegime> = [
      InForce(.act1933, to: monday.adding(days: -1), source: "old"), InForce(.act2026, from: monday, source: "new"),
    ]
    let plan = WorkPlan(
      dateOfBirth: MadeUp.day(2011, 1, 1), job: "office",
      shifts: [-3, 0].map { Shift(date: monday.adding(days: $0), span: MadeUp.span(18, 20)) }, schoolDays: [:])
    let judged = EmploymentLaw(law).judge(plan)
    #expect(judged.rules == [.late])
    #expect(judged.violations.map(\.on) == [monday.adding(days: -3)])
  }

  @Test func holidaysThatTouchAreOne() {
    let rest = TwoWeekRest(
      holidays: [
        DayRange(first: monday.adding(days: 7), last: monday.adding(days: 13)),
        DayRange(first: monday, last: monday.adding(days: 6)),
      ],
      worked: [], today: monday)
    #expect(rest.firstDay == monday)
  }

  @Test func workAndPerformancesAreSeenTogether() {
    #expect(!DayTogether(worked: 240, performed: 240, on: monday).isWarned)
    #expect(DayTogether(worked: 240, performed: 241, on: monday).isWarned)
  }
}
