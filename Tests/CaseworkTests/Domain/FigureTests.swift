import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import CaseworkDomain

/// What must be true of figures whatever the counts: tried with counts from a printed seed.
@Suite("Properties of gain")
struct FigureTests {
  private static let seed = SeededGenerator.chosenSeed
  private let rule = Gain.Rule.standard[0].value

  private func attended(_ generator: inout SeededGenerator, fewest: Int = 0) -> Attended? {
    let possible = generator.within(fewest...140)
    return Attended(present: generator.within(0...possible), possible: possible)
  }

  @Test("The mean of many denominators is exact: moving one case by n points moves the mean by exactly one")
  func meanIsExact() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for _ in 0..<50 {
      let count = generator.within(10...60)
      var cases: [GainSummary.Closed] = []
      for _ in 0..<count {
        let referral = try #require(attended(&generator, fewest: 20))
        let closure = try #require(attended(&generator, fewest: 20))
        cases.append(.init(referral: referral, closure: closure, closing: .partial))
      }
      let before = try #require(GainSummary(cases, rule: rule).mean)
      let gains = cases.compactMap { Gain(referral: $0.referral, closure: $0.closure, rule: rule).points }
      #expect(before * Fraction(count) == gains.reduce(Fraction(0), +))
      // A hundred sessions, of which `count` more are attended, are `count` points.
      let (none, more) = (try #require(Attended(present: 0, possible: 100)), count)
      let better = try #require(Attended(present: more, possible: 100))
      let flat = GainSummary(cases + [.init(referral: none, closure: none, closing: .partial)], rule: rule).mean
      let moved = GainSummary(cases + [.init(referral: none, closure: better, closing: .partial)], rule: rule).mean
      let (first, second) = (try #require(flat), try #require(moved))
      #expect((second - first) * Fraction(count + 1) == Fraction(more))
    }
  }

  @Test("A gain and the same the other way round are opposite, and shown so but for zero")
  func oppositeGains() throws {
    var generator = SeededGenerator(seed: Self.seed, part: 1)
    for _ in 0..<2_000 {
      let first = try #require(attended(&generator))
      let second = try #require(attended(&generator))
      let there = Gain(referral: first, closure: second, rule: rule)
      let back = Gain(referral: second, closure: first, rule: rule)
      #expect(there.isMeasurable == back.isMeasurable)
      guard let up = there.points, let down = back.points else { continue }
      #expect(up == -down)
      let shown = up.oneDecimal
      #expect(
        down.oneDecimal == (shown == "0.0" ? shown : shown.hasPrefix("-") ? String(shown.dropFirst()) : "-\(shown)"))
    }
  }

  @Test("Quartiles lie around the median, and half of the gains between them at most")
  func quartiles() throws {
    var generator = SeededGenerator(seed: Self.seed, part: 2)
    for _ in 0..<200 {
      let cases = try (0..<generator.within(10...40)).map { _ in
        GainSummary.Closed(
          referral: try #require(attended(&generator, fewest: 20)),
          closure: try #require(attended(&generator, fewest: 20)), closing: .sustained)
      }
      let summary = GainSummary(cases, rule: rule)
      let (median, quartiles) = (try #require(summary.median), try #require(summary.quartiles))
      #expect(quartiles.lower <= median && median <= quartiles.upper)
      let points = cases.compactMap { Gain(referral: $0.referral, closure: $0.closure, rule: rule).points }
      #expect(points.count { $0 < quartiles.lower } * 4 <= points.count)
      #expect(points.count { quartiles.upper < $0 } * 4 <= points.count)
    }
  }

  @Test("Quartiles of twelve gains by hand: 0 to 11 points have 2.5, 5.5 and 8.5")
  func quartilesByHand() throws {
    let base = try #require(Attended(present: 50, possible: 100))
    let cases = try (0..<12).map { more in
      GainSummary.Closed(
        referral: base, closure: try #require(Attended(present: 50 + more, possible: 100)), closing: .partial)
    }
    let summary = GainSummary(cases.shuffled(), rule: rule)
    #expect(summary.median?.oneDecimal == "5.5" && summary.mean?.oneDecimal == "5.5")
    #expect(summary.quartiles?.lower.oneDecimal == "2.5" && summary.quartiles?.upper.oneDecimal == "8.5")
  }

  @Test("A window has at most its weeks, ends by its day, and a day more never takes a week away")
  func windows() throws {
    let first = try #require(Day(iso: "2025-09-02"))
    let calendar = SchoolCalendar(
      terms: [
        DayRange(first: first, last: first.adding(days: 50)),
        DayRange(first: first.adding(days: 62), last: first.adding(days: 107)),
        DayRange(first: first.adding(days: 125), last: first.adding(days: 200)),
      ], closed: [first.adding(days: 3)])
    for ahead in 0..<220 {
      let day = first.adding(days: ahead)
      let window = FigureWindow(upTo: day, weeks: 12, in: calendar)
      let weeks = Set(window.days.map(\.monday))
      #expect(weeks.count <= 12 && window.days.allSatisfy { $0 <= day && calendar.isSchoolDay($0) })
      #expect(window.days == calendar.schoolDays.filter { $0 <= day && weeks.contains($0.monday) })
      guard let after = FigureWindow(after: day, weeks: 4, in: calendar) else { continue }
      #expect(Set(after.days.map(\.monday)).count == 4 && after.days.allSatisfy { day < $0 })
      #expect(after.days.first == calendar.schoolDay(nth: 1, after: day))
    }
    #expect(FigureWindow(after: first.adding(days: 195), weeks: 4, in: calendar) == nil)
  }

  @Test(
    "Decimals are read exactly, and nothing else is read",
    arguments: [("92.5", "92.5"), ("90", "90.0"), ("0.05", "0.1"), ("0.0499", "0.0"), ("100.0", "100.0")])
  func decimals(text: String, shown: String) {
    #expect(Fraction(decimal: text)?.oneDecimal == shown)
  }

  @Test(arguments: ["", ".5", "5.", "-1", "1,5", "1e3", "1.23456", "1234567", "1.2.3", "٣"])
  func noDecimals(text: String) { #expect(Fraction(decimal: text) == nil) }

  @Test("A contract is never better with a session fewer, and what is short would have met it")
  func contracts() throws {
    var generator = SeededGenerator(seed: Self.seed, part: 3)
    let order: [ContractResult.Outcome] = [.notMet, .partMet, .met]
    for _ in 0..<2_000 {
      let target = Fraction(generator.within(500...1_000), over: 10)
      let baseline = try #require(attended(&generator))
      let possible = generator.within(1...140)
      let present = generator.within(1...possible)
      let more = ContractResult(
        target: target, baseline: baseline, achieved: try #require(Attended(present: present, possible: possible)))
      let less = ContractResult(
        target: target, baseline: baseline, achieved: try #require(Attended(present: present - 1, possible: possible)))
      let (high, low) = (
        try #require(order.firstIndex(of: more.outcome)), try #require(order.firstIndex(of: less.outcome))
      )
      #expect(low <= high)
      let needed = present + (try #require(more.sessionsShort))
      let met = ContractResult(
        target: target, baseline: baseline, achieved: try #require(Attended(present: needed, possible: possible)))
      #expect(met.outcome == .met && (more.sessionsShort == 0) == (more.outcome == .met))
    }
  }
}
