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

@testable import LicensingDomain
@testable import LicensingService

/// Licensing's reader, desks and timetable on a real store file, given events as the intake would give them. The child was
/// born on 1 October 2011 and is on the roll of a school with a term from September to December.
struct Licensed {
  let store: Store
  let transactions: Transactions
  let desks = Desks(timetable: Timetable())
  let handler: RollHandler<RegistersReader>
  let school: URN
  let pupil: PupilID
  let clock = ManualClock(Date(timeIntervalSince1970: 1_796_032_800))  // 2026-11-30, a Monday

  static let born = Day(iso: "2011-10-01") ?? Day(ordinal: 0)

  init() async throws {
    let path = NSTemporaryDirectory() + "licensing-\(UUID().uuidString).sqlite"
    store = try Store(
      path: path, owner: "880.licensing", migrations: MessagingSchema.migrations + LicensingSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    let outbox = Outbox(service: .licensing, authority: "880", store: store)
    transactions = Transactions(store: store, outbox: outbox, clock: clock)
    handler = RollHandler(
      LicensingSchema.roll, RegistersReader(permits: desks.permits, licences: desks.licences))
    school = try URN("900101")
    pupil = try #require(PupilID("p000000001"))
    try await enrol(pupil, registration: 1)
    try await apply(
      CalendarRecorded(
        school: school, schoolYear: SchoolYear(startYear: 2026),
        calendar: SchoolCalendar(terms: [DayRange(first: day("2026-09-02"), last: day("2026-12-18"))])))
  }

  func day(_ iso: String) -> Day { Day(iso: iso) ?? Day(ordinal: 0) }

  func enrol(_ pupil: PupilID, registration: Int64) async throws {
    try await apply(
      PupilEnrolled(
        pupil: pupil, school: school, upn: nil, givenName: "Made", familyName: "Up", dateOfBirth: Self.born,
        yearGroup: nil, enrolledOn: day("2023-09-04"), addressProtected: false, registration: registration))
  }

  func apply(_ data: some EventData) async throws {
    let now = Timestamp(clock.now())
    let event = Event(
      id: "event-1", source: "/880/registers", type: type(of: data).type.name, subject: school.text, time: now,
      recordedTime: now, sequence: 1, traceparent: nil, classification: type(of: data).classification,
      data: try data.encoded())
    try await transactions.write(by: .program(.registers)) { [handler] in try handler.handle(event, in: $0) }
  }

  func find(missed: Int, outOf possible: Int, _ finding: String = "f1") async throws {
    try await apply(
      Found<PersistentAbsence>(
        finding: finding, pupil: pupil, school: school, since: day("2026-09-02"), on: clock.today(), session: nil,
        count: missed, outOf: possible, concerns: [],
        rule: RuleReference(id: "persistent-absence", source: "attendance", inForceFrom: nil)))
  }

  func apply(enforcement data: some EventData) async throws {
    let now = Timestamp(clock.now())
    let event = Event(
      id: "event-1", source: "/880/enforcement", type: type(of: data).type.name, subject: "matter", time: now,
      recordedTime: now, sequence: 1, traceparent: nil, classification: type(of: data).classification,
      data: try data.encoded())
    try await transactions.write(by: .program(.enforcement)) { [desks] unit in
      try EnforcementReader(permits: desks.permits).handle(event, in: unit)
    }
  }

  /// Enters an employer and an application, and takes the case to a permit in force.
  func grantedPermit(_ application: PermitApplication = MadeUpForms.permit) async throws -> String {
    let id = try await transactions.write(by: .program(.licensing)) { [desks, pupil, school] unit in
      _ = try Parties.add(.employer, name: "A Shop", address: ["1 Street"], contact: "", in: unit.db)
      var stored = try desks.permits.open(
        .init(.act(.apply), reason: "Applied"), about: "party-1 1", pupil, at: school, by: .officer, in: unit)
      _ = try ApplicationBook.add(application, of: pupil, from: "party-1", to: stored.number, in: unit)
      for act in [WorkPermit.Act.complete, .grant] {
        try desks.permits.move(&stored, .act(act, reason: "Checked"), by: .officer, in: unit)
      }
      return stored.id
    }
    return id
  }

  func permit(_ id: String) async throws -> CaseFile<WorkPermit> {
    try await store.read { try #require(try Cases<WorkPermit>.find(id, in: $0)).file }
  }

  func move<Program: CaseProgram>(
    _ desk: CaseDesk<Program>, _ move: Move<Program.Kind>, of id: String, by actor: Actor<Program.Kind.Role>
  ) async throws {
    try await transactions.write(by: .program(.licensing)) { unit in
      var stored = try #require(try Cases<Program.Kind>.find(id, in: unit.db))
      try desk.move(&stored, move, by: actor, in: unit)
    }
  }

  /// Lets everything on the timetable run that is due by the clock.
  func runDue() async throws -> Int {
    let logger = Logger(label: "licensing")
    return try await ScheduleLoop(
      desks.timetable, transactions: transactions, alarms: Alarms(logger: logger), logger: logger
    ) { [desks] name, unit in try desks.fire(name, in: unit) }.runDue()
  }

  func names(_ sql: String) async throws -> [String] { try await store.read { try String.fetchAll($0, sql: sql) } }

  func tasks() async throws -> [String] { try await names("SELECT title FROM case_task ORDER BY due, title") }

  func published() async throws -> [String] { try await names("SELECT type FROM outbox ORDER BY sequence") }
}

extension Actor where Role == WorkPermit.Role {
  static var officer: Self { .person("u-officer", .licensingOfficer) }
  static var manager: Self { .person("u-manager", .manager) }
}

/// Applications that keep the rules.
enum MadeUpForms {
  static let permit = permit()

  static func permit(
    from start: ClockTime = ClockTime(9, 0), to end: ClockTime = ClockTime(12, 0), consents: Bool? = true,
    employer: String = "party-1"
  ) -> PermitApplication {
    let monday = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
    return PermitApplication(
      employer: employer, authority: "880", job: "shop_work", work: "Serves", place: "1 Street", notified: monday,
      starts: monday, ends: nil, isEducatedAtHome: nil, schoolHours: nil,
      termTime: [.init(weekday: 6, span: ClockSpan(start, end))], holidays: [], risksAssessed: true,
      parentConsents: consents, isFit: true, isForParents: nil)
  }

  static func licence(
    _ dates: [Day], chaperone: String = "party-9",
    documents: [LicenceApplication.Document] = LicenceApplication.Document.allCases, holder: String = "party-2",
    placeAuthority: String? = nil
  ) throws -> LicenceApplication {
    LicenceApplication(
      holder: holder, production: "The Made-up Show", part: "A child", place: "Made-up Theatre",
      activity: .performance, arranger: nil, isPaid: true, isCharged: true, isOnLicensedPremises: nil,
      isBroadcastOrRecorded: nil, isAbsentFromSchool: nil, received: Day(iso: "2026-11-10") ?? Day(ordinal: 0),
      days: try dates.map {
        .init(
          atPlace: try #require(MadeUp.span($0, 600, 840)), parts: [], breaks: [], children: 1,
          chaperones: [.init(chaperone: chaperone)])
      }, earlierDates: nil, isCircus: nil, lessons: nil, documents: documents, education: "The school sends work",
      earnings: "£50 a day, paid to the parent",
      placeAuthority: placeAuthority)
  }
}
