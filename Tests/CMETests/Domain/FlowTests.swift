import CMEDomain
import CaseFlow
import CaseSimulator
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

/// The flows of searches and alerts.
@Suite("Flows of searches and alerts", .timeLimit(.minutes(5)))
struct FlowTests {
  private static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  @Test("No flow has a fault")
  func faults() {
    #expect(MissingChild.flow.faults(on: Self.day) == [])
    #expect(SentAlert.flow.faults(on: Self.day) == [])
    #expect(ReceivedAlert.flow.faults(on: Self.day) == [])
  }

  private static func texts(_ words: String...) -> [FactValue] { words.map(FactValue.text) }

  @Test("Random searches keep every promise and reach every act and clock")
  func searches() {
    let wild: [MissingChild.Fact: [FactValue]] = [
      .trigger: Self.texts("T1", "T9", "T14"), .safeguarding: Self.texts("yes", "no", "no", "unknown"),
      .referredTo: Self.texts("social-care", "police", "nobody"), .reason: Self.texts("unknown", "bored"),
      .becameOn: Self.texts("2026-11-01", "unknown", "soon"), .authority: Self.texts("881", "12"),
      .startedOn: Self.texts("2026-12-01", "soon"), .receipt: Self.texts("r1", ""),
      .confirmation: Self.texts("r1", " "),
      .outcome: Self.texts("on-roll", "abroad", "over-age", "other-authority", "unlocated-closed"),
      .evidence: Self.texts("school", "receipt", "contact", "checks-repeated", "date-of-birth"),
      .certificate: Self.texts("efforts-failed", "none"),
    ]
    let lives = RandomLives<MissingChild>(
      seed: SeededGenerator.chosenSeed, 400, moves: 150, from: Self.day, wild,
      rare: [
        "acted locate", "acted offer", "acted consider-order", "acted start", "acted stop-attending", "acted lose",
        "acted review", "acted hear", "acted close-unlocated", "fired later-review", "fired place-offer",
        "fired fair-access", "fired attendance",
      ])
    #expect(lives.violation == nil && lives.never == [])
  }

  @Test("Random alerts keep every promise and reach every act and clock on both sides")
  func alerts() {
    let words = Self.texts("900101", " ", "")
    let sent = RandomLives<SentAlert>(
      seed: SeededGenerator.chosenSeed, 1_000, moves: 60, from: Self.day,
      [.authority: Self.texts("881", "12"), .reference: words, .provision: words])
    #expect(sent.violation == nil && sent.never == [])
    let received = RandomLives<ReceivedAlert>(
      seed: SeededGenerator.chosenSeed, 500, moves: 60, from: Self.day, [.provision: words, .officer: words])
    #expect(received.violation == nil && received.never == [])
  }

  private typealias Refused = Refusal<MissingChild>

  /// A search that a test takes through its flow.
  private struct Search {
    var file = CaseFile<MissingChild>()
    var facts = Facts<MissingChild.Fact>()
    var day = FlowTests.day

    static let officer = Actor<MissingChild.Role>.person("u1", .cmeOfficer)
    static let manager = Actor<MissingChild.Role>.person("u2", .manager)

    init() throws {
      try act(.open, [.trigger: .text("T9")])
      try act(.screen, [.safeguarding: .text("no")])
      try act(.begin)
    }

    mutating func act(
      _ act: MissingChild.Act, _ stating: [MissingChild.Fact: FactValue] = [:], overriding: Set<String> = [],
      by actor: Actor<MissingChild.Role> = officer
    ) throws {
      let intent = Intent<MissingChild>(.act(act), stating: .init(stating), overriding: overriding, reason: "Due")
      try step(.attempt(intent), by: actor)
    }

    mutating func step(_ move: Move<MissingChild>, by actor: Actor<MissingChild.Role> = officer) throws {
      file.apply(try MissingChild.flow.step(file, move, facts: facts, by: actor, on: day))
    }

    /// The guards that an act does not meet; `nil` when it is done or refused for another reason.
    func unmet(
      _ act: MissingChild.Act, _ stating: [MissingChild.Fact: FactValue] = [:],
      by actor: Actor<MissingChild.Role> = officer
    ) -> [String]? {
      var copy = self
      do { try copy.act(act, stating, by: actor) } catch Refused.unmet(let guards) {
        return guards.map(\.id)
      } catch { return nil }
      return nil
    }
  }

  private func ending(_ outcome: Outcome, _ evidence: Outcome.Evidence) -> [MissingChild.Fact: FactValue] {
    [.outcome: .text(outcome.rawValue), .evidence: .text(evidence.rawValue)]
  }

  @Test("A risk is referred the same day, beside the search; too much unknown goes to a manager the next")
  func safeguarding() throws {
    var search = try Search()
    #expect(search.file.clocks[.referral] == nil && search.file.clocks[.doubtReview] == nil)
    try search.act(.escalate, [.safeguarding: .text("yes")])
    #expect(search.file.state == .enquiring && search.file.clocks[.referral]?.due == Self.day)
    try search.act(.refer, [.referredTo: .text("police")])
    #expect(search.file.clocks[.referral] == nil)
    try search.act(.doubt, [.safeguarding: .text("unknown")])
    #expect(search.file.clocks[.doubtReview]?.due.iso == "2026-12-01")
    try search.act(.reviewDoubt, by: Search.manager)
    #expect(search.file.clocks[.doubtReview] == nil)
  }

  @Test("Abroad needs its evidence, another authority its receipt, and a roll the roll")
  func endings() throws {
    var search = try Search()
    #expect(search.unmet(.close, ending(.abroad, .school)) == ["outcome-shown"])
    #expect(search.unmet(.close, ending(.otherAuthority, .receipt)) == ["receipt-confirmed"])
    #expect(search.unmet(.close, ending(.onRoll, .school)) == ["on-a-roll"])
    #expect(search.unmet(.close, ending(.unlocated, .checksRepeated)) == ["outcome-shown"])
    search.facts = .init([.receipt: .text("r7"), .onRoll: .flag(true)])
    let endings: [(Outcome, Outcome.Evidence)] = [
      (.abroad, .ticket), (.otherAuthority, .receipt), (.onRoll, .school),
    ]
    for (outcome, evidence) in endings {
      var closed = search
      try closed.act(.close, ending(outcome, evidence))
      #expect(closed.file.state == .closed && closed.file.clocks.isEmpty)
    }
  }

  @Test("A child on a roll elsewhere is believed on two signatures, and asked about again when it leaves the roll")
  func onRoll() throws {
    var search = try Search()
    try search.act(.close, ending(.onRoll, .school), overriding: ["on-a-roll"])
    #expect(search.file.state == .enquiring && search.file.proposal != nil)
    try search.step(.second(agrees: true, reason: ""), by: Search.manager)
    #expect(search.file.state == .closed)
    search.facts[.onRoll] = .flag(true)
    let entry = try MissingChild.flow.reconsider(search.file, facts: search.facts, on: search.day)
    #expect(entry?.questioned.count == 1)
  }

  @Test("A receipt that came by another way is recorded by an officer, and lets the search be closed")
  func confirmation() throws {
    var search = try Search()
    try search.act(.alert, [.authority: .text("881")])
    #expect(search.unmet(.close, ending(.otherAuthority, .receipt)) == ["receipt-confirmed"])
    #expect(search.unmet(.confirm, [.confirmation: .text(" ")]) == ["confirmation-whole"])
    try search.act(.confirm, [.confirmation: .text("R Kite, 1 December, reference 7")])
    try search.act(.close, ending(.otherAuthority, .receipt))
    #expect(search.file.state == .closed)
  }

  @Test("Only two people end a search without the child, after its time, with every check repeated and no risk")
  func unlocated() throws {
    var search = try Search()
    #expect(search.unmet(.lose, by: Search.manager) == ["searched-long-enough"])
    search.facts[.pastReview] = .flag(true)
    try search.act(.lose, by: Search.manager)
    let end = ending(.unlocated, .checksRepeated)
    #expect(search.unmet(.closeUnlocated, end) == ["search-over", "checks-repeated"])
    search.facts[.pastSearch] = .flag(true)
    search.facts[.checksRepeated] = .flag(true)
    var risky = search
    try risky.act(.escalate, [.safeguarding: .text("yes")])
    #expect(risky.unmet(.closeUnlocated, end) == ["no-risk"])
    try search.act(.closeUnlocated, end)
    #expect(search.file.state == .whereaboutsUnknown)
    #expect(throws: Refused.samePerson) {
      var same = search
      try same.step(.second(agrees: true, reason: ""), by: .person("u1", .manager))
    }
    try search.step(.second(agrees: true, reason: ""), by: Search.manager)
    #expect(search.file.state == .closed)
    try search.act(.reopen)
    #expect(search.file.state == .enquiring && search.file.decisions.allSatisfy { !$0.stands })
    #expect(search.file.clocks[.search]?.startedOn == search.day)
  }

  @Test("A child who was found is offered a place, starts, and is looked for again when it stops attending")
  func placing() throws {
    var search = try Search()
    #expect(search.unmet(.locate, [.evidence: .text("ticket")]) == ["contact-shown"])
    try search.act(.locate, [.evidence: .text("contact")])
    #expect(Set(search.file.clocks.keys) == [.placeOffer, .fairAccess])
    try search.act(.offer)
    #expect(Set(search.file.clocks.keys) == [.fairAccess])
    try search.act(.considerOrder)
    search.day = try #require(search.file.clocks[.fairAccess]?.due).adding(days: 1)
    search.file.apply(try MissingChild.flow.fire(.fairAccess, in: search.file, on: search.day))
    #expect(search.unmet(.start, [.startedOn: .text("soon")]) == ["start-known"])
    try search.act(.start, [.startedOn: .day(search.day.adding(days: -3))])
    #expect(search.file.clocks[.attendance]?.startedOn == search.day.adding(days: -3))
    try search.act(.stopAttending)
    #expect(search.file.state == .enquiring && search.file.clocks[.visit]?.startedOn == search.day)
  }

  @Test("A child whose whereabouts are unknown is looked for every four weeks, and again with any news")
  func whereaboutsUnknown() throws {
    var search = try Search()
    search.facts[.pastReview] = .flag(true)
    try search.act(.lose, by: Search.manager)
    let first = try #require(search.file.clocks[.laterReview]?.due)
    #expect(first == search.day.adding(days: 28) && search.file.clocks[.unlocatedReview] == nil)
    search.day = first.adding(days: 1)
    search.file.apply(try MissingChild.flow.fire(.laterReview, in: search.file, on: search.day))
    try search.act(.review, by: Search.manager)
    #expect(search.file.clocks[.laterReview]?.due == search.day.adding(days: 28))
    try search.act(.hear)
    #expect(search.file.state == .enquiring && search.file.standing(search.file.decisions[0].number) == nil)
  }

  @Test("The clocks of a search are those of its days")
  func clocks() throws {
    let search = try Search()
    let days = SearchDays(opened: search.day, calendar: SchoolCalendar(terms: []))
    #expect(search.file.clocks[.firstContact]?.due == days.firstContactBy)
    #expect(search.file.clocks[.visit]?.due == days.visitBy)
    #expect(search.file.clocks[.search]?.due == days.earliestUnlocatedClosing)
    #expect(search.file.clocks[.triage] == nil && search.file.clocks[.unlocatedReview]?.isProvisional == true)
  }

  @Test("Only an officer's receipt ends the reminders; that the program received it does not")
  func receipts() throws {
    var file = CaseFile<SentAlert>()
    let officer = Actor<SentAlert.Role>.person("u1", .cmeOfficer)
    func step(_ act: SentAlert.Act, _ stating: [SentAlert.Fact: FactValue] = [:], by actor: Actor<SentAlert.Role>)
      throws
    {
      let intent = Intent<SentAlert>(.act(act), stating: .init(stating), reason: "Sent")
      file.apply(
        try SentAlert.flow.step(file, .attempt(intent), facts: .init(), by: actor, on: Self.day))
    }
    try step(.raise, [.authority: .text("881")], by: officer)
    let days = AlertDays(sent: Self.day)
    #expect(file.clocks[.firstReminder]?.due == days.firstReminderOn)
    #expect(file.clocks[.secondReminder]?.due == days.secondReminderOn)
    #expect(file.clocks[.escalation]?.due == days.escalateOn && file.clocks[.result]?.due == days.resultBy)
    #expect(throws: Refusal<SentAlert>.notPermitted) {
      try step(.acknowledge, [.reference: .text("r1"), .known: .flag(true)], by: officer)
    }
    try step(.receive, by: .program)
    try step(.remindAgain, by: .program)
    #expect(Set(file.clocks.keys) == [.escalation, .result])
    try step(.acknowledge, [.reference: .text("r1"), .known: .flag(false)], by: .program)
    #expect(Set(file.clocks.keys) == [.result])
    try step(.notHere, by: .program)
    try step(.sight, [.provision: .text("none")], by: .program)
    #expect(file.state == .sighted && Set(file.clocks.keys) == [.closing])
  }
}
