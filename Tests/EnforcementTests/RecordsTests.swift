import Contracts
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import Testing

@testable import EnforcementService
@testable import Keeping

/// What enforcement holds leaves in full, and to a child its own part of it.
@Suite struct RecordsTests {
  private static func filled() async throws -> Enforced {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil(registration: 7)
    try await service.applyMarks(0..<10)
    return service
  }

  @Test func everyTableLeavesWithItsRows() async throws {
    let service = try await Self.filled()
    let counts = try await service.store.read { db in
      try EnforcementRecords.all.tables.reduce(into: [String: Int]()) { counts, table in
        var after: Int64? = 0
        while let position = after {
          after = try table.page(after: position, in: db) { _ in counts[table.name, default: 0] += 1 }
        }
      }
    }
    #expect(
      counts == [
        "schools": 1, "calendars": 1, "pupils": 1, "registrations": 1, "sessions": 10, "proposals": 1, "judgements": 1,
      ])
  }

  @Test func aChildIsGivenItsPartUnderEveryIdentifier() async throws {
    let service = try await Self.filled()
    let kept = try #require(PupilID("p000000002"))
    try await service.apply(PupilsMerged(pupil: kept, merged: service.pupil), number: 99)
    let access = SubjectAccess(
      records: EnforcementRecords.all,
      transactions: Transactions(store: service.store, outbox: service.outbox, clock: service.clock))
    let officer = Caller(subject: "user-1", role: .legalOfficer)
    let first = try await access(service.pupil, by: officer)
    let document = try await access(kept, by: officer)
    let lines = Dictionary(uniqueKeysWithValues: document.sections.map { ($0.name, $0.lines) })
    #expect(first.data["proposals"] == document.data["proposals"])
    #expect(lines["sessions"] == 10 && lines["proposals"] == 1 && lines["reads"] == 1)
    #expect(Set(document.redactions.map(\.reason)) == [.lawEnforcement])
    let nobody = try #require(PupilID("p000000009"))
    await #expect(throws: Problem.notFound("Pupil")) { try await access(nobody, by: officer) }
    let bound = Caller(subject: "user-2", role: .attendanceOfficer, schools: ["100002"])
    await #expect(throws: Problem.notFound("Pupil")) { try await access(kept, by: bound) }
  }

  /// Of the money, a child is given what was for notices about it, to be looked at first because somebody else paid.
  @Test func aChildIsGivenTheMoneyOfItsNotices() async throws {
    let service = try await Enforced.withProposal()
    let number = try await service.issue(service.consider())
    try await service.pay(80, number, receipt: "r1")
    let access = SubjectAccess(records: EnforcementRecords.all, transactions: service.transactions)
    let document = try await access(service.pupil, by: Caller(subject: "user-1", role: .legalOfficer))
    let lines = Dictionary(uniqueKeysWithValues: document.sections.map { ($0.name, $0.lines) })
    #expect(lines["payments"] == 1)
    #expect(document.redactions.contains { $0.pointer.hasPrefix("/data/payments/") && $0.reason == .thirdParty })
  }
}
