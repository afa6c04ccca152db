import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

@Suite("Penalty notices from the threshold to the end") struct NoticeTests {
  static let consider = "Consider withdrawing a notice: what it rests on has changed"

  @Test("A notice is issued at the first level, takes its sessions from the proposal, and says its sums and days")
  func issued() async throws {
    let service = try await Enforced.withProposal()
    let id = try await service.consider()
    let document = try await service.issue(id)
    #expect(try await service.state(id) == .issued)
    #expect(
      try await service.facts() == [
        "penalty-notice-proposed", "record-hold-placed", "record-hold-placed", "penalty-notice-issued",
        "penalty-notice-proposal-lapsed", "record-hold-released",
      ])
    let event = try PenaltyNoticeIssued.decode(
      try #require(try await service.events().first { $0.type == PenaltyNoticeIssued.type.name }))
    // Posted first class on Friday 1 January 2027, a bank holiday: the second working day is Tuesday 5 January.
    #expect(event.level == 1 && event.sessions == 10 && event.lastDayToPay == Day(iso: "2027-02-01"))
    let html = try await service.store.read { [desk = service.desk] db in
      String(decoding: try desk.notices.documents.contents(document, in: db).html, as: UTF8.self)
    }
    for words in ["£80", "£160", "Monday 25 January 2027", "Monday 1 February 2027", document.text] {
      #expect(html.contains(words), "\(words)")
    }
  }

  @Test("Each parent has a ledger: the second notice to one is flat, a third is refused, the other's is a first")
  func ledger() async throws {
    let service = try await Enforced.withProposal(sessions: 30)
    try await service.issue(service.consider(proposal: "pn-1"))
    #expect(try await service.published().last == "penalty-notice-proposed", "the sessions that are left meet it again")
    try await service.issue(service.consider(proposal: "pn-2"))
    let levels = try await service.store.read { try Int.fetchAll($0, sql: "SELECT level FROM notice ORDER BY number") }
    #expect(levels == [1, 2])
    let refused = try await service.unmet { _ = try await service.consider(proposal: "pn-3") }
    #expect(refused == ["under-limit"])
    let other = try await service.consider(Enforced.father, proposal: "pn-3")
    try await service.issue(other)
    #expect(try await service.state(other) == .issued)
  }

  @Test("A session is in one live notice of a parent; two parents may each have one for the same sessions")
  func sessionsAreUsedOnce() async throws {
    let service = try await Enforced.withProposal()
    let first = try await service.consider()
    let second = try await service.consider(Enforced.father)
    try await service.issue(first)
    try await service.issue(second)
    #expect(try await service.state(second) == .issued)
    await #expect(throws: Problem.self) { _ = try await service.consider() }
    // A request for some of the same sessions.
    let id = try await service.request(0..<4)
    #expect(try await service.unmet { try await service.issue(id) } == ["sessions-unused", "no-hard-conflict"])
    let documents = try await service.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM documents") }
    #expect(documents == 2, "what is refused makes no document")
  }

  @Test("A correction after the issue is put before an officer in its own transaction; before it, it blocks")
  func corrected() async throws {
    let service = try await Enforced.withProposal()
    let (first, second) = (try await service.consider(), try await service.consider(Enforced.father))
    try await service.issue(first)
    #expect(try await !service.tasks().contains(Self.consider))
    try await service.amend(3, to: "I")
    #expect(try await service.tasks().contains(Self.consider))
    #expect(try await service.state(first) == .issued, "the program withdraws nothing")
    #expect(try await service.unmet { try await service.issue(second) } == ["sessions-stand", "threshold"])
    let letter = try await service.withdraw(first, .materialError)
    #expect(try await service.state(first) == .withdrawn)
    #expect(try await !service.tasks().contains(Self.consider))
    #expect(try await service.facts().suffix(2) == ["penalty-notice-withdrawn", "record-hold-released"])
    let marked = try await service.store.read { [desk = service.desk] db in
      (
        try desk.notices.documents.document(letter, in: db).isWithdrawn,
        try IssuedDocumentCount.withdrawn(in: db)
      )
    }
    #expect(marked.0 == false && marked.1 == 1)
    #expect(
      try await service.published().filter { $0 == "penalty-notice-proposed" }.count == 1, "nothing proposes it again")
  }

  @Test(
    "Whatever takes a session out of the register is seen: a mark removed, a closure, a withdrawn registration",
    arguments: ["removed", "closed", "independent"])
  func everyCorrection(kind: String) async throws {
    let service = try await Enforced.withProposal()
    try await service.issue(service.consider())
    switch kind {
    case "removed": try await service.amend(3, to: nil)
    case "closed":
      let first = service.calendar.terms[0].first
      let later = SchoolCalendar(terms: [DayRange(first: first.adding(days: 2), last: first.adding(days: 40))])
      try await service.apply(
        CalendarRecorded(school: service.school, schoolYear: SchoolYear(startYear: 2026), calendar: later))
    default: try await service.applySchool(.independent)
    }
    #expect(try await service.tasks().contains(Self.consider))
  }

  @Test("Money: in time it discharges, short it does not, late it is held, and sent back it lets the decision go on")
  func money() async throws {
    let service = try await Enforced.withProposal()
    let id = try await service.consider()
    let document = try await service.issue(id)
    try await service.pay(50, document, receipt: "r1")
    #expect(try await service.state(id) == .issued)
    try await service.pay(30, document, receipt: "r2")
    #expect(try await service.state(id) == .paidReduced)
    #expect(try await service.facts().suffix(2) == ["penalty-notice-paid", "record-hold-released"])

    let late = try await Enforced.withProposal()
    let second = try await late.consider()
    let number = try await late.issue(second)
    try await late.passTime(to: try #require(Day(iso: "2027-02-01")))
    #expect(try await late.state(second) == .issued)
    try await late.passTime(to: try #require(Day(iso: "2027-02-02")))
    #expect(try await late.state(second) == .unpaid)
    #expect(try await late.facts().last == "penalty-notice-unpaid")
    #expect(try await late.tasks().contains("Prosecute, apply for a supervision order, or withdraw"))
    try await late.pay(160, number, receipt: "r1")
    #expect(try await late.state(second) == .queried)
    await #expect(throws: Problem.self) { _ = try await late.withdraw(second, .materialError) }
    _ = try await late.withdraw(second, .materialError, repayment: "By cheque")
    #expect(try await late.state(second) == .withdrawn)
  }

  @Test("A receipt that is shown to be later moves the days and takes back what was told of an unpaid notice")
  func receipt() async throws {
    let service = try await Enforced.withProposal()
    let id = try await service.consider()
    let document = try await service.issue(id)
    try await service.passTime(to: try #require(Day(iso: "2027-02-03")))
    #expect(try await service.state(id) == .unpaid)
    try await service.act(id, by: Caller(subject: "u-officer", role: .attendanceOfficer)) { desk, stored, unit in
      try desk.notices.documents.recordReceipt(
        DocumentReceipt(kind: .received, day: try #require(Day(iso: "2027-01-20")), evidence: "A signature"),
        of: document, in: unit)
      try desk.factsChanged(of: stored.pupil, in: unit)
      try desk.follow(try #require(try Notices.find(document, in: unit.db)), in: unit)
    }
    #expect(try await service.state(id) == .issued)
    #expect(try await service.facts().last == "penalty-notice-reopened")
    try await service.pay(160, document, receipt: "r1")
    #expect(try await service.state(id) == .paidReduced, "80 were due; the rest is to be sent back")
  }

  @Test("Two identifiers of one parent are one ledger: a merge reopens what rests on either, and parting too")
  func merged() async throws {
    let service = try await Enforced.withProposal(sessions: 20)
    let (first, second) = (
      try await service.consider(), try await service.consider(Enforced.father)
    )
    try await service.issue(first)
    try await service.issue(second)
    try await service.apply(PersonsMerged(person: Enforced.mother, merged: Enforced.father))
    #expect(try await service.tasks().filter { $0 == Self.consider }.count == 2)
    try await service.apply(PersonsParted(person: Enforced.mother, parted: [Enforced.father]))
    let open = try await service.store.read { db in
      try [first, second].map { try #require(try Cases<PenaltyNoticeCase>.find($0, in: db)).file.decisions }
    }
    #expect(open.allSatisfy { $0.contains { $0.act == .issue && $0.stands && $0.question != nil } })
  }

  @Test("What another authority told counts towards the limit")
  func elsewhere() async throws {
    let service = try await Enforced.withProposal()
    let today = service.clock.today()
    try await service.transactions.write(by: Caller(subject: "u", role: .attendanceOfficer)) { unit in
      let number = try Enquiries.ask(
        try AuthorityCode("383"), about: service.pupil, Enforced.mother, purpose: "Before a notice", on: today,
        in: unit.db)
      let told = [(issued: today.adding(days: -300), standing: NoticeStanding.paid)]
      #expect(try Enquiries.answer(number, with: told, on: today, in: unit.db))
      #expect(try !Enquiries.answer(number, with: told, on: today, in: unit.db), "once")
    }
    try await service.issue(service.consider())
    let level = try await service.store.read { try Int.fetchOne($0, sql: "SELECT level FROM notice") }
    #expect(level == 2)
  }

  @Test("Who is no parent of the child gets no notice")
  func strangers() async throws {
    let service = try await Enforced.withProposal()
    let stranger = try #require(PersonID("c00000000z"))
    #expect(try await service.unmet { _ = try await service.consider(stranger) } == ["parent-on-record"])
  }
}

enum IssuedDocumentCount {
  static func withdrawn(in db: Database) throws -> Int? {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM document_withdrawals")
  }
}
