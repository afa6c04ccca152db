import Contracts
import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import Keeping
import Messaging
import NIOCore
import Rulebook
import ServiceKit
import Store
import Testing

@testable import RegistersService

/// What enforcement asks to be kept.
@Suite(.timeLimit(.minutes(10))) struct HoldTests {
  @Test func aHoldIsPlacedAndReleasedOnceHoweverOftenItIsTold() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    try await kept.hold(0)
    try await kept.hold(0)
    #expect(try await kept.count("SELECT count(*) FROM holds WHERE released_millis IS NULL") == 1)
    try await kept.release(0)
    let released = try await kept.count("SELECT released_millis FROM holds")
    kept.move(to: KeptRegisters.over.adding(days: 1))
    try await kept.release(0)
    try await kept.hold(0)
    #expect(try await kept.count("SELECT released_millis FROM holds") == released, "what is told again changes nothing")
    #expect(try await kept.count("SELECT count(*) FROM holds") == 1)
  }

  @Test func whatCannotBeAppliedWaitsForAPerson() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let stranger = MadeUp.pupil(77)
    await #expect(throws: PermanentFailure("unknown-pupil")) {
      try await kept.tell(RecordHoldPlaced(hold: "proposal-pn-9", pupil: stranger, matter: .penaltyNotice))
    }
    await #expect(throws: PermanentFailure("unknown-hold")) { try await kept.release(0, "proposal-pn-9") }
    try await kept.hold(0)
    await #expect(throws: PermanentFailure("hold-of-another-child")) { try await kept.hold(1) }
    await #expect(throws: PermanentFailure("unknown-hold")) { try await kept.release(1) }
    for name in ["", "Proposal", "a b", String(repeating: "a", count: 101)] {
      await #expect(throws: ContractError.self) { try await kept.hold(0, name) }
    }
    #expect(try await kept.count("SELECT count(*) FROM holds") == 1)
  }

  /// A child that was entered twice: the hold is on both records, whichever it was placed on.
  @Test func aHoldFollowsAChildWhoseRecordsWereMerged() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    try await kept.hold(0)
    let school = try URN("900102")
    let before = try await kept.registers.read { try Holds.heldRegistrations(at: school, in: $0) }
    #expect(before.isEmpty)
    try await kept.sql("UPDATE pupils SET merged_into = 7 WHERE number = 1")
    let held = try await kept.registers.read { try Holds.heldRegistrations(at: school, in: $0) }
    #expect(held.count == 1)
  }

  /// Registers runs without enforcement; told where it is, it follows its topic.
  @Test func theFeedIsOptional() async throws {
    let key = try #require(Programs[.registers].feedKeys.first)
    let alone = try await ConfigurationSource(environment: [:])
    #expect(try alone.string(key) == "")
    let together = try await ConfigurationSource(environment: ["FEED_ENFORCEMENT": "http://127.0.0.1:8102"])
    #expect(try together.string(key) == "http://127.0.0.1:8102")
  }

  /// Built as the program is: with the address of enforcement its topic is followed, without it none is.
  @Test(arguments: ["", "http://127.0.0.1:1"]) func theTopicIsFollowedWhenToldWhere(address: String) async throws {
    let text = try await BuiltRegisters.run(["FEED_ENFORCEMENT": address], .router) { client, token in
      try await client.execute(
        uri: "/status", method: .get, headers: [.authorization: try await token(.operator)]
      ) { String(buffer: $0.body) }
    }
    #expect(text.contains("880.enforcement") == !address.isEmpty)
  }
}
