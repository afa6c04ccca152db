import CaseFlow
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import ServiceKit
import Store
import Testing

@testable import EnforcementService

/// While a proposal stands the register's entries must not go.
@Suite("Holds on register entries") struct HoldTests {
  @Test func aProposalPlacesAHoldAndItsLapseReleasesIt() async throws {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyMarks(0..<10)
    #expect(try await service.facts() == ["penalty-notice-proposed", "record-hold-placed"])
    try await service.amend(0, to: "G")
    #expect(try await service.facts().last == "penalty-notice-proposal-revised", "a revision holds nothing more")
    try await service.amend(3, to: "I")
    #expect(
      try await service.facts().suffix(2) == ["penalty-notice-proposal-lapsed", "record-hold-released"])

    let events = try await service.events()
    let placed = try RecordHoldPlaced.decode(try #require(events.first { $0.type == RecordHoldPlaced.type.name }))
    let released = try RecordHoldReleased.decode(try #require(events.last))
    #expect(placed == RecordHoldPlaced(hold: "proposal-pn-1", pupil: service.pupil, matter: .penaltyNotice))
    #expect(released == RecordHoldReleased(hold: placed.hold, pupil: service.pupil))
    #expect(events.allSatisfy { $0.subject == service.pupil.text }, "holds keep their order with the proposal")
  }

  /// Each breach is a matter of its own: the second hold has its own name.
  @Test func aNewProposalPlacesAnotherHold() async throws {
    let service = try Enforced()
    try await service.applySchool()
    try await service.applyCalendar()
    try await service.applyPupil()
    try await service.applyMarks(0..<10)
    try await service.amend(3, to: "I")
    try await service.applyMarks(10..<11)
    let holds = try await service.events().filter { $0.type == RecordHoldPlaced.type.name }
      .map { try RecordHoldPlaced.decode($0).hold }
    #expect(holds == ["proposal-pn-1", "proposal-pn-2"])
  }

  private static func holds(_ service: Enforced) async throws -> (placed: [String], released: [String]) {
    let events = try await service.events()
    return (
      try events.filter { $0.type == RecordHoldPlaced.type.name }.map { try RecordHoldPlaced.decode($0).hold },
      try events.filter { $0.type == RecordHoldReleased.type.name }.map { try RecordHoldReleased.decode($0).hold }
    )
  }

  /// From the first step of whatever is open to its end; a name is used once.
  @Test func everyOpenCaseHasAHoldOfItsOwn() async throws {
    let (service, notice) = try await Enforced.withUnpaidNotice()
    let prosecution = try await service.refer()
    let orders = service.desk.orders.supervision
    let order = try await service.begin(
      orders, .propose, [.alternatives: .flag(true), .inCare: .flag(false)], by: .attendanceOfficer)
    try await service.signPack(prosecution)
    #expect(
      try await Self.holds(service).placed == [
        "proposal-pn-1", "notice-\(notice)", "prosecution-\(prosecution)", "order-\(order)", "pack-c4",
      ])
    try await service.does(orders, order, .decline, by: .legalOfficer)
    try await service.does(prosecution, .discontinue)
    #expect(
      try await Self.holds(service).released.suffix(2) == ["order-\(order)", "prosecution-\(prosecution)"])
    let number = try #require(
      try await service.store.read { try Notices.find(subject: "n1", in: $0)?.issue?.document })
    try await service.pay(160, number, receipt: "r1")
    _ = try await service.withdraw(notice, .materialError, repayment: "By cheque")
    #expect(try await Self.holds(service).released.last == "notice-\(notice)")
    let open = try await service.store.read {
      try String.fetchAll($0, sql: "SELECT name FROM case_hold WHERE released = 0")
    }
    #expect(open == ["pack-c4"], "the pack is signed and not lodged")
  }

  /// A paid notice whose payment is taken back is open again, and its hold has another name.
  @Test func aCaseThatIsOpenedAgainPlacesAnother() async throws {
    let service = try await Enforced.withProposal()
    let id = try await service.consider()
    let number = try await service.issue(id)
    try await service.pay(80, number, receipt: "r1")
    #expect(try await Self.holds(service).released.last == "notice-\(id)")
    let payments = NoticePayments(desk: service.desk)
    let day = service.clock.today()
    try await service.transactions.write(by: Paid.clerk) { unit in
      let stored = try #require(try Payments.find(1, in: unit.db))
      _ = try payments.act(
        .returned(from: number, on: day, .pounds(80), .unknown), on: stored, because: "unknown", in: unit)
    }
    #expect(try await service.state(id) == .issued)
    #expect(try await Self.holds(service).placed.last == "notice-\(id)-2")
  }
}
