import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import Testing

@testable import CaseworkService

/// What other programs publish about a child, on a real store.
@Suite("What other programs publish about a child") struct MatterTests {
  private static let person = "c000000001"

  private func hear(_ data: some EventData, _ service: Caseworked) async throws {
    let event = try Made.event(data, about: service.school, at: Timestamp(service.clock.now()))
    let source = type(of: data).type.service
    try await service.transactions.write(by: .program(source)) { unit in
      try service.desks.matters(of: source).handle(event, in: unit)
    }
  }

  private static func working() async throws -> Caseworked {
    let service = try Caseworked()
    try await service.enrol()
    try await service.find()
    try await service.accept()
    try await service.allocate()
    return service
  }

  private func day(_ iso: String) throws -> Day { try #require(Day(iso: iso)) }

  @Test("A notice that is issued and paid stands in the chronology, among the matters, and with the officer once")
  func notice() async throws {
    let service = try await Self.working()
    let person = try #require(PersonID(Self.person))
    let issued = PenaltyNoticeIssued(
      notice: "c7", pupil: service.pupil, school: service.school, person: person, on: try day("2026-11-27"), level: 1,
      sessions: 12, lastDayToPay: try day("2026-12-28"))
    try await hear(issued, service)
    try await hear(issued, service)
    #expect(
      try await service.tasks().filter { $0.hasPrefix("Look at") } == ["Look at what was published about the child"])
    let before = try await matters(service)
    #expect(before.map(\.state) == ["penalty notice issued"] && before.allSatisfy(\.isOpen))
    try await hear(
      PenaltyNoticePaid(
        notice: "c7", pupil: service.pupil, school: service.school, person: person, on: try day("2026-11-30")), service)
    let after = try await matters(service)
    #expect(after.map(\.state) == ["penalty notice paid"] && after.allSatisfy { !$0.isOpen })
    let notes = try await service.names("SELECT what FROM chronology WHERE reference = 'c7' ORDER BY id")
    #expect(notes == ["penalty notice issued", "penalty notice paid"])
    try await service.act(.look)
    #expect(try await service.tasks().filter { $0.hasPrefix("Look at") } == [])
  }

  private func matters(_ service: Caseworked, as caller: Caller = .program(.casework)) async throws -> [Matter] {
    try await service.store.read { try MatterBook.all(of: service.pupil, for: caller, in: $0) }
  }

  @Test("A search, a permit and a ten-day return are shown; who is bound to another school learns nothing")
  func others() async throws {
    let service = try await Self.working()
    try await hear(
      SearchOpened(
        case: "c3", pupil: service.pupil, school: nil, trigger: "ten-day-absence", openedOn: try day("2026-11-30")),
      service)
    try await hear(
      WorkPermitGranted(
        permit: "c4", pupil: service.pupil, from: try day("2026-11-30"), until: try day("2027-07-31")), service)
    try await service.apply(
      ReturnFiled(
        pupil: service.pupil, school: service.school, kind: .attendance, filedOn: try day("2026-11-30"), dueOn: nil,
        finding: "f9"))
    let kinds = try await matters(service).map(\.kind.rawValue).sorted()
    #expect(kinds == ["missing-education-search", "school-return", "work-permit"])
    let foreign = Caller(subject: "u-else", role: .attendanceOfficer, schools: ["900102"])
    #expect(try await matters(service, as: foreign).isEmpty)
    // A child without a case has matters and no work.
    let other = try #require(PupilID("p000000002"))
    try await service.apply(try Made.enrolment(of: other, at: service.school))
    let work = try await service.names("SELECT count(*) || '' FROM case_task")
    try await hear(WorkPermitRevoked(permit: "c5", pupil: other, on: try day("2026-11-30")), service)
    #expect(try await service.names("SELECT count(*) || '' FROM case_task") == work)
  }

  @Test("Fifteen days of illness put the duty of section 19 before an officer once, and two records become one")
  func sickness() async throws {
    let service = try Caseworked()
    try await service.enrol()
    let other = try #require(PupilID("p000000002"))
    try await service.apply(try Made.enrolment(of: other, at: service.school))
    for (finding, pupil) in [("f1", service.pupil), ("f1", service.pupil), ("f2", service.pupil), ("f3", other)] {
      try await service.apply(
        Found<FifteenDaySickness>(
          finding: finding, pupil: pupil, school: service.school, since: try day("2026-11-09"),
          on: try day("2026-11-27"), session: nil, count: 15, outOf: nil, concerns: [],
          rule: RuleReference(id: "fifteen-day-sickness", source: "2024 Regulations reg 13", inForceFrom: nil)))
    }
    let cases = try await service.names("SELECT pupil FROM case_file WHERE kind = 'section-19' ORDER BY pupil")
    #expect(cases == [service.pupil.text, other.text])
    #expect(try await service.tasks() == Array(repeating: "Consider whether education must be arranged", count: 2))
    try await service.apply(PupilsMerged(pupil: service.pupil, merged: other))
    let open = try await service.names("SELECT pupil FROM case_file WHERE kind = 'section-19' AND is_open = 1")
    #expect(open == [service.pupil.text])
  }

  @Test("Events of a case say whose concern the child is: an escalation, a way back and a review")
  func steps() async throws {
    let service = try await Self.working()
    try await service.apply(
      ConcernsRecorded(
        pupil: service.pupil, concerns: [.init(concern: .socialCare, first: try day("2026-09-01"), last: nil)]))
    try await service.act(.contact, [.contact: .text("meeting")])
    try await service.act(.plan, [:], overriding: ["assessment-complete", "attendance-outcome", "baseline-frozen"])
    if try await service.file().proposal != nil { try await service.second() }
    try await service.act(.review, [.review: .text("continue")])
    let events = try await service.store.read { [service] in
      try service.transactions.outbox.events(after: 0, limit: 10, maximumBytes: .max, in: $0)
    }
    let reviewed = try CaseReviewed.decode(try #require(events.last))
    #expect(reviewed.case == "c1" && reviewed.concerns == [.socialCare])
  }
}
