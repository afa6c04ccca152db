import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

@Suite("Prosecutions from the referral to the end") struct ProsecutionServiceTests {
  static let lookAgain = "Look again at a decision: Lay the information"

  /// Laid today, for an unpaid notice.
  private static func laid() async throws -> (service: Enforced, id: String, notice: String) {
    let (service, notice) = try await Enforced.withUnpaidNotice()
    let id = try await service.refer()
    try await service.prepare(id)
    try await service.signPack(id)
    try await service.lay(id)
    #expect(try await service.prosecution(id).state == .laid)
    return (service, id, notice)
  }

  @Test("Laid by two persons, convicted, sentenced and closed: the notice follows, and two opaque events are published")
  func wholeCourse() async throws {
    let (service, id, notice) = try await Self.laid()
    #expect(try await service.state(notice) == .prosecuted)
    #expect(try await service.facts().last == "prosecution-laid")
    try await service.does(id, .serveSummons, [.servedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(id, .pleadGuilty, [.convictedOf: .text("s444-1")])
    #expect(try await service.state(notice) == .convicted)
    try await service.does(
      id, .sentence,
      [
        .sentence: .text("fine"), .sentencedOn: .text("2027-02-02"), .fineBand: .text("band-b"), .fine: .number(200_00),
        .surcharge: .number(80_00), .costs: .number(0), .parentingOrder: .flag(false),
        .supervisionDirected: .flag(false),
      ])
    let event = try #require(try await service.events().last { $0.type == ProsecutionDecided.type.name })
    let decided = try ProsecutionDecided.decode(event)
    #expect(decided.prosecution == id && decided.person == Enforced.mother && decided.pupil == service.pupil)
    let text = String(decoding: event.data ?? [], as: UTF8.self)
    for word in ["s444", "fine", "guilty", "convict"] { #expect(!text.contains(word), "the event tells \(word)") }
    try await service.passTime(to: try #require(Day(iso: "2027-02-24")))
    #expect(try await service.prosecution(id).state == .concluded)
    #expect(try await service.facts().last == "record-hold-released")
  }

  @Test(
    "A court that directs an application for a supervision order starts the eight weeks, once",
    arguments: [true, false])
  func directed(isDirected: Bool) async throws {
    let (service, id, _) = try await Self.laid()
    try await service.does(id, .serveSummons, [.servedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(id, .pleadGuilty, [.convictedOf: .text("s444-1")])
    let sentence: [Prosecution.Fact: FactValue] = [
      .sentence: .text("absolute-discharge"), .sentencedOn: .text("2027-02-02"), .fineBand: .text("none"),
      .fine: .number(0), .surcharge: .number(0), .costs: .number(0), .parentingOrder: .flag(false),
      .supervisionDirected: .flag(isDirected),
    ]
    try await service.does(id, .sentence, sentence)
    try await service.does(id, .appeal, [.appealedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(id, .changeSentence, sentence)
    let files = try await service.store.read { [pupil = service.pupil] in
      try Cases<SupervisionOrderCase>.all(of: pupil, in: $0).map(\.file)
    }
    #expect(files.map { $0.clocks[.report]?.due.iso } == (isDirected ? ["2027-03-29"] : []))
    #expect(files.map { $0.stated.day(.directedOn)?.iso } == (isDirected ? ["2027-02-02"] : []))
  }

  @Test("Not before day 29, not without its own signed pack, not without the signature of a second person")
  func notYet() async throws {
    let service = try await Enforced.withProposal()
    let notice = try await service.consider()
    try await service.issue(notice)
    try await service.passTime(to: try #require(Day(iso: "2027-02-01")))
    let id = try await service.refer()
    try await service.prepare(id)
    #expect(
      try await service.forbidding { try await service.lay(id) } == [
        "time-to-pay-over", "no-hard-conflict", "pack-signed",
      ])
    try await service.passTime(to: try #require(Day(iso: "2027-02-02")))
    #expect(try await service.forbidding { try await service.lay(id) } == ["pack-signed"])
    try await service.signPack(id, 0..<8)
    #expect(try await service.forbidding { try await service.lay(id) } == ["pack-signed"], "a pack of another charge")
    try await service.signPack("c999")
    #expect(try await service.forbidding { try await service.lay(id) } == ["pack-signed"], "another matter's pack")
    try await service.signPack(id)
    try await service.does(id, .lay, [.adult: .flag(true)])
    #expect(try await service.prosecution(id).state == .legalReview)
    try await service.move(id, .second(agrees: true, reason: "Agreed"), by: Enforced.chief)
    #expect(try await service.prosecution(id).state == .laid)
  }

  @Test("While money is held nobody lays, however many sign")
  func money() async throws {
    let service = try await Enforced.withProposal()
    let notice = try await service.consider()
    let document = try await service.issue(notice)
    try await service.pay(10, document, receipt: "r-1")
    try await service.passTime(to: try #require(Day(iso: "2027-02-02")))
    let id = try await service.refer()
    try await service.prepare(id)
    try await service.signPack(id)
    #expect(try await service.forbidding { try await service.lay(id) } == ["no-money-held"])
    await #expect(throws: Refusal<Prosecution>.notOverridable(["no-money-held"])) {
      try await service.lay(id, overriding: ["no-money-held"])
    }
    #expect(try await service.prosecution(id).state == .legalReview)
  }

  @Test("Sessions of a notice that is paid leave the charge at once, and the full code test is applied again")
  func paidSessions() async throws {
    let service = try await Enforced.withProposal(sessions: 20)
    let first = try await service.consider(proposal: "pn-1")
    let document = try await service.issue(first)
    let id = try await service.refer(0..<20, route: "direct")
    try await service.prepare(id)
    #expect(try await service.charge(id) == (20, []))
    try await service.pay(80, document, receipt: "r-1")
    #expect(try await service.state(first) == .paidReduced)
    #expect(try await service.charge(id) == (10, [.paid]))
    #expect(!(try await service.prosecution(id).decisions.contains { $0.act == .testCode && $0.stands }))
    await #expect(throws: Refusal<Prosecution>.undecided([.testCode])) { try await service.lay(id) }
    try await service.testCode(id)
    try await service.signPack(id, 10..<20)
    try await service.lay(id)
    #expect(try await service.prosecution(id).state == .laid)
    #expect(try await service.state(first) == .paidReduced, "a paid notice is not prosecuted")
  }

  @Test("Too few sessions that are left go on with a reason and two persons, and with none nothing is laid")
  func tooFew() async throws {
    let service = try await Enforced.withProposal(sessions: 12)
    let first = try await service.consider(proposal: "pn-1")
    let document = try await service.issue(first)
    try await service.pay(80, document, receipt: "r-1")
    let id = try await service.refer(0..<12, route: "direct")
    #expect(try await service.charge(id) == (2, [.paid]))
    try await service.prepare(id)
    try await service.signPack(id, 10..<12)
    #expect(try await service.forbidding { try await service.lay(id) } == ["enough-sessions"])
    try await service.lay(id, overriding: ["enough-sessions"])
    #expect(try await service.prosecution(id).state == .laid)
    #expect(try await service.forbidding { _ = try await service.refer(0..<10, route: "direct") } == ["period-known"])
  }

  @Test("A mark that is amended after laying puts the laying before a person, and freezes the pack")
  func amended() async throws {
    let (service, id, _) = try await Self.laid()
    #expect(try await !service.tasks().contains(Self.lookAgain))
    try await service.amend(3, to: "I")
    #expect(try await service.tasks().contains(Self.lookAgain))
    let packs = try await service.store.read { [pupil = service.pupil] db in
      try Cases<CourtPackCase>.all(of: pupil, in: db).map(\.file.state)
    }
    #expect(packs == [.frozen])
    let laying = try #require(try await service.prosecution(id).decisions.first { $0.act == .lay })
    #expect(laying.question?.facts.flag(.packSigned) == false)
    let uphold = Move<Prosecution>.attempt(.init(.uphold(decision: laying.number), reason: "It changes nothing"))
    // What the full code test rests on has changed too: it is looked at first, by who is apart from the case.
    await #expect(throws: Refusal<Prosecution>.undecided([.testCode])) {
      try await service.move(id, uphold, by: Enforced.attorney)
    }
  }

  @Test("A notice that is withdrawn bars the proceedings: the laying cannot be upheld, and is discontinued")
  func withdrawn() async throws {
    let (service, id, notice) = try await Self.laid()
    _ = try await service.withdraw(notice, .materialError)
    #expect(try await service.tasks().contains(Self.lookAgain))
    let number = try #require(try await service.prosecution(id).decisions.first { $0.act == .lay }?.number)
    let refused = try await service.forbidding {
      try await service.move(
        id, .attempt(.init(.uphold(decision: number), reason: "Go on")), by: Enforced.attorney)
    }
    #expect(refused.contains("nothing-barred"))
    try await service.does(id, .discontinue)
    #expect(try await service.prosecution(id).state == .withdrawn)
    #expect(try await service.facts().suffix(2) == ["prosecution-decided", "record-hold-released"])
  }

  @Test("What was before a court is not charged again, and no notice is issued for it")
  func onceOnly() async throws {
    let (service, id, notice) = try await Self.laid()
    try await service.does(id, .serveSummons, [.servedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(id, .pleadNotGuilty, [.hearingOn: .text("2027-03-01")])
    try await service.does(id, .acquit)
    #expect(try await service.state(notice) == .acquitted)
    #expect(try await service.forbidding { _ = try await service.refer() } == ["period-known"])
    let other = try await service.refer(0..<10, Enforced.father, route: "direct")
    #expect(try await service.charge(other) == (10, []), "the other parent has a case of their own")
  }

  @Test("A conviction that is quashed takes the notice out of the count, and the result is published again")
  func quashed() async throws {
    let (service, id, notice) = try await Self.laid()
    try await service.does(id, .serveSummons, [.servedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(id, .pleadGuilty, [.convictedOf: .text("s444-1")])
    try await service.does(
      id, .sentence,
      [
        .sentence: .text("absolute-discharge"), .sentencedOn: .text("2027-02-02"), .fineBand: .text("none"),
        .fine: .number(0), .surcharge: .number(0), .costs: .number(0), .parentingOrder: .flag(false),
        .supervisionDirected: .flag(false),
      ])
    try await service.does(id, .appeal, [.appealedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-15")])
    #expect(try await service.state(notice) == .convicted)
    try await service.does(id, .quash)
    #expect(try await service.state(notice) == .acquitted)
    #expect(try await service.facts().filter { $0 == "prosecution-decided" }.count == 2)
  }

  @Test("A block gives way to two persons, a hard one to nobody")
  func conflicts() async throws {
    let (service, _) = try await Enforced.withUnpaidNotice()
    let id = try await service.refer(circumstances: [.noControl])
    try await service.prepare(id)
    try await service.signPack(id)
    #expect(try await service.forbidding { try await service.lay(id) } == ["no-conflict"])
    let hard = try await service.refer(circumstances: [.authorityIsParent])
    try await service.prepare(hard)
    try await service.signPack(hard)
    #expect(try await service.forbidding { try await service.lay(hard) } == ["no-hard-conflict"])
    await #expect(throws: Refusal<Prosecution>.notOverridable(["no-hard-conflict"])) {
      try await service.lay(hard, overriding: ["no-hard-conflict"])
    }
    try await service.lay(id, overriding: ["no-conflict"])
    #expect(try await service.prosecution(id).state == .laid)
    #expect(
      try await service.forbidding { try await service.lay(hard) } == ["nothing-barred", "no-hard-conflict"],
      "the same sessions are not charged twice")
  }

  @Test("What was laid keeps its charge, and what was charged stays on record")
  func keptCharge() async throws {
    let (service, _, _) = try await Self.laid()
    for sql in ["UPDATE prosecution_session SET bar = 'paid'", "DELETE FROM prosecution_session"] {
      await #expect(throws: DatabaseError.self) { try await service.store.write { try $0.execute(sql: sql) } }
    }
  }

  @Test("Two records that are one child: the prosecution follows")
  func merging() async throws {
    let (service, id, _) = try await Self.laid()
    let kept = try #require(PupilID("p000000009"))
    try await service.apply(PupilsMerged(pupil: kept, merged: service.pupil), number: 950)
    let pupils = try await service.store.read { db in
      (try StoredProsecutions.all(about: kept, in: db).count, try Cases<Prosecution>.find(id, in: db)?.pupil)
    }
    #expect(pupils.0 == 1 && pupils.1 == kept)
  }
}
