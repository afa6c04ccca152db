import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Rulebook
import Testing

@testable import CaseworkService

/// Marks that come late in one batch.
@Suite("Marks of a term that come late") struct LateMarksTests {
  @Test("A batch counts each window once; what was shown before it and after it stays, and nothing between")
  func once() async throws {
    let service = try Caseworked()
    try await service.enrol()
    try await service.mark("2026-11-16", "2026-11-27", "/", "O")
    try await service.find()
    #expect(try await service.figures(.referral) == [[10, 20]])
    // The weeks before come all at once: 98 sessions, one figure.
    try await service.mark("2026-09-01", "2026-11-13", "/", "O")
    #expect(try await service.figures(.referral) == [[10, 20], [59, 118]])
    let notes = try await service.names("SELECT what FROM chronology WHERE what LIKE 'figures%'")
    #expect(notes == ["figures that were shown have changed: referral"])
    #expect(try await service.names("SELECT pupil FROM uncounted") == [])
  }

  @Test("A batch that is refused leaves nothing to be counted")
  func refused() async throws {
    let service = try Caseworked()
    try await service.enrol()
    try await service.mark("2026-09-01", "2026-11-27", "/", "O")
    try await service.find()
    await #expect(throws: (any Error).self) {
      try await service.apply([
        MarksAmended(
          school: service.school,
          amendments: [
            .init(
              pupil: service.pupil, date: try #require(Day(iso: "2026-09-01")), session: .pm, from: nil,
              to: AttendanceCode("L"), reason: .corrected)
          ]),
        MarksDisposed(
          disposal: 1, school: service.school, schoolYear: SchoolYear(startYear: 2026),
          registrations: []), PupilsMerged(pupil: service.pupil, merged: service.pupil),
      ])
    }
    #expect(try await service.figures(.referral) == [[59, 118]])
    #expect(try await service.names("SELECT pupil FROM uncounted") == [])
  }
}
