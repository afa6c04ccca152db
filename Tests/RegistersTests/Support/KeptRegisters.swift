import Contracts
import CoreMetrics
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import RegistersService

/// The use cases on a store file of their own, without HTTP: for what is done one transaction at a time, and for years
/// that pass.
struct KeptRegisters: Sendable {
  static let manager = Caller(subject: "user-manager", role: .manager)
  static let officer = Caller(subject: "user-officer", role: .attendanceOfficer)
  static let otherOfficer = Caller(subject: "user-other-officer", role: .attendanceOfficer)
  static let program = Caller(subject: "registers", role: .service)

  /// The day on which the first marks are made, and one on which their time is over.
  static let marked = MadeUp.day("2026-09-09")
  static let over = MadeUp.day("2032-10-01")

  let path: String
  let clock: ManualClock
  let registers: Registers

  init() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "kept-\(UUID().uuidString).sqlite").path
    try self.init(path: path, clock: ManualClock(Date(timeIntervalSince1970: 0)))
    move(to: Self.marked)
  }

  private init(path: String, clock: ManualClock) throws {
    let store = try Store(
      path: path, owner: "880.registers", migrations: MessagingSchema.migrations + RegistersSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    self.path = path
    self.clock = clock
    registers = Registers(
      transactions: Transactions(
        store: store, outbox: Outbox(service: .registers, authority: "880", store: store, logs: Registers.logs),
        clock: clock), cache: SchoolCache(),
      telemetry: Telemetry(factory: NOOPMetricsHandler.instance), codes: .england)
  }

  /// The same file in a program that was started anew.
  func restarted() throws -> KeptRegisters {
    try registers.store.close()
    return try KeptRegisters(path: path + Self.moved(path), clock: clock)
  }

  /// A store keeps its lock while it lives: the file is moved on as a machine's crash would leave it.
  private static func moved(_ path: String) -> String {
    let suffix = "-\(UUID().uuidString.prefix(4))"
    for part in ["", "-wal", "-shm"] {
      try? FileManager.default.moveItem(atPath: path + part, toPath: path + suffix + part)
    }
    return suffix
  }

  func move(to day: Day) { clock.set(Date(timeIntervalSince1970: Double(day.ordinal) * 86_400 + 9 * 3_600)) }

  /// Two schools with six made-up children each, marked on six sessions in 2026; amendments, words, a quarantined row.
  /// Years later a child of the first school is marked once more, so that the newest rows are recent.
  func fill() async throws {
    try await open("900101", 0..<6)
    try await open("900102", 6..<12)
    for (school, pupils) in [("900101", 0..<6), ("900102", 6..<12)] {
      for day in ["2026-09-07", "2026-09-08", "2026-09-09"] {
        let rows = pupils.flatMap { number in
          ["AM,/,", "PM,B,At the college"].map { "\(MadeUp.upn(number)),\(day),\($0)" }
        }
        try await upload(rows, to: school)
      }
      try await upload(["\(MadeUp.upn(900)),2026-09-07,AM,/,"], to: school)
    }
    try await upload(["\(MadeUp.upn(1)),2026-09-07,AM,I,", "\(MadeUp.upn(7)),2026-09-08,AM,I,"], to: "900101")
    try await upload(["\(MadeUp.upn(7)),2026-09-08,AM,I,"], to: "900102")
    try await sql(
      """
      INSERT INTO findings (registration, school, kind, start_year, occasion, since, became, counted, concerns,
        raised_millis, known_receipt, known_amendment, lapsed_millis) SELECT 1, school, 'severe-absence', 2026, 0, 1, 2, 3, '', 4, 1, 0, 5
        FROM registrations WHERE number = 1
      """)
    try await sql(
      """
      INSERT INTO returns (registration, kind, finding, filed_on, note, at_millis, actor, role)
        VALUES (1, 'attendance', 1, 5, 'seen', 6, 'a', 'school')
      """)
    // What files said of one mark against an amendment that stood.
    let day = MadeUp.day("2026-09-07").ordinal
    try await sql(
      """
      INSERT INTO source_codes (registration, day, session, school, files, entries, is_persons)
        SELECT 1, \(day), 0, school, 'O', '/', 1 FROM registrations WHERE number = 1
      """)
    try await sql(
      """
      INSERT INTO differences (receipt, registration, day, session, school, source, said, stood)
        SELECT 1, 1, \(day), 0, school, 'files', 'O', '/' FROM registrations WHERE number = 1
      """)
    move(to: MadeUp.day("2032-09-08"))
    try await mark(0, "2032-09-07", "/", at: "900101")
    try await mark(0, "2032-09-07", "I", at: "900101")
    try await sql(
      """
      INSERT INTO findings (registration, school, kind, start_year, occasion, since, became, counted, concerns,
        raised_millis, known_receipt, known_amendment, lapsed_millis) SELECT 1, school, 'severe-absence', 2032, 0, 1, 2, 3, '', 4, 1, 0, 5
        FROM registrations WHERE number = 1
      """)
    try await sql(
      """
      INSERT INTO returns (registration, kind, finding, filed_on, note, at_millis, actor, role)
        VALUES (1, 'attendance', 2, 5, 'seen', 6, 'a', 'school')
      """)
    try await upload(["\(MadeUp.upn(901)),2032-09-07,AM,/,"], to: "900101")
    move(to: Self.over)
  }

  func mark(_ number: Int, _ day: String, _ code: String, at school: String) async throws {
    try await upload(["\(MadeUp.upn(number)),\(day),AM,\(code),"], to: school)
  }

  private func open(_ urn: String, _ pupils: Range<Int>) async throws {
    let school = try URN(urn)
    let record = RecordSchool(registers: registers)
    _ = try await record.record(
      SchoolRecord(urn: school, name: "Harbour Lane", phase: .primary, kind: .maintained, openedOn: nil),
      by: Edit(by: Self.officer))
    for start in [2026, 2032] {
      let calendar = SchoolCalendar(
        terms: [DayRange(first: MadeUp.day("\(start)-09-02"), last: MadeUp.day("\(start)-12-17"))])
      _ = try await record.record(calendar, SchoolYear(startYear: start), of: school, by: Edit(by: Self.officer))
    }
    let forms = pupils.map { number in
      """
      {"upn":"\(MadeUp.upn(number))","givenName":"Zed\(number)","familyName":"Quarrington","dateOfBirth":"2020-05-\(10 + number)",
       "enrolledOn":"2024-09-02"}
      """
    }
    let submissions = try JSONDecoder().decode(
      [PupilSubmission].self, from: Data("[\(forms.joined(separator: ","))]".utf8))
    _ = try await EnrolPupils(registers: registers)(
      try PupilFile(indexed: submissions), at: school, by: Edit(by: Self.officer))
  }

  private func upload(_ rows: [String], to school: String) async throws {
    let file = try MarksCSV.read(MadeUp.csv(rows, header: "upn,date,session,code,detail"))
    _ = try await TakeInMarks(registers: registers)(file, for: try URN(school), by: Edit(by: Self.officer))
  }

  func sql(_ sql: String) async throws { try await registers.store.write { try $0.execute(sql: sql) } }

  func count(_ sql: String) async throws -> Int { try await registers.read { try Int.fetchOne($0, sql: sql) } ?? -1 }

  /// Places a hold on the child of a number, as the intake would.
  func hold(_ number: Int, _ name: String = "proposal-pn-1") async throws {
    try await tell(RecordHoldPlaced(hold: name, pupil: try await pupil(number), matter: .penaltyNotice))
  }

  func release(_ number: Int, _ name: String = "proposal-pn-1") async throws {
    try await tell(RecordHoldReleased(hold: name, pupil: try await pupil(number)))
  }

  func pupil(_ number: Int) async throws -> PupilID {
    let upn = MadeUp.upn(number)
    return try #require(try await registers.read { try Pupils.find(upn: upn, in: $0)?.id })
  }

  /// Gives the handler an event, as the intake would.
  func tell(_ data: some EventData) async throws {
    let moment = Timestamp(clock.now())
    let event = Event(
      id: "event-1", source: "/880/enforcement", type: type(of: data).type.name, subject: "x", time: moment,
      recordedTime: moment, sequence: 1, traceparent: nil, classification: type(of: data).classification,
      data: try data.encoded())
    try await registers.write(by: .program(.enforcement)) { try EnforcementHandler().handle(event, in: $0) }
  }

  /// The tables that a disposal takes from, row by row as texts; what a reversal must give back exactly.
  func register() async throws -> [String: [String]] {
    let tables = [
      "receipts", "entries", "entry_words", "amendments", "findings", "returns", "quarantine", "pupil_years",
      "source_codes", "differences", "pupils", "registrations",
    ]
    return try await registers.read { db in
      var all: [String: [String]] = [:]
      for table in tables {
        all[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { row in
          row.map { name, value in
            if case .blob(let data) = value.storage {
              return "\(name)=\(data.map { String($0) }.joined(separator: "."))"
            }
            return "\(name)=\(value)"
          }.joined(separator: "|")
        }.sorted()
      }
      return all
    }
  }

  /// What the audit log has of disposals, in order.
  func audited() async throws -> [(action: String, detail: String)] {
    try await registers.read {
      try Row.fetchAll($0, sql: "SELECT action, detail FROM audit_log WHERE subject LIKE 'disposal-%' ORDER BY number")
        .map { ($0["action"], $0["detail"]) }
    }
  }
}
