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

/// The handler of the real service on a real store file, given events as the intake would give them.
struct Enforced {
  let store: Store
  let outbox: Outbox
  let handler: RegistersHandler
  let judge: JudgeThreshold
  let school: URN
  let pupil: PupilID
  let calendar: SchoolCalendar
  let clock = ManualClock(Date(timeIntervalSince1970: 1_798_761_600))  // 2027-01-01

  init(path: String = NSTemporaryDirectory() + "enforcement-\(UUID().uuidString).sqlite") throws {
    store = try Store(
      path: path, owner: "880.enforcement", migrations: MessagingSchema.migrations + EnforcementSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    outbox = Outbox(service: .enforcement, authority: "880", store: store)
    judge = JudgeThreshold(codes: .england)
    handler = RegistersHandler(judge: judge)
    school = try URN("100001")
    pupil = try #require(PupilID("p000000001"))
    let first = try #require(Day(iso: "2026-09-07"))
    calendar = SchoolCalendar(terms: [DayRange(first: first, last: first.adding(days: 40))])
  }

  func apply(_ data: some EventData, number: Int64 = 1) async throws {
    let event = Event(
      id: "event-\(number)", source: "/880/registers", type: type(of: data).type.name, subject: school.text,
      time: Timestamp(clock.now()), recordedTime: Timestamp(clock.now()), sequence: number, traceparent: nil,
      classification: type(of: data).classification, data: try data.encoded())
    let transactions = Transactions(store: store, outbox: outbox, clock: clock)
    try await transactions.write(by: .program(.registers)) { [handler] in try handler.handle(event, in: $0) }
  }

  func applySchool(_ kind: SchoolKind = .maintained) async throws {
    try await apply(SchoolRecorded(urn: school, name: "A school", phase: .primary, kind: kind))
  }

  func applyCalendar() async throws {
    try await apply(CalendarRecorded(school: school, schoolYear: SchoolYear(startYear: 2026), calendar: calendar))
  }

  func applyPupil(born: String = "2014-05-10", registration: Int64? = nil, leftOn: Day? = nil) async throws {
    try await apply(
      PupilEnrolled(
        pupil: pupil, school: school, upn: nil, givenName: "Ada", familyName: "Made-Up",
        dateOfBirth: try #require(Day(iso: born)), yearGroup: nil, enrolledOn: calendar.terms[0].first,
        leftOn: leftOn, addressProtected: false, registration: registration))
  }

  /// Marks of a code from the first session on, two a day.
  func applyMarks(_ range: Range<Int>, _ code: String = "O") async throws {
    for index in range {
      let (day, session) = session(index)
      try await apply(
        MarksRecorded(school: school, date: day, session: session, marks: [code: [pupil]]), number: Int64(index + 10))
    }
  }

  func amend(_ index: Int, to code: String?) async throws {
    let (day, session) = session(index)
    try await apply(
      MarksAmended(
        school: school,
        amendments: [
          .init(
            pupil: pupil, date: day, session: session, from: AttendanceCode("O"),
            to: code.flatMap { AttendanceCode($0) },
            reason: .corrected)
        ]), number: 900)
  }

  func session(_ index: Int) -> (Day, Session) { (calendar.schoolDays[index / 2], index % 2 == 0 ? .am : .pm) }

  /// What was published about proposals, in order.
  func published() async throws -> [String] {
    try await facts().filter { $0.hasPrefix("penalty-notice") }
  }

  /// Everything that was published, in order.
  func facts() async throws -> [String] {
    try await events().map {
      $0.type.replacing("uk.everyschoolday.enforcement.", with: "").replacing(".v1", with: "")
    }
  }

  func events() async throws -> [Event] {
    try await store.read { [outbox] in try outbox.events(after: 0, limit: 100, maximumBytes: .max, in: $0) }
  }
}

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
