import CaseFlow
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

@Suite("What stops an information from being laid") struct LayingTests {
  typealias Fact = Prosecution.Fact

  /// One fact that is not in order, the guard that it breaks, and whether two persons can go on without it.
  static let breaches: [(fact: Fact, value: FactValue?, guarding: String, isOverridable: Bool)] = [
    (.chargedFrom, nil, "period-known", false), (.liable, .flag(false), "liable", false),
    (.liable, nil, "liable", false),
    (.chargedFrom, .text("2026-05-29"), "in-time", false), (.barred, .number(1), "nothing-barred", false),
    (.barred, nil, "nothing-barred", false), (.sessions, .number(9), "enough-sessions", true),
    (.moneyHeld, .flag(true), "no-money-held", false), (.moneyHeld, nil, "no-money-held", false),
    (.proceedingsFrom, .text("2026-12-01"), "time-to-pay-over", false),
    (.proceedingsFrom, nil, "time-to-pay-over", false), (.conflict, .text("hard-block"), "no-hard-conflict", false),
    (.conflict, .text("block"), "no-conflict", true), (.packSigned, .flag(false), "pack-signed", false),
    (.packSigned, nil, "pack-signed", false),
  ]

  private func refused(_ breach: Int, overriding: Set<String>) throws -> (Refusal<Prosecution>?, Prosecution.State?) {
    var charged = Charged(tested: false)
    charged.course.facts[Self.breaches[breach].fact] = Self.breaches[breach].value
    #expect(charged.course.act(.testCode, by: Charged.reviewer, Charged.tested) == nil)
    return (charged.lay(overriding: overriding), charged.course.file.state)
  }

  @Test("Each guard holds by itself, and only two of them give way to two persons", arguments: breaches.indices)
  func eachGuard(breach: Int) throws {
    let (_, _, id, isOverridable) = Self.breaches[breach]
    let (refusal, state) = try refused(breach, overriding: [])
    #expect(refusal?.guards.contains(id) == true && state == .legalReview)
    let (overridden, after) = try refused(breach, overriding: [id])
    #expect(overridden == (isOverridable ? nil : .notOverridable([id])))
    #expect(after == (isOverridable ? .laid : .legalReview))
  }

  @Test("The table has every guard but those of the procedure, of age and of supervision")
  func tableIsWhole() {
    let others: Set = ["procedure-open", "adult", "not-instead"]
    #expect(Set(Prosecution.layingGuards.map(\.id)) == Set(Self.breaches.map(\.guarding)).union(others))
  }

  @Test("An override is on record with both persons")
  func overrideOnRecord() {
    var charged = Charged(tested: false)
    charged.course.facts[.conflict] = .text("block")
    charged.course.act(.testCode, by: Charged.reviewer, Charged.tested)
    #expect(charged.lay(overriding: ["no-conflict"]) == nil)
    let decision = charged.course.file.decisions.last
    #expect(decision?.guards.filter { $0.outcome == .overridden }.map(\.id) == ["no-conflict"])
  }

  @Test("The last day of the limitation is in time, the next is not")
  func limitation() throws {
    for (day, state) in [("2027-03-14", Prosecution.State.laid), ("2027-03-15", .legalReview)] {
      var charged = Charged()
      charged.course.day = try #require(Day(iso: day))
      #expect(charged.lay()?.guards ?? [] == (state == .laid ? [] : ["in-time"]))
      #expect(charged.course.file.state == state)
    }
  }

  @Test("The single justice procedure is for s444(1) and adults only", arguments: Offence.allCases)
  func singleJustice(offence: Offence) {
    for procedure in Prosecution.procedures {
      var course = Course<Prosecution>(on: Charged.day, Charged.facts)
      course.act(.refer, by: Charged.officer, Charged.referral)
      course.act(.considerSupervision, by: Charged.manager, [.supervision: .text("not-now")])
      let guards =
        course.act(
          .review, by: Charged.lawyer, [.offence: .text(offence.rawValue), .procedure: .text(procedure)])?.guards ?? []
      let isOpen = procedure != Prosecution.singleJustice || offence == .irregularAttendance
      #expect(guards == (isOpen ? [] : ["procedure-open"]), "\(offence) by \(procedure)")
    }
    var young = Charged()
    #expect(young.lay(adult: false)?.guards == ["adult"])
    var summoned = Charged(.irregularAttendance, "summons")
    #expect(summoned.lay(adult: false) == nil)
  }

  /// What is in order and what is not, of what comes from outside.
  private static let facts: [(Fact, [FactValue?])] = {
    let order = breaches.reduce(into: [Fact: [FactValue?]]()) { $0[$1.fact, default: []].append($1.value) }
    return Fact.allCases.compactMap { fact in order[fact].map { (fact, $0 + [Charged.facts[fact]]) } }
  }()

  @Test("No random prosecution is laid by one person, out of time, with money held or with a session that is barred")
  func neverLaid() throws {
    var laid = 0
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    for _ in 0..<2_000 {
      var charged = Charged(tested: false)
      for (fact, values) in Self.facts where generator.below(8) == 0 {
        charged.course.facts[fact] = generator.pick(values)
      }
      charged.course.day = Charged.day.adding(days: generator.below(220))
      charged.course.act(.testCode, by: Charged.reviewer, Charged.tested)
      let overriding = Set(
        Prosecution.layingGuards.filter { generator.below($0.isOverridable ? 3 : 50) == 0 }.map(\.id))
      charged.course.act(.lay, by: Charged.lawyer, [.adult: .flag(true)], overriding: overriding)
      #expect(charged.course.file.state == .legalReview, "laid by one person")
      charged.course.agree(by: generator.pick([Charged.manager, Charged.lawyer, .person(Charged.lawyer.id, .manager)]))
      guard charged.course.file.state == .laid else { continue }
      laid += 1
      let (facts, day) = (charged.course.facts, charged.course.day)
      #expect(facts.flag(.moneyHeld) == false && facts.number(.barred) == 0)
      let from = try #require(facts.day(.chargedFrom))
      #expect(day <= Limitation.lastDay(for: from))
      #expect(try #require(facts.day(.proceedingsFrom)) <= day)
      #expect(facts.text(.conflict) != "hard-block")
    }
    print("laid \(laid) of 2000")
    #expect(laid > 100)
  }
}
