import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import Testing

@testable import CMEService
@testable import SealedAlerts

/// What is lost, stale or unreadable between two programs with real stores, seals and signatures.
@Suite("Repair between programs", .timeLimit(.minutes(5))) struct RepairTests {
  private let torbay, devon: AlertingAuthority
  private let authorities: TwoAuthorities
  private let clock: ManualClock

  init() throws {
    authorities = try TwoAuthorities()
    clock = ManualClock(authorities.moment.date)
    torbay = try AlertingAuthority(authorities.torbay, clock: clock)
    devon = try AlertingAuthority(authorities.devon, clock: clock)
  }

  /// What waits goes to the other, until nobody has anything new.
  private func exchange(_ a: AlertingAuthority, _ b: AlertingAuthority) async throws {
    for _ in 0..<6 {
      for (sender, receiver) in [(a, b), (b, a)] { try await receiver.take(try await sender.deliver()) }
    }
  }

  @Test("What is lost both ways is asked for by each, and comes; nothing is on record as refused")
  func bothWays() async throws {
    try await torbay.raise(to: devon)
    try await exchange(torbay, devon)
    // Each loses one of the other's.
    try await torbay.raiseAgain(.reminded)
    try await devon.acknowledge()
    _ = try await torbay.deliver()
    _ = try await devon.deliver()
    try await torbay.raiseAgain(.reminded)
    try await devon.act(.notHere)
    try await exchange(torbay, devon)
    #expect(try await torbay.sentState() == .notHere)
    for authority in [torbay, devon] { #expect(try await authority.refusals() == []) }
    #expect(try await devon.store.read { try Alerts.end(.in, torbay.code, in: $0).sequence } == 3)
  }

  @Test(
    "The loss of the last shows when everybody is asked the next day; the same is not asked or sent twice in a minute")
  func last() async throws {
    try await torbay.raise(to: devon)
    _ = try await torbay.deliver()
    try await devon.connect()
    try await exchange(torbay, devon)
    #expect(try await devon.receivedState() == .received)
    // A gap is asked for once, however often it shows.
    for _ in 0..<3 { try await torbay.raiseAgain(.reminded) }
    let sent = try await torbay.deliver()
    let before = try await devon.sent().count
    try await devon.take([sent[1], sent[2], sent[1]])
    #expect(try await devon.sent().count == before + 1)
    #expect(try await devon.store.read { try Repair.missing(at: Timestamp(clock.now()), in: $0) } == 0)
    clock.set(clock.now().addingTimeInterval(601))
    #expect(try await devon.store.read { try Repair.missing(at: Timestamp(clock.now()), in: $0) } == 1)
  }

  @Test("An authority that lost its keys says what it cannot read; the sender raises it again to the new key")
  func keyLoss() async throws {
    try await torbay.raise(to: devon)
    let envelopes = try await torbay.deliver()
    // The file is gone; a new one is made, and the root signs its lines.
    let ring = try AlertKeyRing(devon.code, text: AlertKeyRing.newLines(first: TwoAuthorities.first, last: nil))
    let directory = try KeyDirectory.signed(
      authorities.torbay.keys.publicLines + ring.publicLines, number: 2)
    let recovered = try AlertingAuthority(AlertPost(keys: ring, directory: directory), clock: clock)
    #expect(try await recovered.take(envelopes).map { $0?.hasPrefix("unknownKey") } == [true])
    let told = try await recovered.deliver()
    #expect(told.map(\.count) == [AlertHeader.Class.unread.envelopeBytes])
    let renewed = try AlertingAuthority(
      AlertPost(keys: authorities.torbay.keys, directory: directory), clock: clock, sharing: torbay)
    try await renewed.take(told)
    #expect(try await renewed.sentState() == .unread)
    #expect(
      try await renewed.store.read { db in
        try String.fetchAll(db, sql: "SELECT title FROM case_task").contains("Raise the alert again")
      })
    // Said again, it changes nothing.
    try await renewed.take(told)
    try await renewed.raiseOnceMore(to: recovered)
    try await exchange(renewed, recovered)
    #expect(try await recovered.receivedState() == .received)
  }

  @Test("A sender that was restored from a copy goes on behind what the other has, and raises again what never arrived")
  func restored() async throws {
    try await torbay.raise(to: devon)
    try await exchange(torbay, devon)
    // The copy has the first message only; the other has three more.
    let copy = try await torbay.store.read { try Alerts.end(.out, devon.code, in: $0) }
    for _ in 0..<3 { try await torbay.raiseAgain(.reminded) }
    try await exchange(torbay, devon)
    try await torbay.transactions.write(by: .program(.cme)) { unit in
      try Alerts.save(copy, .out, devon.code, in: unit.db)
      try unit.db.execute(sql: "DELETE FROM alert_out WHERE sequence > ?", arguments: [copy.sequence])
    }
    try await torbay.raiseOnceMore(to: devon)
    try await exchange(torbay, devon)
    try await devon.connect()
    try await exchange(torbay, devon)
    #expect(try await torbay.refusals().contains("restored"))
    let state = try await torbay.store.read { try Cases<SentAlert>.find("c3", in: $0)?.file.state }
    #expect(state == .unread)
    try await torbay.raiseOnceMore(to: devon)
    try await exchange(torbay, devon)
    #expect(try await devon.store.read { try Cases<ReceivedAlert>.find("c2", in: $0)?.file.state } == .received)
  }

  @Test("What nobody signed, what another signed and what is too old asks for nothing and sends nothing again")
  func hostile() async throws {
    try await torbay.raise(to: devon)
    _ = try await torbay.deliver()
    let asked = try authorities.devon.askAgain(torbay.code, after: .beginning, at: authorities.moment)
    for index in [3, 20, 30, 60, 71, 100] {
      var changed = asked
      changed[index] ^= 1
      _ = try await torbay.take([changed])
    }
    #expect(try await torbay.deliver() == [])
    // Kent asks for what is Devon's: there is nothing for Kent.
    let kent = try authorities.kent.askAgain(torbay.code, after: .beginning, at: authorities.moment)
    #expect(try await torbay.take([kent]) == [nil])
    #expect(try await torbay.deliver() == [])
    #expect(try await torbay.take([asked, asked]) == [nil, nil])
    #expect(try await torbay.deliver().count == 1)
  }
}

extension AlertingAuthority {
  /// The same store, with other keys.
  init(_ post: AlertPost, clock: ManualClock, sharing other: AlertingAuthority) throws {
    store = other.store
    transactions = other.transactions
    desk = AlertDesk(
      post, searches: CaseDesk(MissingChildren(), timetable: other.timetable), timetable: other.timetable)
    self.clock = clock
    pupil = other.pupil
    code = other.code
  }

  /// Takes what waits, as the topic would have it.
  func deliver() async throws -> [Data] {
    try await transactions.write(by: .program(.cme)) { unit in
      let waiting = try Alerts.waiting(limit: 1_000, in: unit.db)
      for row in waiting { try Alerts.delivered(row.number, at: row.number, in: unit.db) }
      return waiting.map(\.envelope)
    }
  }

  /// What the program does when it comes to the topic.
  func connect() async throws {
    try await transactions.write(by: .program(.cme)) { [desk] unit in
      try Alerts.save(position: 0, at: "cluster", in: unit.db)
      try desk.askAll(unit)
    }
  }

  /// Goes on searching, and alerts the other authority again.
  func raiseOnceMore(to other: AlertingAuthority) async throws {
    try await transactions.write(by: Self.officer) { [self, other] unit in
      var search = try #require(try Cases<MissingChild>.find("c1", in: unit.db))
      try desk.searches.move(&search, .act(.recall, reason: "Again"), by: .person("u-officer", .cmeOfficer), in: unit)
      _ = try desk.raise(TwoAuthorities.short, to: other.code, for: &search, reason: "Again", by: Self.officer, unit)
    }
  }
}
