import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import CaseworkDomain

/// Further cases of each kind of the tables, made at random and answered a second time from the text alone: whole numbers
/// only, days one by one.
@Suite("Further cases of casework, against a plain model")
struct ModelTests {
  private static let cases = 400
  private static let seed = SeededGenerator.chosenSeed
  private static let start = Day(iso: "2025-09-01") ?? Day(ordinal: 0)
  private let rule = Gain.Rule.standard[0].value

  private func each(_ kind: UInt64, _ body: (inout SeededGenerator, String) -> Void) {
    for number in 0..<Self.cases {
      var generator = SeededGenerator(seed: Self.seed &+ UInt64(number), part: kind)
      body(&generator, "SEED=\(Self.seed), case \(number)")
    }
  }

  /// A quotient to one decimal, halves away from zero, in whole numbers.
  private func oneDecimal(_ numerator: Int, over denominator: Int) -> String {
    let tenths = (2 * 10 * abs(numerator) + denominator) / (2 * denominator)
    let sign = numerator < 0 && tenths > 0 ? "-" : ""
    return "\(sign)\(tenths / 10).\(tenths % 10)"
  }

  // MARK: Gain

  /// What a code is: attended, possible and missed, or not possible at all.
  private static let kinds: [(code: String, present: Int, possible: Int)] = [
    ("/", 1, 1), ("\\", 1, 1), ("O", 0, 1), ("I", 0, 1), ("V", 1, 1), ("X", 0, 0), ("Y1", 0, 0), ("M", 0, 1),
    ("L", 1, 1),
  ]

  private struct Register {
    var calendar = SchoolCalendar(terms: [])
    /// By day and session: the place in ``kinds``; `nil` without a mark.
    var marks: [Day: [Int?]] = [:]
  }

  private func register(_ generator: inout SeededGenerator) -> Register {
    var (register, terms, day): (Register, [DayRange], Day) = (Register(), [], Self.start)
    for _ in 0..<6 {
      let last = day.adding(days: generator.within(20...55))
      terms.append(DayRange(first: day, last: last))
      day = last.adding(days: generator.within(3...20))
    }
    let closed = Set((0..<generator.below(6)).map { _ in Self.start.adding(days: generator.below(300)) })
    register.calendar = SchoolCalendar(terms: terms, closed: closed)
    for term in terms {
      var day = term.first
      let usual = [generator.below(Self.kinds.count), generator.below(Self.kinds.count)]
      while day <= term.last {
        if day.weekday <= 5, !closed.contains(day) {
          register.marks[day] = usual.map { place in
            generator.below(12) == 0 ? nil : generator.below(4) == 0 ? generator.below(Self.kinds.count) : place
          }
        }
        day = day.adding(days: 1)
      }
    }
    return register
  }

  /// Goes back day by day until twelve weeks with a school day are behind.
  private func count(_ register: Register, upTo last: Day) -> (present: Int, possible: Int) {
    var (weeks, sum, day): ([Int32], (Int, Int), Day) = ([], (0, 0), last)
    while day >= Self.start {
      if let marks = register.marks[day] {
        let week = day.ordinal - Int32(day.weekday - 1)
        if !weeks.contains(week) {
          if weeks.count == 12 { break }
          weeks.append(week)
        }
        for mark in marks.compactMap(\.self) {
          sum.0 += Self.kinds[mark].present
          sum.1 += Self.kinds[mark].possible
        }
      }
      day = day.adding(days: -1)
    }
    return sum
  }

  @Test func gain() {
    each(1) { generator, name in
      let register = register(&generator)
      let marks = register.marks.flatMap { day, marks in
        zip(Session.allCases, marks).compactMap { session, mark in
          mark.flatMap { AttendanceCode(Self.kinds[$0].code) }.map { KeptMark(date: day, session: session, code: $0) }
        }
      }
      let referred = Self.start.adding(days: generator.below(330))
      let closed = referred.adding(days: generator.below(200))
      func attended(_ day: Day) -> Attended {
        let days = Set(FigureWindow(upTo: day, weeks: rule.weeks, in: register.calendar).days)
        return Attended(marks.filter { days.contains($0.date) }, codes: .england)
      }
      let gain = Gain(referral: attended(referred.adding(days: -1)), closure: attended(closed), rule: rule)
      let (before, after) = (count(register, upTo: referred.adding(days: -1)), count(register, upTo: closed))
      #expect(gain.referral == Attended(present: before.present, possible: before.possible), "\(name)")
      #expect(gain.closure == Attended(present: after.present, possible: after.possible), "\(name)")
      let isMeasurable = before.possible >= 20 && after.possible >= 20
      #expect(gain.isMeasurable == isMeasurable, "\(name)")
      guard isMeasurable else { return }
      let points = oneDecimal(
        100 * (after.present * before.possible - before.present * after.possible),
        over: before.possible * after.possible)
      #expect(gain.points?.oneDecimal == points, "\(name)")
    }
  }

  @Test func summary() {
    each(2) { generator, name in
      // One denominator, so that the model can add in whole numbers.
      let possible = generator.pick([20, 60, 118])
      let cases = (0..<generator.within(0...24)).map { _ in
        let isShort = generator.below(8) == 0
        let (most, less) = (possible, generator.below(20))
        return (
          before: [generator.within(0...most), most],
          after: isShort ? [generator.within(0...less), less] : [generator.within(0...most), most],
          closing: generator.below(4) == 0 ? generator.pick(Closing.allCases) : .partial
        )
      }
      let summary = GainSummary(
        cases.compactMap { one in
          guard let before = Attended(present: one.before[0], possible: one.before[1]),
            let after = Attended(present: one.after[0], possible: one.after[1])
          else { return nil }
          return .init(referral: before, closure: after, closing: one.closing)
        }, rule: rule)
      let counted = cases.filter { ![.moved, .overSchoolAge, .error].contains($0.closing) }
      let measured = counted.filter { $0.after[1] >= 20 }
      let gains = measured.map { $0.after[0] - $0.before[0] }.sorted()
      #expect(summary.measured == gains.count && summary.leftOut == cases.count - counted.count, "\(name)")
      #expect(summary.notMeasurable == counted.count - measured.count, "\(name)")
      guard gains.count >= 10 else { return #expect(summary.mean == nil && summary.median == nil, "\(name)") }
      #expect(
        summary.mean?.oneDecimal == oneDecimal(100 * gains.reduce(0, +), over: gains.count * possible), "\(name)")
      let middle = gains[(gains.count - 1) / 2] + gains[gains.count / 2]
      #expect(summary.median?.oneDecimal == oneDecimal(100 * middle, over: 2 * possible), "\(name)")
    }
  }

  // MARK: Contracts, clocks, weights

  @Test func contract() {
    each(3) { generator, name in
      let target = generator.within(1...1_000)
      let (many, most) = (generator.pick([0, 1, 40, 97]), generator.pick([0, 1, 60, 118]))
      let (start, present) = (generator.within(0...many), generator.within(0...most))
      guard let baseline = Attended(present: start, possible: many),
        let achieved = Attended(present: present, possible: most)
      else { return }
      let result = ContractResult(target: Fraction(target, over: 10), baseline: baseline, achieved: achieved)
      guard most > 0 else {
        return #expect(result.outcome == .notMeasurable && result.sessionsShort == nil, "\(name)")
      }
      let (first, whole) = (many > 0 ? start : 0, max(many, 1))
      // Per mille of a hundredth: the target is target / 1000 of all sessions.
      let isMet = 1_000 * present >= target * most
      // Half the way: 2 × achieved ≥ baseline + target, over the common denominator.
      let isPart =
        1_000 * first < target * whole && 2_000 * present * whole >= (1_000 * first + target * whole) * most
      #expect(result.outcome == (isMet ? .met : isPart ? .partMet : .notMet), "\(name)")
      let needed = (0...most + most * target).first { 1_000 * $0 >= target * most } ?? 0
      #expect(result.sessionsShort == max(0, needed - present), "\(name)")
    }
  }

  @Test func clocks() {
    each(4) { generator, name in
      let day = Self.start.adding(days: generator.below(900))
      for (clock, count) in [
        (CaseClocks.triage, 5), (CaseClocks.allocation, 2), (CaseClocks.firstContact, 5), (CaseClocks.homeVisit, 10),
        (CaseClocks.plan, 20), (CaseClocks.signOff, 5), (CaseHandover.access, 10),
      ] {
        var (last, left) = (day, count)
        while left > 0 {
          last = last.adding(days: 1)
          if WorkingDays.isWorkingDay(last) { left -= 1 }
        }
        #expect(CaseClocks.lastDay(clock, from: day) == last, "\(name)")
      }
      let closed = day.adding(days: -generator.pick([0, 1, 364, 365, 366, generator.below(800)]))
      // The anniversary by the calendar; that of 29 February is the 28th in a common year.
      let anniversary =
        Day(year: closed.year + 1, month: closed.month, day: closed.day)
        ?? Day(year: closed.year + 1, month: 2, day: 28)
      #expect(
        CaseClocks.isReReferral(receivedOn: day, closedOn: closed) == anniversary.map { day <= $0 }, "\(name)")
    }
  }

  @Test func caseload() {
    each(5) { generator, name in
      let cases = (0..<generator.pick([0, 1, 15, 30, 31, 60])).map { _ in
        Caseload.Weighed(stage: generator.within(1...6), hasProtectionPlan: generator.below(5) == 0)
      }
      let tenths = generator.within(1...10)
      let load = Caseload(
        cases, wholeTime: Fraction(tenths, over: 10), rule: Caseload.Rule.standard[0].value)
      // In halves.
      let weight = cases.reduce(0) { $0 + [1, 1, 2, 2, 3, 4][$1.stage - 1] + ($1.hasProtectionPlan ? 2 : 0) }
      #expect(load.open == cases.count && load.weight.oneDecimal == oneDecimal(weight, over: 2), "\(name)")
      #expect(load.weightOfWholeTime.oneDecimal == oneDecimal(10 * weight, over: 2 * tenths), "\(name)")
      #expect(load.isTooHeavy == (10 * weight > 60 * tenths), "\(name)")
    }
  }
}
