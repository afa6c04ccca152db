import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import ServiceTestKit
import Store
import Testing

@testable import CMEService
@testable import SealedAlerts

/// Two authorities' programs and what passes between them, with a third that looks on.
@Suite("Alerts between programs", .timeLimit(.minutes(5))) struct AlertDeskTests {
  private let torbay, devon, kent: AlertingAuthority
  private let clock: ManualClock

  init() throws {
    let authorities = try TwoAuthorities()
    clock = ManualClock(authorities.moment.date)
    torbay = try AlertingAuthority(authorities.torbay, clock: clock)
    devon = try AlertingAuthority(authorities.devon, clock: clock)
    kent = try AlertingAuthority(authorities.kent, clock: clock)
  }

  /// Lets everything that was sent reach everybody, again and again, until nobody has anything new.
  private func exchange() async throws {
    for _ in 0..<4 {
      for sender in [torbay, devon, kent] {
        let envelopes = try await sender.sent()
        for receiver in [torbay, devon, kent] { try await receiver.take(envelopes) }
      }
    }
  }

  @Test("An alert is received, acknowledged, not found, found and closed; each step is known on both sides")
  func life() async throws {
    try await torbay.raise(to: devon)
    #expect(try await torbay.sentState() == .raised)
    try await exchange()
    #expect(try await torbay.sentState() == .received)
    #expect(try await devon.receivedState() == .received)
    #expect(try await kent.receivedState() == nil)
    try await devon.acknowledge()
    try await exchange()
    #expect(try await torbay.sentState() == .acknowledged)
    try await devon.act(.notHere)
    try await exchange()
    #expect(try await torbay.sentState() == .notHere)
    try await devon.act(.sight, [.provision: .text("Made-up Academy")])
    try await exchange()
    #expect(try await torbay.sentState() == .sighted)
    try await torbay.transactions.write(by: AlertingAuthority.officer) { [torbay] unit in
      var stored = try #require(try Cases<SentAlert>.find("c2", in: unit.db))
      #expect(stored.file.stated.text(.provision) == "Made-up Academy")
      try torbay.desk.sent.move(
        &stored, .act(.close, reason: "Found"), by: .person("u-officer", .cmeOfficer), in: unit)
    }
    try await exchange()
    #expect(try await devon.receivedState() == .closed)
    for authority in [torbay, devon, kent] { #expect(try await authority.refusals() == []) }
  }

  @Test("The receipt lets the search be closed, and nothing else does")
  func receipt() async throws {
    try await torbay.raise(to: devon)
    try await exchange()
    let ending = Intent<MissingChild>(
      .act(.close), stating: .init([.outcome: .text("other-authority"), .evidence: .text("receipt")]), reason: "There")
    func close(_ torbay: AlertingAuthority) async throws {
      try await torbay.transactions.write(by: AlertingAuthority.officer) { unit in
        var search = try #require(try Cases<MissingChild>.find("c1", in: unit.db))
        try torbay.desk.searches.move(&search, .attempt(ending), by: .person("u-officer", .cmeOfficer), in: unit)
      }
    }
    await #expect(throws: Refusal<MissingChild>.self) { try await close(torbay) }
    try await devon.acknowledge()
    try await exchange()
    try await close(torbay)
    #expect(
      try await torbay.store.read { try Cases<MissingChild>.find("c1", in: $0)?.file.state }
        == MissingChild.State.closed)
  }

  @Test("What is read again changes nothing on any side")
  func replay() async throws {
    try await torbay.raise(to: devon)
    try await exchange()
    try await devon.acknowledge()
    try await exchange()
    let before = [try await torbay.contents(), try await devon.contents(), try await kent.contents()]
    try await exchange()
    #expect([try await torbay.contents(), try await devon.contents(), try await kent.contents()] == before)
  }

  @Test("Missing, foreign and unexpected messages are refused on record and have no effect; those behind are read")
  func refusals() async throws {
    try await torbay.raise(to: devon)
    let raised = try await torbay.sent()
    try await torbay.raiseAgain(.reminded)
    let both = try await torbay.sent()
    #expect(try await devon.take([both[1]]) == [nil], "one is missing before it: it is asked for")
    #expect(try await devon.sent().map(\.count) == [AlertHeader.Class.again.envelopeBytes])
    #expect(try await devon.take(both) == [nil, nil])
    // Kent speaks about an alert that is not its own.
    let alert = try #require(try await devon.alert())
    try await kent.transactions.write(by: .program(.cme)) { [kent, devon] unit in
      try kent.desk.sender.send(.closed, alert, to: devon.code, unit)
    }
    #expect(try await devon.take(kent.sent()) == ["wrongAlert"])
    #expect(try await devon.receivedState() == .received)
    // Devon answers before anybody has acknowledged.
    try await devon.transactions.write(by: .program(.cme)) { [torbay, devon] unit in
      try devon.desk.sender.send(.sighted(provision: "School"), alert, to: torbay.code, unit)
      try devon.desk.sender.send(.received, AlertID(), to: torbay.code, unit)
    }
    let answers = try await torbay.take(devon.sent())
    #expect(answers == [nil, nil, nil, "notFromHere", "wrongAlert"])
    #expect(try await torbay.sentState() == .received)
    var changed = raised[0]
    changed[500] ^= 1
    #expect(try await kent.take([changed]) == [nil], "what is for others is nobody's to judge")
    #expect(try await devon.take([changed]) == ["forged"])
    #expect(try await devon.refusals() == ["wrongAlert", "forged"])
  }

  @Test("A silent authority is asked on the fifth and tenth working day, and managers hear on the fifteenth")
  func reminders() async throws {
    try await torbay.raise(to: devon)
    try await exchange()
    let days = AlertDays(sent: CivilTime.day(at: clock.now()))
    var asked: [Int] = []
    for day in [days.firstReminderOn, days.secondReminderOn, days.escalateOn] {
      clock.set(CivilTime.moment(day.adding(days: 1), minutes: 1))
      _ = try await torbay.runDue()
      asked.append(try await torbay.sent().count)
    }
    #expect(asked == [2, 3, 3])
    let owner = try await torbay.store.read { try Cases<SentAlert>.find("c2", in: $0)?.file.owner }
    #expect(owner == Owner(.manager))
    try await exchange()
    let heeded = try await devon.store.read { try Cases<ReceivedAlert>.find("c1", in: $0)?.file.owner }
    #expect(heeded == Owner(.manager))
  }

  @Test("No store holds what an alert says; the receiver alone opens it")
  func sealed() async throws {
    try await torbay.raise(to: devon)
    try await exchange()
    for authority in [torbay, devon, kent] {
      let kept = try await authority.store.read { try RouteWalk.contents(in: $0) }.values.flatMap { $0 }
      for canary in ["Canaryna", "Wrenfield", "Finch", "01803"] {
        #expect(!kept.contains { $0.contains(canary) })
        #expect(!kept.contains { $0.contains(Data(canary.utf8).hex) })
      }
    }
    let alert = try #require(try await devon.row())
    #expect(try devon.desk.record(of: alert) == TwoAuthorities.short)
    #expect(throws: AlertError.self) { try kent.desk.record(of: alert) }
    let own = try #require(try await torbay.row())
    #expect(try torbay.desk.record(of: own) == nil)
  }

  @Test("What is to be sent again goes in order from the first that was lost")
  func sendingAgain() async throws {
    try await torbay.raise(to: devon)
    for _ in 0..<3 { try await torbay.raiseAgain(.reminded) }
    try await torbay.transactions.write(by: .program(.cme)) { unit in
      for number in 1...3 { try Alerts.delivered(Int64(number), at: Int64(number) * 10, in: unit.db) }
      #expect(try Alerts.sentThrough(in: unit.db) == 31)
      #expect(try Alerts.waiting(limit: 10, in: unit.db).map(\.number) == [4])
      try Alerts.sendAgain(from: 15, in: unit.db)
      #expect(try Alerts.waiting(limit: 10, in: unit.db).map(\.number) == [2, 3, 4])
    }
  }
}

extension AlertingAuthority {
  /// The one alert.
  func row() async throws -> Alerts.Row? { try await store.read { try Alerts.page(after: 0, limit: 1, in: $0).first } }
  func alert() async throws -> AlertID? { try await row()?.id }

  /// Sends another message about the one alert.
  func raiseAgain(_ step: AlertMessage.Step) async throws {
    let row = try #require(try await row())
    try await transactions.write(by: .program(.cme)) { [desk] unit in
      try desk.sender.send(step, row.id, to: row.authority, unit)
    }
  }
}
