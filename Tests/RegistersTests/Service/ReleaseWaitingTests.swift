import Contracts
import CoreMetrics
import Foundation
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import RegistersDomain
@testable import RegistersService

/// Marks that are dated in the future count on their day, without being sent again.
@Suite(.timeLimit(.minutes(10))) struct ReleaseWaitingTests {
  @Test func aMarkOfTomorrowCountsTomorrow() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "waiting-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let clock = ManualClock(Date(timeIntervalSince1970: Double(World.start.ordinal) * 86_400 + 9 * 3_600))
    let store = try Store(
      path: folder.appending(path: "registers.sqlite").path, owner: "test",
      migrations: MessagingSchema.migrations + RegistersSchema.migrations, auditKeys: TestAuditKeys.keys)
    let registers = Registers(
      transactions: Transactions(
        store: store, outbox: Outbox(service: .registers, authority: "880", store: store, logs: Registers.logs),
        clock: clock), cache: SchoolCache(),
      telemetry: Telemetry(factory: NOOPMetricsHandler.instance), codes: .england)
    let caller = Caller(subject: "user", role: .attendanceOfficer)
    let schools = RecordSchool(registers: registers)
    _ = try await schools.record(
      SchoolRecord(urn: MadeUp.school, name: "Harbour Lane", phase: .primary, kind: .maintained, openedOn: nil),
      by: Edit(by: caller))
    _ = try await schools.record(MadeUp.autumn, SchoolYear(startYear: 2026), of: MadeUp.school, by: Edit(by: caller))
    let pupil = try JSONDecoder().decode(PupilSubmission.self, from: Data(World.pupil(0).utf8))
    _ = try await EnrolPupils(registers: registers)(
      try PupilFile(indexed: [pupil]), at: MadeUp.school, by: Edit(by: caller))
    let rows = ["2026-09-08,AM,/", "2026-09-08,PM,\\", "2026-09-09,AM,I", "2026-09-12,AM,I"]
    let file = try MarksCSV.read(MadeUp.csv(rows.map { "\(MadeUp.upn(0)),\($0)" }))
    _ = try await TakeInMarks(registers: registers)(file, for: MadeUp.school, by: Edit(by: caller))

    func waiting() async throws -> [String: Int] {
      try await store.read { try Quarantine.countByReason(MadeUp.school, in: $0) }
    }
    func marks() async throws -> Int {
      let years = try await store.read { try PupilYearTable.all(of: 1, in: $0) }
      return years.reduce(0) { $0 + $1.codes.count { $0 != AttendanceCode.noMark } }
    }
    #expect(try await waiting() == ["future-date": 4])
    #expect(try await registers.releaseDue(today: clock.today()) == 0)
    let days = [("2026-09-08", 2, 2), ("2026-09-08", 0, 2), ("2026-09-10", 1, 3), ("2026-09-14", 0, 3)]
    for (day, released, sum) in days {
      clock.set(Date(timeIntervalSince1970: Double(MadeUp.day(day).ordinal) * 86_400))
      #expect(try await registers.releaseDue(today: clock.today()) == released, "\(day)")
      #expect(try await marks() == sum, "\(day)")
    }
    #expect(try await waiting() == ["weekend": 1], "what cannot count on its day waits for something else")
  }
}
