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

@Suite("Cme applies registers' events") struct RegistersReaderTests {
  @Test("A deletion opens a search by its ground, once, and publishes it")
  func deletions() async throws {
    let expected: [(DeletionGround?, Bool?, String?)] = [
      (.a, true, nil), (.a, false, "T1"), (.g, nil, "T1"), (nil, nil, "T1"), (.k, nil, nil), (.k, false, nil),
      (.f, true, "T7"), (.h, false, "T3"), (.i, true, "T4"), (.o, true, nil), (.o, nil, "T1"),
    ]
    for (ground, isKnown, trigger) in expected {
      let service = try Searching()
      try await service.enrol()
      try await service.leave(ground, destinationKnown: isKnown)
      try await service.leave(ground, destinationKnown: isKnown)
      let states = try await service.states()
      #expect(states == (trigger == nil ? [] : ["suspected"]), "\(ground?.rawValue ?? "none")")
      guard trigger != nil else { continue }
      #expect(try await service.file().stated.text(.trigger) == trigger)
      #expect(try await service.published() == ["search-opened"])
      #expect(try await service.tasks().first == "Triage the report")
    }
  }

  @Test("A child beyond compulsory school age, or on another roll, is not looked for")
  func notMissing() async throws {
    let older = try Searching()
    try await older.enrol(born: "2009-01-10")
    try await older.leave(.g, destinationKnown: nil)
    #expect(try await older.states() == [])
    let elsewhere = try Searching()
    try await elsewhere.enrol()
    try await elsewhere.enrol(at: try URN("900102"), registration: 2)
    try await elsewhere.leave(.g, destinationKnown: nil)
    #expect(try await elsewhere.states() == [])
  }

  @Test("A report that nobody has triaged falls away when the child is on a roll; a triaged search goes to a person")
  func onARoll() async throws {
    let waiting = try Searching()
    try await waiting.enrol()
    try await waiting.leave(.g, destinationKnown: nil)
    try await waiting.enrol(at: try URN("900102"), registration: 2)
    #expect(try await waiting.states() == ["closed"])
    #expect(try await waiting.tasks() == [])
    #expect(try await waiting.published() == ["search-opened", "search-closed"])

    let triaged = try Searching()
    try await triaged.enrol()
    try await triaged.leave(.g, destinationKnown: nil)
    try await triaged.act(.screen, [.safeguarding: .text("no")])
    try await triaged.act(.begin)
    try await triaged.enrol(at: try URN("900102"), registration: 2)
    #expect(try await triaged.states() == ["enquiring"])
    try await triaged.act(.close, [.outcome: .text("on-roll"), .evidence: .text("school")])
    #expect(try await triaged.states() == ["closed"])
    #expect(try await triaged.published() == ["search-opened", "search-closed"])
    try await triaged.apply(
      PupilLeft(
        pupil: triaged.pupil, school: try URN("900102"), leftOn: triaged.clock.today().adding(days: -1), ground: .a,
        destinationKnown: true, registration: 2))
    #expect(try await triaged.tasks() == ["Look again at a decision: Close the search"])
  }

  @Test("Long absence is reported, and falls away with its findings before anybody has looked")
  func absence() async throws {
    let service = try Searching()
    try await service.enrol()
    try await service.found(TenDayAbsence.self)
    try await service.found(TenDayAbsence.self)
    try await service.found(TwentyDayAbsence.self, "f2")
    #expect(try await service.states() == ["suspected"])
    #expect(try await service.file().stated.text(.trigger) == "T2")
    try await service.lapsed(TwentyDayAbsence.self, "f2")
    #expect(try await service.states() == ["suspected"])
    try await service.lapsed(TenDayAbsence.self)
    #expect(try await service.states() == ["closed"])
    let chronology = try await service.names("SELECT what FROM chronology ORDER BY id")
    #expect(chronology.count == 4 && chronology.last == "ten-day-absence lapsed")
    let events = try await service.store.read { [service] in
      try service.transactions.outbox.events(after: 0, limit: 10, maximumBytes: .max, in: $0)
    }
    let closed = try SearchClosed.decode(try #require(events.last))
    #expect(closed.outcome == nil && closed.located == nil && closed.pupil == service.pupil)
  }

  @Test("The end of compulsory school age ends a search")
  func agedOut() async throws {
    let service = try Searching()
    try await service.enrol()
    try await service.leave(.g, destinationKnown: nil)
    try await service.apply(
      CompulsorySchoolAgeEnded(pupil: service.pupil, school: service.school, on: service.clock.today()))
    #expect(try await service.states() == ["closed"])
    #expect(try await service.file().decisions.last?.grounds.text(.outcome) == "over-age")
  }

  @Test("Two records that are one child have one open search, and every table follows")
  func merging() async throws {
    let service = try Searching()
    let other = try #require(PupilID("p000000002"))
    try await service.found(TenDayAbsence.self)
    try await service.found(TenDayAbsence.self, "f2", of: other)
    #expect(try await service.states() == ["suspected", "suspected"])
    try await service.apply(PupilsMerged(pupil: service.pupil, merged: other))
    #expect(try await service.states() == ["suspected", "closed"])
    #expect(try await service.names("SELECT DISTINCT pupil FROM case_file") == [service.pupil.text])
    #expect(try await service.names("SELECT DISTINCT pupil FROM absence_finding") == [service.pupil.text])
    let unmoved = try await service.store.read { try CMESchema.roll.unmoved(keeping: [], in: $0) }
    #expect(unmoved == [])
  }

  @Test("Nothing that names a child is kept")
  func canaries() async throws {
    let service = try Searching()
    try await service.enrol()
    try await service.leave(.g, destinationKnown: nil)
    let contents = try await service.store.read { try RouteWalk.contents(in: $0) }
    let kept = contents.values.flatMap { $0 }.joined(separator: "\n")
    #expect(kept.contains(service.pupil.text))
    for canary in ["Canaryna", "Wrenfield"] { #expect(!kept.contains(canary)) }
  }
}

@Suite("Searches on a store") struct SearchStoreTests {
  /// A search whose enquiries have begun.
  private func begun() async throws -> Searching {
    let service = try Searching()
    try await service.enrol()
    try await service.leave(.i, destinationKnown: false)
    try await service.act(.screen, [.safeguarding: .text("no")])
    try await service.act(.begin)
    return service
  }

  private func ask(_ service: Searching, _ items: ClosedRange<Int>) async throws {
    let today = service.clock.today()
    try await service.transactions.write(by: .program(.cme)) { unit in
      let list = EnquiryChecklist.inForce.value(on: today)
      for item in list.items where items.contains(item.number) {
        for part in item.parts {
          try Enquiries.add(
            .init(item: item.number, part: part, askedOn: today, result: .notFound), evidence: "", to: 1,
            by: "u-officer",
            at: unit.at, in: unit.db)
        }
      }
    }
  }

  private func state(
    _ service: Searching, _ finding: Certificate.Statement.Finding, isSigned: Bool = true
  ) async throws {
    try await service.transactions.write(by: .program(.cme)) { [service] unit in
      try Enquiries.save(
        .init(
          ground: .i, finding: finding, isUnavoidable: false, areDaysShown: true, schoolOfficer: "Attendance lead"),
        of: 1, by: "u-officer", at: unit.at, in: unit.db)
      if isSigned { try Enquiries.sign(1, by: "u-school", at: unit.at, in: unit.db) }
      try service.desk.factsChanged(of: service.pupil, in: unit)
    }
  }

  @Test("Joint enquiries are certified when they are complete, and go back to a person when what was said changes")
  func certificate() async throws {
    let service = try await begun()
    await #expect(throws: (any Error).self) { try await service.act(.certify) }
    try await ask(service, 1...5)
    try await state(service, .notFound)
    await #expect(throws: (any Error).self) { try await service.act(.certify) }
    try await ask(service, 6...6)
    try await state(service, .notFound, isSigned: false)
    await #expect(throws: (any Error).self) { try await service.act(.certify) }
    try await state(service, .notFound)
    try await service.act(.certify)
    #expect(try await service.file().decisions.last?.grounds.text(.certificate) == "efforts-failed")
    try await state(service, .foundReturning)
    #expect(try await service.tasks().contains("Look again at a decision: Certify the joint enquiries"))
  }

  @Test("A search without the child takes its time: twenty school days, then twenty-six weeks and every check again")
  func unlocated() async throws {
    let service = try await begun()
    await #expect(throws: (any Error).self) { try await service.act(.lose, by: Searching.manager) }
    let review = try #require(try await service.file().clocks[.unlocatedReview]?.due)
    service.clock.set(CivilTime.moment(review, minutes: 600))
    try await service.act(.lose, by: Searching.manager)
    let end = try #require(try await service.file().clocks[.search]?.due)
    let closing: [MissingChild.Fact: FactValue] = [
      .outcome: .text("unlocated-closed"), .evidence: .text("checks-repeated"),
    ]
    service.clock.set(CivilTime.moment(end.adding(days: -1), minutes: 600))
    try await ask(service, 1...13)
    await #expect(throws: (any Error).self) { try await service.act(.closeUnlocated, closing) }
    service.clock.set(CivilTime.moment(end, minutes: 600))
    try await service.act(.closeUnlocated, closing)
    try await service.move(.second(agrees: true, reason: ""), by: Searching.manager)
    #expect(try await service.states() == ["closed"])
    #expect(try await service.published() == ["search-opened", "whereabouts-unknown", "search-closed"])
    service.clock.set(CivilTime.moment(end.adding(days: 100), minutes: 600))
    try await service.transactions.write(by: .program(.cme)) { [service] in
      try service.desk.factsChanged(of: service.pupil, in: $0)
    }
    #expect(try await service.tasks() == [], "time alone puts no decision in doubt")
  }

  @Test("A search that is opened again takes its time anew")
  func reopened() async throws {
    let service = try await begun()
    try await service.act(.close, [.outcome: .text("abroad"), .evidence: .text("ticket")])
    service.clock.set(CivilTime.moment(service.clock.today().adding(days: 100), minutes: 600))
    try await service.act(.reopen)
    await #expect(throws: (any Error).self) { try await service.act(.lose, by: Searching.manager) }
    #expect(try await service.published() == ["search-opened", "search-closed", "search-opened"])
  }

  @Test("Clocks fire once, and the replayed history is the case")
  func clocks() async throws {
    let service = try Searching()
    try await service.enrol()
    try await service.leave(.g, destinationKnown: nil)
    service.clock.set(CivilTime.moment(try #require(Day(iso: "2026-12-01")), minutes: 1439))
    #expect(try await service.runDue() == 0)
    service.clock.set(CivilTime.moment(try #require(Day(iso: "2026-12-02")), minutes: 0))
    #expect(try await service.runDue() == 1)
    #expect(try await service.runDue() == 0)
    let histories = try await service.names("SELECT json FROM case_entry ORDER BY number")
    let entries = try histories.map { try JSONDecoder().decode(Entry<MissingChild>.self, from: Data($0.utf8)) }
    #expect(entries.map(\.name) == ["acted open", "fired triage"])
    #expect(try await service.file() == CaseFile(entries))
  }
}
