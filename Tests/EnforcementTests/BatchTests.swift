import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// What the events of one batch change is judged once, when they are all applied.
@Suite("A batch of marks is judged at its end") struct BatchTests {
  private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  private func ready() async throws -> Enforced {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil(registration: 7)
    return service
  }

  private func judgements(_ service: Enforced) async throws -> [Proposals.Judgement] {
    try await service.store.read { try Proposals.judgements("pn-1", in: $0) }
  }

  @Test("Thirty sessions are one judgement with the cause and the trace of the last mark, and leave nothing behind")
  func once() async throws {
    let service = try await ready()
    try await service.apply(
      (0..<30).map { try service.event(service.marks($0), number: Int64($0), traceparent: $0 == 29 ? Self.trace : nil) }
    )
    let history = try await judgements(service)
    #expect(history.map(\.fact) == ["proposed"] && history.map(\.cause) == ["event-29"])
    #expect(history.first?.grounds?.metOn == service.session(9).0)
    let events = try await service.events()
    #expect(events.map(\.traceparent) == [Self.trace, Self.trace])
    #expect(try await service.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM unjudged") } == 0)
  }

  @Test("A batch in one piece and the same marks one by one come to the same proposal and the same sessions")
  func sameAsOneByOne() async throws {
    let (whole, single) = (try await ready(), try await ready())
    let marks = [3, 1, 12, 0, 2, 5, 20, 7, 8, 9, 11, 4].map { ($0, $0 % 3 == 0 ? "G" : "U") }
    try await whole.apply(marks.map { try whole.event(whole.marks($0.0, $0.1), number: Int64($0.0)) })
    for (index, code) in marks { try await single.apply(single.marks(index, code), number: Int64(index)) }
    func state(_ service: Enforced) async throws -> [ProposalGrounds] {
      try await service.store.read { try Proposals.open(pupil: service.pupil, in: $0).map(\.proposal.grounds) }
    }
    let (first, second) = (try await state(whole), try await state(single))
    #expect(first == second && first.count == 1)
  }

  @Test("An amendment in the batch is judged with the marks before it, and those behind it at the end")
  func amendmentBetween() async throws {
    let service = try await ready()
    let (day, session) = service.session(2)
    let amended = MarksAmended(
      school: service.school,
      amendments: [
        .init(
          pupil: service.pupil, date: day, session: session, from: AttendanceCode("O"), to: AttendanceCode("I"),
          reason: .corrected)
      ])
    try await service.apply(
      (0..<10).map { try service.event(service.marks($0), number: Int64($0)) }
        + [service.event(amended, number: 10), service.event(service.marks(10), number: 11)])
    let history = try await judgements(service)
    #expect(history.map(\.cause) == ["event-11"], "nine stood when the amendment came")
    #expect(history.first?.grounds?.metOn == service.session(10).0)
  }

  @Test("A record that is merged before the batch ends is judged under the one that stays")
  func mergedBefore() async throws {
    let service = try await ready()
    let gone = try #require(PupilID("p000000002"))
    try await service.apply(
      (0..<10).map { try service.event(service.marks($0, of: gone), number: Int64($0)) }
        + [service.event(PupilsMerged(pupil: service.pupil, merged: gone), number: 20)])
    let open = try await service.store.read { try Proposals.open(pupil: service.pupil, in: $0) }
    #expect(open.map(\.proposal.grounds.sessions.count) == [10])
  }

  @Test("An event that is refused leaves nobody to judge")
  func refused() async throws {
    let service = try await ready()
    let event = try service.event(service.marks(0), number: 1)
    let transactions = Transactions(store: service.store, outbox: service.outbox, clock: service.clock)
    try await transactions.write(by: .program(.registers)) { [handler = service.handler] unit in
      try unit.db.inSavepoint {
        try handler.handle(event, in: unit)
        return .rollback
      }
      #expect(try Int.fetchOne(unit.db, sql: "SELECT count(*) FROM unjudged") == 0)
    }
  }

  @Test("A code that is spelt in another way is refused, and never passed over")
  func otherSpelling() async throws {
    let service = try await ready()
    await #expect(throws: ContractError.self) { try await service.apply(service.marks(0, "o")) }
  }

  /// A store in which children's sessions lie by child (migration 0011).
  @Test("What a store of before has of each session stays: code, registration, disposal")
  func earlierStore() async throws {
    let path = NSTemporaryDirectory() + "enforcement-\(UUID().uuidString).sqlite"
    let before = EnforcementSchema.migrations.prefix { $0.name != "enforcement 0011 counted sessions by school" }
    let rows = [
      ["p000000001", "100001", "20700", "0", "7", "79", nil], ["p000000001", "100002", "20701", "1", "0", "71", nil],
      ["p000000002", "100001", "20700", "1", "8", "85", "4"],
    ]
    let old = try Store(
      path: path, owner: "880.enforcement", migrations: MessagingSchema.migrations + before,
      auditKeys: TestAuditKeys.keys)
    try await old.write { db in
      for row in rows {
        try db.execute(sql: "INSERT INTO counted_session VALUES (?, ?, ?, ?, ?, ?, ?)", arguments: .init(row))
      }
    }
    try old.close()
    let service = try Enforced(path: path)
    let kept = try await service.store.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT pupil, school, CAST(date AS TEXT), CAST(session AS TEXT), CAST(registration AS TEXT),
            CAST(code AS TEXT), CAST(disposal AS TEXT) FROM counted_session ORDER BY pupil, school
          """
      ).map { row in (0..<7).map { row[$0] as String? } }
    }
    #expect(kept == rows)
  }
}
