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
  let timetable = Timetable()
  let desk: CaseDesk<AttendanceCases>
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
    transactions = Transactions(store: store, outbox: outbox, clock: clock)
    desk = CaseDesk(AttendanceCases(), timetable: timetable)
    handler = RollHandler(CaseworkSchema.roll, FindingReader(desk: desk))
    school = try URN("900101")
    pupil = try #require(PupilID("p000000001"))
  }

  func apply(_ data: some EventData) async throws {
    let now = Timestamp(clock.now())
    let event = Event(
      id: "event-1", source: "/880/registers", type: type(of: data).type.name, subject: school.text, time: now,
      recordedTime: now, sequence: 1, traceparent: nil, classification: type(of: data).classification,
      data: try data.encoded())
    try await transactions.write(by: .program(.registers)) { [handler] in try handler.handle(event, in: $0) }
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
    try await transactions.write(by: .program(.casework)) { [desk] unit in
      var stored = try #require(try Cases<AttendanceCase>.find(id, in: unit.db))
      try desk.move(&stored, move, by: actor, in: unit)
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
      timetable, transactions: transactions, alarms: Alarms(logger: logger), logger: logger
    ) { [desk] name, unit in _ = try desk.fire(name, in: unit) }.runDue()
  }

  func file(_ id: String = "c1") async throws -> CaseFile<AttendanceCase> {
    try await store.read { try #require(try Cases<AttendanceCase>.find(id, in: $0)).file }
  }

  func names(_ sql: String) async throws -> [String] { try await store.read { try String.fetchAll($0, sql: sql) } }

  func tasks() async throws -> [String] { try await names("SELECT title FROM case_task ORDER BY due, title") }
}
