import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

@Suite("Enforcement applies registers' events")
struct ServiceTests {
  @Test func theTenthMarkRaisesOneProposalWithItsGrounds() async throws {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyMarks(0..<9)
    #expect(try await service.published() == [])
    try await service.applyMarks(9..<14)
    #expect(try await service.published() == ["penalty-notice-proposed"])
    let stored = try await service.store.read { try Proposals.find("pn-1", in: $0) }
    let grounds = try #require(stored).proposal.grounds
    #expect(grounds.sessions.count == 10 && grounds.metOn == service.session(9).0)
    #expect(grounds.rule.source.contains("SI 2007/1867"))
  }

  @Test func aCorrectionLetsItLapseAndTheNextMarkProposesAnew() async throws {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyMarks(0..<10)
    try await service.amend(3, to: "I")
    #expect(try await service.published() == ["penalty-notice-proposed", "penalty-notice-proposal-lapsed"])
    try await service.applyMarks(10..<11)
    #expect(try await service.published().last == "penalty-notice-proposed")
    let history = try await service.store.read { try Proposals.judgements("pn-1", in: $0) }
    #expect(history.map(\.fact) == ["proposed", "lapsed"])
    #expect(history.map(\.cause) == ["event-19", "event-900"])
  }

  @Test func anotherCountedCodeRevisesAndAWithdrawnMarkLapses() async throws {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyMarks(0..<10)
    try await service.amend(0, to: "G")
    try await service.amend(0, to: "G")
    try await service.amend(1, to: nil)
    #expect(
      try await service.published() == [
        "penalty-notice-proposed", "penalty-notice-proposal-revised", "penalty-notice-proposal-lapsed",
      ])
  }

  @Test func marksThatCameFirstAreJudgedWhenCalendarAndEnrolmentArrive() async throws {
    let service = try Enforced()
    try await service.applyMarks(0..<12)
    let pupil = service.pupil
    let school = service.school
    let before = try await service.store.read { [judge = service.judge, clock = service.clock] in
      try judge.find(pupil: pupil, at: judge.school(school, in: $0), asOf: clock.today(), in: $0).waitingFor
    }
    #expect(before == ["the school's calendar", "the pupil's enrolment"])
    try await service.applyCalendar()
    #expect(try await service.published() == [])
    try await service.applyPupil()
    #expect(try await service.published() == ["penalty-notice-proposed"])
  }

  @Test(arguments: ["I", "M", "C", "/", "L", "Y7", "D"])
  func otherCodesLeaveNothing(code: String) async throws {
    let service = try Enforced()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyMarks(0..<12, code)
    #expect(try await service.published() == [])
    #expect(try await service.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM counted_session") } == 0)
  }

  @Test func independentSchoolsAndChildrenBelowSchoolAgeAreOutside() async throws {
    let independent = try Enforced()
    try await independent.applySchool(.independent)
    try await independent.applyCalendar()
    try await independent.applyPupil()
    try await independent.applyMarks(0..<12)
    #expect(try await independent.published() == [])
    try await independent.applySchool(.academy)
    #expect(try await independent.published() == ["penalty-notice-proposed"], "judged anew when the kind changes")

    let young = try Enforced()
    try await young.applySchool()
    try await young.applyCalendar()
    try await young.applyPupil(born: "2022-05-10")
    try await young.applyMarks(0..<12)
    #expect(try await young.published() == [])
    try await young.applyPupil(born: "2014-05-10")
    #expect(try await young.published() == ["penalty-notice-proposed"], "judged anew when the date is corrected")
  }

  @Test func dataOfAnotherShapeIsRefusedWhole() async throws {
    let service = try Enforced()
    try await service.applyCalendar()
    try await service.applyPupil()
    let (day, session) = service.session(0)
    await #expect(throws: ContractError.self) {
      try await service.apply(
        MarksRecorded(
          school: service.school, date: day, session: session,
          marks: ["O": [service.pupil], "nonsense": [service.pupil]]))
    }
  }

  @Test(
    arguments: [
      "INSERT INTO counted_session (pupil, school, date, session, registration, code) VALUES ('p', 's', 1, 2, 0, 79)",
      "INSERT INTO roll_registration (number, pupil, school, first, withdrawn, address_protected) VALUES (1, 'p', 's', 1, 2, 0)",
      "INSERT INTO proposal (id, pupil, school, state, grounds) VALUES ('x', 'p', 's', 'issued', '{}')",
      "INSERT INTO judgement (proposal, fact, at_millis, cause) VALUES ('nobody', 'proposed', 1, 'c')",
      "INSERT INTO proposal (id, pupil, school, state, grounds) VALUES ('a', 'p', 's', 'open', '{}'), ('b', 'p', 's', 'open', '{}')",
    ])
  func theStoreRefusesWhatMayNotBe(sql: String) async throws {
    let service = try Enforced()
    await #expect(throws: DatabaseError.self) { try await service.store.write { try $0.execute(sql: sql) } }
  }
}
