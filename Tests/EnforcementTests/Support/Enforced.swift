import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Logging
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

extension NoticeDesk {
  /// A desk of a made-up authority.
  ///
  /// - Parameter receipts: who answers for receipts that go by themselves; `nil` where none do.
  static func madeUp(
    _ judge: JudgeThreshold, _ timetable: Timetable, receipts: LetterWriter? = nil
  ) throws -> NoticeDesk {
    let documents = Documents(
      service: .enforcement, authority: try AuthorityCode("880"),
      sender: LetterSender(name: "Made-up Council", address: ["1 Made-up Street"]), book: try EnforcementLetters.book())
    let code = CodeOfConduct(
      issuers: [.attendanceOfficer, .legalOfficer], improvementWeeks: 3...6,
      paymentMethods: ["Online at made-up.example/pay"], representations: "1 Made-up Street",
      receipts: receipts)
    return NoticeDesk(
      judge: judge, documents: documents, code: [InForce(code, source: "a made-up code of conduct")],
      timetable: timetable)
  }
}

extension CourtPacks {
  /// Court packs of a made-up authority without a key.
  static func madeUp(_ timetable: Timetable) throws -> CourtPacks {
    CourtPacks(
      authority: try AuthorityCode("880"), codes: .england, keys: nil,
      frozen: FrozenPacks([], alarms: Alarms(logger: Logger(label: "packs"))), timetable: timetable)
  }
}

/// The handler of the real service on a real store file, given events as the intake would give them.
struct Enforced {
  let store: Store
  let outbox: Outbox
  let handler: RegistersHandler
  let judge: JudgeThreshold
  let desk: NoticeDesk
  let packs: CourtPacks
  let timetable = Timetable()
  let school: URN
  let pupil: PupilID
  let calendar: SchoolCalendar
  let clock = ManualClock(Date(timeIntervalSince1970: 1_798_761_600))  // 2027-01-01

  init(
    path: String = NSTemporaryDirectory() + "enforcement-\(UUID().uuidString).sqlite", school: String = "100001",
    pupil: String = "p000000001", receipts: LetterWriter? = nil
  ) throws {
    store = try Store(
      path: path, owner: "880.enforcement", migrations: MessagingSchema.migrations + EnforcementSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    outbox = Outbox(service: .enforcement, authority: "880", store: store)
    judge = JudgeThreshold(codes: .england)
    desk = try .madeUp(judge, timetable, receipts: receipts)
    packs = try .madeUp(timetable)
    handler = RegistersHandler(notices: desk, packs: packs)
    self.school = try URN(school)
    self.pupil = try #require(PupilID(pupil))
    let first = try #require(Day(iso: "2026-09-07"))
    calendar = SchoolCalendar(terms: [DayRange(first: first, last: first.adding(days: 40))])
  }

  func apply(_ data: some EventData, number: Int64 = 1) async throws {
    try await apply([event(data, number: number)])
  }

  /// Events of one batch, as the intake applies them.
  func apply(_ events: [Event]) async throws {
    let transactions = Transactions(store: store, outbox: outbox, clock: clock)
    try await transactions.write(by: .program(.registers)) { [handler] unit in
      for event in events { try handler.handle(event, in: unit.tracing(event.traceparent)) }
      try handler.finish(in: unit)
    }
  }

  func event(_ data: some EventData, number: Int64, traceparent: String? = nil) throws -> Event {
    Event(
      id: "event-\(number)", source: "/880/registers", type: type(of: data).type.name, subject: school.text,
      time: Timestamp(clock.now()), recordedTime: Timestamp(clock.now()), sequence: number, traceparent: traceparent,
      classification: type(of: data).classification, data: try data.encoded())
  }

  /// Marks of a code in a session, the first being 0, two a day.
  func marks(_ index: Int, _ code: String = "O", of pupil: PupilID? = nil) -> MarksRecorded {
    let (day, session) = session(index)
    return MarksRecorded(school: school, date: day, session: session, marks: [code: [pupil ?? self.pupil]])
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
    for index in range { try await apply(marks(index, code), number: Int64(index + 10)) }
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
