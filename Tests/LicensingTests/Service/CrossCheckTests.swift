import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// What licensing takes from other programs, and what it tells.
@Suite("Licensing checks against registers and enforcement") struct CrossCheckTests {
  @Test("Enforcement that opens puts a permit before a person, and is seen as yes or no; nothing is revoked")
  func enforcement() async throws {
    let service = try await Licensed()
    let id = try await service.grantedPermit()
    let pupil = service.pupil
    try await service.apply(
      enforcement: RecordHoldPlaced(hold: "notice-7", pupil: pupil, matter: .penaltyNotice))
    try await service.apply(
      enforcement: RecordHoldPlaced(hold: "notice-7", pupil: pupil, matter: .penaltyNotice))
    #expect(try await service.tasks().contains("Review the permit"))
    #expect(try await service.permit(id).state == .granted)
    #expect(try await service.store.read { try EnforcementReader.isOpen(for: pupil, in: $0) })
    let columns = try await service.names("SELECT name FROM pragma_table_info('open_enforcement')")
    #expect(columns == ["number", "hold", "pupil"], "nothing of the matter is kept")
    try await service.apply(enforcement: RecordHoldReleased(hold: "notice-7", pupil: pupil))
    #expect(try await !service.store.read { try EnforcementReader.isOpen(for: pupil, in: $0) })
  }

  private func mark(_ service: Licensed, _ code: String, _ date: Day) async throws {
    try await service.apply(
      MarksRecorded(school: service.school, date: date, session: .am, marks: [code: [service.pupil]]))
  }

  @Test("Leave and licences: each difference is told to the school once, and once more when it is gone")
  func leave() async throws {
    let service = try await Licensed()
    let (first, second) = (service.day("2026-12-10"), service.day("2026-12-11"))
    try await mark(service, "C1", first)
    try await mark(service, "C1", first)
    let told = try await service.published().filter { $0.contains("licensing") }
    #expect(told == [LeaveDiffers.type.name])
    // The application is entered; the other day's absence is marked before the licence.
    let id = try await service.transactions.write(by: .program(.licensing)) { [service] unit in
      _ = try Parties.add(.holder, name: "A Company", address: ["1 Street"], contact: "", in: unit.db)
      var stored = try service.desks.licences.open(
        .init(.act(.apply), reason: "Applied"), about: "party-1 1", service.pupil, at: service.school,
        by: .person("u1", .licensingOfficer), in: unit)
      let application = try MadeUpForms.licence([first, second])
      _ = try ApplicationBook.add(application, of: service.pupil, from: "party-1", to: stored.number, in: unit)
      try LicenceCases().entered(application, in: stored, unit)
      _ = try service.desks.licences.move(
        &stored, .act(.complete, reason: "Checked"), by: .person("u1", .licensingOfficer), in: unit)
      return stored.id
    }
    try await mark(service, "I", second)
    #expect(try await service.published().filter { $0.contains("licensing") } == [LeaveDiffers.type.name], "not yet")
    try await service.transactions.write(by: .program(.licensing)) { [service] unit in
      let stored = try #require(try Cases<PerformanceLicence>.find(id, in: unit.db))
      try LicensedDays.replace([first, second], of: service.pupil, in: stored.number, unit.db)
      try LeaveDifferences.look(at: service.pupil, in: unit)
    }
    #expect(
      try await service.published().filter { $0.contains("licensing") }
        == [LeaveDiffers.type.name, LeaveAgrees.type.name, LeaveDiffers.type.name],
      "the first day is licensed now; the mark that came before the licence is told")
    #expect(
      try await service.names("SELECT difference FROM leave_difference") == ["other-absence-on-a-licensed-day"])
  }
}
