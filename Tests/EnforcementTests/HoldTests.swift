import Contracts
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
}
