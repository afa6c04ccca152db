import CMEDomain
import CaseFlow
import CaseKit
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

@testable import CMEService

/// Cme's reader, desk and timetable on a real store file, given events as the intake would give them.
struct Searching {
  let store: Store
  let transactions: Transactions
  let timetable = Timetable()
  let desk: CaseDesk<MissingChildren>
  let homeEducation: CaseDesk<HomeEducations>
  let handler: RollHandler<RegistersReader>
  let school: URN
  let pupil: PupilID
  let clock = ManualClock(Date(timeIntervalSince1970: 1_796_032_800))  // 2026-11-30, a Monday

  static let officer = Actor<MissingChild.Role>.person("u-officer", .cmeOfficer)
  static let manager = Actor<MissingChild.Role>.person("u-manager", .manager)

  init() throws {
    let path = NSTemporaryDirectory() + "cme-\(UUID().uuidString).sqlite"
    store = try Store(
      path: path, owner: "880.cme", migrations: MessagingSchema.migrations + CMESchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .cme, authority: "880", store: store)
    transactions = Transactions(store: store, outbox: outbox, clock: clock)
    let home = CaseDesk(
      HomeEducations(searches: CaseDesk(MissingChildren(), timetable: timetable)), timetable: timetable)
    homeEducation = home
    desk = CaseDesk(
      MissingChildren(taughtAtHome: { try home.begin(.found, $0, at: $1, from: $2, [$3], $4) }), timetable: timetable)
    handler = RollHandler(CMESchema.roll, RegistersReader(desk: desk, homeEducation: home))
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

  /// Enters a made-up child on a roll.
  func enrol(at other: URN? = nil, born: String = "2016-05-10", left: Day? = nil, registration: Int64 = 1) async throws
  {
    try await apply(
      PupilEnrolled(
        pupil: pupil, school: other ?? school, upn: nil, givenName: "Canaryna", familyName: "Wrenfield",
        dateOfBirth: try #require(Day(iso: born)), yearGroup: nil, enrolledOn: clock.today().adding(days: -400),
        leftOn: left, addressProtected: false, registration: registration))
  }

  func leave(_ ground: DeletionGround?, destinationKnown: Bool?) async throws {
    try await apply(
      PupilLeft(
        pupil: pupil, school: school, leftOn: clock.today().adding(days: -1), ground: ground,
        destinationKnown: destinationKnown, registration: 1))
  }

  func found<Topic: FindingTopic>(_: Topic.Type, _ finding: String = "f1", of child: PupilID? = nil) async throws {
    let day = clock.today()
    try await apply(
      Found<Topic>(
        finding: finding, pupil: child ?? pupil, school: school, since: day.adding(days: -30), on: day, session: nil,
        count: 20, outOf: nil, concerns: [],
        rule: RuleReference(id: "continuous-absence", source: "attendance", inForceFrom: nil)))
  }

  func lapsed<Topic: FindingTopic>(_: Topic.Type, _ finding: String = "f1") async throws {
    try await apply(
      Lapsed<Topic>(finding: finding, pupil: pupil, school: school, on: clock.today(), concerns: []))
  }

  func act(
    _ act: MissingChild.Act, _ stating: [MissingChild.Fact: FactValue] = [:], of id: String = "c1",
    by actor: Actor<MissingChild.Role> = officer
  ) async throws {
    try await move(.attempt(.init(.act(act), stating: .init(stating), reason: "Due")), of: id, by: actor)
  }

  func move(
    _ move: Move<MissingChild>, of id: String = "c1", by actor: Actor<MissingChild.Role>
  ) async throws {
    try await transactions.write(by: .program(.cme)) { [desk] unit in
      var stored = try #require(try Cases<MissingChild>.find(id, in: unit.db))
      try desk.move(&stored, move, by: actor, in: unit)
    }
  }

  /// Lets everything on the timetable run that is due by the clock.
  func runDue() async throws -> Int {
    let logger = Logger(label: "cme")
    return try await ScheduleLoop(
      timetable, transactions: transactions, alarms: Alarms(logger: logger), logger: logger
    ) { [desk] name, unit in _ = try desk.fire(name, in: unit) }.runDue()
  }

  /// Begins education at home as the first case.
  func begin() async throws {
    try await transactions.write(by: .program(.cme)) { [homeEducation, pupil, school] unit in
      try homeEducation.begin(.written, pupil, at: school, from: unit.today, [], unit)
    }
  }

  /// Acts in the first case, of education at home.
  func home(
    _ act: HomeEducation.Act, _ stating: [HomeEducation.Fact: FactValue], by role: HomeEducation.Role
  ) async throws {
    try await transactions.write(by: .program(.cme)) { [homeEducation] unit in
      var stored = try #require(try Cases<HomeEducation>.find("c1", in: unit.db))
      try homeEducation.move(
        &stored, .attempt(.init(.act(act), stating: .init(stating), reason: "Due")), by: .person("u-\(role)", role),
        in: unit)
    }
  }

  func file(_ id: String = "c1") async throws -> CaseFile<MissingChild> {
    try await store.read { try #require(try Cases<MissingChild>.find(id, in: $0)).file }
  }

  func names(_ sql: String) async throws -> [String] { try await store.read { try String.fetchAll($0, sql: sql) } }
  func states() async throws -> [String] { try await names("SELECT state FROM case_file ORDER BY number") }
  func tasks() async throws -> [String] { try await names("SELECT title FROM case_task ORDER BY due, title") }
  func published() async throws -> [String] {
    try await names("SELECT type FROM outbox ORDER BY sequence").map { String($0.split(separator: ".")[3]) }
  }
}
