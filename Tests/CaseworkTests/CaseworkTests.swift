import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import Seeded
import ServiceKit
import Store
import TestKit
import Testing

@testable import CaseworkService

@Suite("The flows of casework") struct FlowRoleTests {
  @Test("Their roles are roles of callers")
  func roles() {
    #expect(AttendanceContract.Role.allCases.allSatisfy { Role(rawValue: $0.rawValue) != nil })
    #expect(Section19.Role.allCases.allSatisfy { Role(rawValue: $0.rawValue) != nil })
    #expect(AttendanceCase.Role.allCases.allSatisfy { Role(rawValue: $0.rawValue) != nil })
  }
}

@Suite("Casework applies registers' events") struct CaseworkTests {
  @Test("A finding proposes one referral with its work and its clock; nothing is published until a person accepts it")
  func fromFindingToCase() async throws {
    let service = try Caseworked()
    try await service.find()
    try await service.find()
    try await service.find("f2")
    #expect(try await service.names("SELECT state FROM case_file") == ["received"])
    #expect(try await service.tasks() == ["Triage the referral"])
    #expect(try await service.names("SELECT name FROM timetable") == ["attendance-case 1 triage"])
    #expect(try await service.names("SELECT type FROM outbox") == [])
    try await service.accept()
    let events = try await service.store.read { [service] in
      try service.transactions.outbox.events(after: 0, limit: 10, maximumBytes: .max, in: $0)
    }
    let opened = try CaseOpened.decode(try #require(events.first))
    #expect(events.count == 1 && opened.case == "c1" && opened.pupil == service.pupil)
    #expect(try await service.tasks() == ["Give the case to an officer"])
  }

  @Test("From allocation to the first contact: owner, due day, next work")
  func firstContact() async throws {
    let service = try Caseworked()
    try await service.find()
    try await service.accept()
    let allocation = Move<AttendanceCase>.allocate(to: Owner(.attendanceOfficer, "u-officer"), reason: "Named officer")
    await #expect(throws: Refusal<AttendanceCase>.notPermitted) {
      try await service.move(allocation, by: Caseworked.officer)
    }
    try await service.move(allocation, by: Caseworked.manager)
    let file = try await service.file()
    #expect(file.state == .allocated && file.owner == Owner(.attendanceOfficer, "u-officer"))
    #expect(file.clocks[.firstContact]?.due == Day(iso: "2026-12-07"))
    #expect(try await service.names("SELECT DISTINCT person FROM case_task") == ["u-officer"])
    #expect(try await service.tasks() == ["Make the first contact", "Visit the family at home"])
    let contact = Intent<AttendanceCase>(
      .act(.contact), stating: .init([.contact: .text("letter")]), reason: "Wrote to both parents")
    try await service.move(.attempt(contact), by: Caseworked.officer)
    #expect(try await service.tasks() == ["Visit the family at home", "Agree a plan with the family"])
  }

  @Test("A referral that nobody has triaged falls away with its finding; an accepted one goes back to a person at once")
  func lapsing() async throws {
    let waiting = try Caseworked()
    try await waiting.find()
    try await waiting.lapse()
    #expect(try await waiting.names("SELECT state FROM case_file") == ["lapsed"])
    #expect(try await waiting.tasks() == [])
    #expect(try await waiting.names("SELECT name FROM timetable") == [])

    let accepted = try Caseworked()
    try await accepted.find()
    try await accepted.accept()
    try await accepted.lapse()
    #expect(try await accepted.file().state == .triaged)
    #expect(try await accepted.tasks().contains("Look again at a decision: Accept the referral"))
    let number = try #require(try await accepted.file().decisions.first?.number)
    try await accepted.move(
      .attempt(.init(.uphold(decision: number), reason: "The family wants help")), by: Caseworked.officer)
    #expect(try await accepted.tasks() == ["Give the case to an officer"])
  }

  @Test(
    "A clock fires once at the end of its last day, whatever restarts and jumps, and the replayed history is the case")
  func clocks() async throws {
    let service = try Caseworked()
    try await service.find()
    service.clock.set(CivilTime.moment(try #require(Day(iso: "2026-12-07")), minutes: 23 * 60 + 59))
    #expect(try await service.runDue() == 0)
    service.clock.set(CivilTime.moment(try #require(Day(iso: "2026-12-08")), minutes: 0))
    #expect(try await service.runDue() == 1)
    service.clock.set(CivilTime.moment(try #require(Day(iso: "2026-12-01")), minutes: 0))
    #expect(try await service.runDue() == 0)
    service.clock.set(CivilTime.moment(try #require(Day(iso: "2027-06-01")), minutes: 0))
    #expect(try await service.runDue() == 0)
    #expect(try await service.names("SELECT name FROM case_entry") == ["acted propose", "fired triage"])
    #expect(try await service.tasks() == ["Triage the referral"])
    try await service.accept()
    let histories = try await service.names("SELECT json FROM case_entry ORDER BY number")
    let entries = try histories.map { try JSONDecoder().decode(Entry<AttendanceCase>.self, from: Data($0.utf8)) }
    #expect(try await service.file() == CaseFile(entries))
  }

  @Test("History cannot be changed or taken out")
  func historyOnlyGrows() async throws {
    let service = try Caseworked()
    try await service.find()
    for sql in ["UPDATE case_entry SET name = 'other'", "DELETE FROM case_entry"] {
      await #expect(throws: DatabaseError.self) { try await service.store.write { try $0.execute(sql: sql) } }
    }
  }

  @Test("A refused move leaves nothing behind")
  func refusedMoves() async throws {
    let service = try Caseworked()
    try await service.find()
    let before = try await service.names("SELECT count(*) || '' FROM audit_log")
    await #expect(throws: Refusal<AttendanceCase>.notStated([.safeguarding])) {
      try await service.move(.act(.accept, reason: "Needs help"), by: Caseworked.officer)
    }
    #expect(try await service.names("SELECT count(*) || '' FROM audit_log") == before)
    #expect(try await service.file().entries == 1)
  }

  @Test("Two records that are one child have one open case, and every table follows")
  func merging() async throws {
    let service = try Caseworked()
    let other = try #require(PupilID("p000000002"))
    try await service.find()
    try await service.find("f2", of: other)
    #expect(try await service.names("SELECT state FROM case_file") == ["received", "received"])
    try await service.apply(PupilsMerged(pupil: service.pupil, merged: other))
    #expect(try await service.names("SELECT state FROM case_file ORDER BY number") == ["received", "closed"])
    #expect(try await service.names("SELECT DISTINCT pupil FROM case_file") == [service.pupil.text])
    let unmoved = try await service.store.read { try CaseworkSchema.roll.unmoved(keeping: [], in: $0) }
    #expect(unmoved == [])
  }
}
