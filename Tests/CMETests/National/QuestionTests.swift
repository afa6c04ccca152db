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

/// Blind questions from program to program.
@Suite("Blind questions between programs", .timeLimit(.minutes(5))) struct QuestionTests {
  private let torbay, devon, kent: AlertingAuthority
  private let clock: ManualClock
  private let born: Day

  init() throws {
    let authorities = try TwoAuthorities()
    clock = ManualClock(authorities.moment.date)
    torbay = try AlertingAuthority(authorities.torbay, clock: clock)
    devon = try AlertingAuthority(authorities.devon, clock: clock)
    kent = try AlertingAuthority(authorities.kent, clock: clock)
    born = try #require(Day(iso: "2016-05-10"))
  }

  private func child(_ given: String = "Canaryna", _ family: String = "Wrenfield", born day: Day? = nil)
    -> ChildIdentity
  {
    ChildIdentity(givenName: given, familyName: family, dateOfBirth: day ?? born, upn: nil)
  }

  /// Lets everything reach everybody, again and again.
  private func exchange() async throws {
    for _ in 0..<6 {
      for sender in [torbay, devon, kent] {
        let envelopes = try await sender.sent()
        for receiver in [torbay, devon, kent] { try await receiver.take(envelopes) }
      }
    }
  }

  /// What each authority says: yes, no or open.
  private func replies() async throws -> [String: String] {
    try await torbay.store.read { db in
      Dictionary(
        uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT authority, matched FROM question_reply").map {
          ($0[0] as String, ($0[1] as Bool?).map { $0 ? "yes" : "no" } ?? "open")
        })
    }
  }

  @Test("Who does not know the child says so at once; who knows it only after an officer has looked; no record moves")
  func path() async throws {
    try await devon.keep(child())
    try await torbay.ask(child())
    try await exchange()
    #expect(try await replies() == ["878": "open", "886": "no"])
    let states = try await devon.store.read { try String.fetchAll($0, sql: "SELECT kind FROM case_file") }
    #expect(states == ["match-lead"])
    #expect(try await devon.store.read { try Alerts.page(after: 0, limit: 9, in: $0).isEmpty })
    try await devon.answerLead(.confirm)
    try await exchange()
    #expect(try await replies() == ["878": "yes", "886": "no"])
    #expect(
      try await torbay.store.read { try Cases<MissingChild>.find("c1", in: $0)?.file.state } == .enquiring)
    for authority in [torbay, devon, kent] { #expect(try await authority.refusals() == []) }
  }

  @Test("The flow of a lead is whole")
  func flow() { #expect(MatchLead.flow.faults(on: born) == []) }

  @Test("An officer may deny, and nobody learns that there was a lead")
  func denied() async throws {
    try await devon.keep(child())
    try await torbay.ask(child())
    try await exchange()
    try await devon.answerLead(.deny)
    try await exchange()
    #expect(try await replies() == ["878": "no", "886": "no"])
  }

  @Test("Spelling, exchanged names and an exchanged day and month are found; another child is not")
  func spellings() async throws {
    let swapped = try #require(Day(iso: "2016-10-05"))
    for (given, family, day, isFound) in [
      ("CANARYNA", "Wrenfield", born, true), ("Wrenfield", "Canaryna", born, true),
      ("Canarina", "Wrennfield", born, true), ("Canaryna", "Wrenfield", swapped, true),
      ("Robin", "Finch", born, false), ("Canaryna", "Wrenfield", born.adding(days: 1), false),
    ] {
      let asked = child(given, family, born: day).asked.compactMap { $0 }
      let isHit = child().kept.contains { asked.contains($0) }
      #expect(isHit == isFound, "\(given) \(family)")
    }
  }

  @Test("An answer is compared once, by whoever asked; more questions than a day allows are refused")
  func limits() async throws {
    try await torbay.ask(child())
    try await exchange()
    let id = try #require(try await torbay.store.read { try String.fetchOne($0, sql: "SELECT id FROM question") })
    let question = try #require(AlertID(id))
    let tokens = Array(repeating: Data(count: 48), count: BlindQuestion.count)
    for sender in [torbay, kent] {
      try await sender.transactions.write(by: .program(.cme)) { [devon] unit in
        try sender.desk.sender.send(.compared(tokens), question, to: devon.code, unit)
      }
      try await devon.take(sender.sent())
    }
    #expect(try await devon.refusals() == ["wrongAlert", "wrongAlert"])
    for _ in 1..<Questions.mostOnADay { try await torbay.ask(child()) }
    await #expect(throws: Problem.self) { try await torbay.ask(child()) }
    // Whoever leaves the limit out of its own program is not answered.
    try await torbay.transactions.write(by: .program(.cme)) { unit in
      try unit.db.execute(sql: "UPDATE question SET at_millis = 0")
    }
    try await torbay.ask(child())
    try await devon.take(torbay.sent())
    #expect(try await devon.refusals().last == "tooManyQuestions")
    #expect(try await devon.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM question_asked") } == 50)
  }

  @Test("No store and no record of the topic holds a name or a date of birth")
  func canaries() async throws {
    try await devon.keep(child())
    try await torbay.ask(child())
    try await exchange()
    for authority in [torbay, devon, kent] {
      for envelope in try await authority.sent() {
        for canary in ["Canaryna", "canaryna", "Wrenfield", "wrenfield", born.iso] {
          #expect(envelope.firstRange(of: Data(canary.utf8)) == nil)
        }
      }
      let kept = try await authority.contents().values.flatMap { $0 }
      #expect(!kept.contains { $0.lowercased().contains("canaryna") })
    }
  }
}

extension AlertingAuthority {
  /// Keeps a child as the reader of the roll does.
  func keep(_ identity: ChildIdentity) async throws {
    try await transactions.write(by: .program(.registers)) { [desk, pupil] unit in
      try Questions.keep(try desk.post.keys.kept(identity, on: unit.today), of: pupil, in: unit.db)
    }
  }

  /// Asks everybody for the child of a search, which is opened for it.
  func ask(_ identity: ChildIdentity) async throws {
    try await transactions.write(by: Self.officer) { [desk, pupil] unit in
      let person = Actor<MissingChild.Role>.person("u-officer", .cmeOfficer)
      var search: StoredCase<MissingChild>
      if let stored = try Cases<MissingChild>.find("c1", in: unit.db) {
        search = stored
      } else {
        search = try desk.searches.open(
          .init(.act(.open), stating: .init([.trigger: .text("T9")]), reason: "Seen"), about: pupil.text, pupil,
          at: nil,
          by: person, in: unit)
        try desk.searches.move(
          &search, .attempt(.init(.act(.screen), stating: .init([.safeguarding: .text("no")]), reason: "Asked")),
          by: person, in: unit)
        try desk.searches.move(&search, .act(.begin, reason: "Due"), by: person, in: unit)
      }
      _ = try desk.ask(identity, for: search, unit)
    }
  }

  func answerLead(_ act: MatchLead.Act) async throws {
    try await transactions.write(by: Self.officer) { [desk] unit in
      var stored = try #require(try Cases<MatchLead>.find("c1", in: unit.db))
      try desk.leads.move(&stored, .act(act, reason: "Looked"), by: .person("u-officer", .cmeOfficer), in: unit)
    }
  }
}
