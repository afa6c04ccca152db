import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Logging
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import CaseworkService

/// Casework's reader, desk and timetable on a real store file, given events as the intake would give them.
struct Caseworked {
  let store: Store
  let transactions: Transactions
  let desks = CaseworkDesks(pathways: .sixStages)
  let handler: RollHandler<FindingReader>
  let school: URN
  let pupil: PupilID
  let clock = ManualClock(Date(timeIntervalSince1970: 1_796_032_800))  // 2026-11-30, a Monday

  static let officer = Actor<AttendanceCase.Role>.person("u-officer", .attendanceOfficer)
  static let manager = Actor<AttendanceCase.Role>.person("u-manager", .manager)

  init() throws {
    let path = NSTemporaryDirectory() + "casework-\(UUID().uuidString).sqlite"
    store = try Store(
      path: path, owner: "880.casework", migrations: MessagingSchema.migrations + CaseworkSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .casework, authority: "880", store: store)
    transactions = Transactions(store: store, outbox: outbox, clock: clock, admission: OfficerAccess())
    handler = RollHandler(CaseworkSchema.roll, desks.reader)
    school = try URN("900101")
    pupil = try #require(PupilID("p000000001"))
  }

  func apply(_ data: [any EventData]) async throws {
    let now = Timestamp(clock.now())
    let events = try data.map { try Made.event($0, about: school, at: now) }
    try await transactions.write(by: .program(.registers)) { [handler] unit in
      for event in events { try handler.handle(event, in: unit) }
      try handler.finish(in: unit)
    }
  }

  func apply(_ data: some EventData) async throws { try await apply([data]) }

  /// The school's roll with the child, and its calendar.
  func enrol() async throws {
    try await apply([
      Made.school(school), try Made.calendar(of: school), try Made.enrolment(of: pupil, at: school),
    ])
  }

  /// Marks of the child for every school day of a range.
  func mark(_ first: String, _ last: String, _ am: String = "/", _ pm: String = "\\") async throws {
    try await apply(try Made.marks(of: [pupil], at: school, first, last, am, pm))
  }

  func amend(_ day: String, _ session: Session, to code: String?) async throws {
    try await apply(
      MarksAmended(
        school: school,
        amendments: [
          .init(
            pupil: pupil, date: try #require(Day(iso: day)), session: session, from: nil,
            to: code.flatMap { AttendanceCode($0) }, reason: .corrected)
        ]))
  }

  func go(to day: String) throws { clock.set(CivilTime.moment(try #require(Day(iso: day)), minutes: 9 * 60)) }

  func act(
    _ act: AttendanceCase.Act, _ stating: [AttendanceCase.Fact: FactValue] = [:], overriding: Set<String> = [],
    of id: String = "c1", by actor: Actor<AttendanceCase.Role> = Self.officer
  ) async throws {
    try await move(
      .attempt(
        .init(.act(act), stating: .init(stating), overriding: overriding, reason: "A reason")), of: id, by: actor)
  }

  func second(of id: String = "c1") async throws {
    try await move(.second(agrees: true, reason: ""), of: id, by: Self.manager)
  }

  func allocate() async throws {
    try await move(.allocate(to: Owner(.attendanceOfficer, "u-officer"), reason: "Named officer"), by: Self.manager)
  }

  /// The figures that were shown of a window, as present and possible sessions.
  func figures(_ kind: WindowKind, of number: Int64 = 1) async throws -> [[Int]] {
    try await store.read { db in
      try CaseFigures.history(of: number, in: db).filter { $0.window == kind }.flatMap(\.figures).map {
        [$0.present, $0.possible]
      }
    }
  }

  func find(_ finding: String = "f1", of child: PupilID? = nil) async throws {
    let day = clock.today()
    try await apply(
      Found<PersistentAbsence>(
        finding: finding, pupil: child ?? pupil, school: school, since: day.adding(days: -80), on: day, session: nil,
        count: 12, outOf: 100, concerns: [],
        rule: RuleReference(id: "persistent-absence", source: "attendance", inForceFrom: nil)))
  }

  func lapse(_ finding: String = "f1") async throws {
    try await apply(
      Lapsed<PersistentAbsence>(finding: finding, pupil: pupil, school: school, on: clock.today(), concerns: []))
  }

  func move(_ move: Move<AttendanceCase>, of id: String = "c1", by actor: Actor<AttendanceCase.Role>) async throws {
    try await transactions.write(by: .program(.casework)) { [desks] unit in
      var stored = try #require(try Cases<AttendanceCase>.find(id, in: unit.db))
      try desks.cases.move(&stored, move, by: actor, in: unit)
    }
  }

  func accept() async throws {
    try await move(
      .attempt(.init(.act(.accept), stating: .init([.safeguarding: .text("no")]), reason: "Needs help")),
      by: Self.officer)
  }

  /// Lets everything on the timetable run that is due by the clock.
  func runDue() async throws -> Int {
    let logger = Logger(label: "casework")
    return try await ScheduleLoop(
      desks.timetable, transactions: transactions, alarms: Alarms(logger: logger), logger: logger
    ) { [desks] name, unit in try desks.fire(name, in: unit) }.runDue()
  }

  func file(_ id: String = "c1") async throws -> CaseFile<AttendanceCase> {
    try await store.read { try #require(try Cases<AttendanceCase>.find(id, in: $0)).file }
  }

  func names(_ sql: String) async throws -> [String] { try await store.read { try String.fetchAll($0, sql: sql) } }

  func tasks() async throws -> [String] { try await names("SELECT title FROM case_task ORDER BY due, title") }
}

/// Made-up events of registers.
enum Made {
  static let terms = [
    ("2026-09-01", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", "2027-02-12"),
    ("2027-02-22", "2027-03-25"), ("2027-04-12", "2027-05-28"), ("2027-06-07", "2027-07-20"),
  ]

  static func calendar() throws -> SchoolCalendar {
    SchoolCalendar(
      terms: try terms.map { DayRange(first: try #require(Day(iso: $0.0)), last: try #require(Day(iso: $0.1))) })
  }

  static func event(_ data: some EventData, about school: URN, at now: Timestamp) throws -> Event {
    Event(
      id: "event-1", source: "/880/registers", type: type(of: data).type.name, subject: school.text, time: now,
      recordedTime: now, sequence: 1, traceparent: nil, classification: type(of: data).classification,
      data: try data.encoded())
  }

  static func school(_ urn: URN) -> SchoolRecorded {
    SchoolRecorded(urn: urn, name: "Made-up Primary", phase: .primary, kind: .maintained)
  }

  static func calendar(of school: URN) throws -> CalendarRecorded {
    CalendarRecorded(school: school, schoolYear: SchoolYear(startYear: 2026), calendar: try calendar())
  }

  static func enrolment(
    of pupil: PupilID, at school: URN, from first: String = "2020-09-01", left: String? = nil, number: Int64? = nil
  ) throws -> PupilEnrolled {
    PupilEnrolled(
      pupil: pupil, school: school, upn: nil, givenName: "Ada", familyName: "Made-Up",
      dateOfBirth: try #require(Day(iso: "2016-05-01")), yearGroup: nil, enrolledOn: try #require(Day(iso: first)),
      leftOn: left.flatMap { Day(iso: $0) }, addressProtected: false, registration: number)
  }

  static func parent(_ id: String, isSafe: Bool) throws -> ContactsRecorded.Contact {
    ContactsRecorded.Contact(
      person: try #require(PersonID(id)), relationship: .mother, parentalResponsibility: true, livesWith: isSafe,
      safeToContact: isSafe, protected: false, ended: false)
  }

  static func marks(
    of pupils: [PupilID], at school: URN, _ first: String, _ last: String, _ am: String, _ pm: String
  ) throws -> [any EventData] {
    let (first, last) = (try #require(Day(iso: first)), try #require(Day(iso: last)))
    return try calendar().schoolDays.filter { first <= $0 && $0 <= last }.flatMap { day in
      [(Session.am, am), (.pm, pm)].map { session, code in
        MarksRecorded(school: school, date: day, session: session, marks: [code: pupils])
      }
    }
  }
}
