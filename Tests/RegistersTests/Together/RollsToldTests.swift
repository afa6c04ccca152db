import Contracts
import HTTPTypes
import Testing

/// Rolls that were published before times on roll had numbers are published once more, and enforcement counts by them.
@Suite struct RollsToldTests {
  @Test func rollsOfBeforeArePublishedOnce() async throws {
    try await World.run { world in
      try await world.open()
      try await world.enrol([0, 1])
      let leaver = #"{"pupils":[\#(World.pupil(1, #","leftOn":"2026-09-04""#))]}"#
      #expect(try await world.send(.post, "/schools/\(World.school)/pupils", leaver)["changed"] == 1)
      _ = try await world.send(.post, "/sweeps")
      let before = try await world.facts()
      try world.execute("INSERT INTO untold_rolls (school) VALUES ('\(World.school)')")
      _ = try await world.send(.post, "/sweeps")
      let told = try await world.facts().dropFirst(before.count)
      #expect(told == ["pupil-enrolled", "pupil-enrolled", "pupil-left"])
      let enrolled = try await world.events().filter { $0.type == PupilEnrolled.type.name }
        .suffix(2).map { try PupilEnrolled.decode($0) }
      #expect(enrolled.map(\.registration) == [1, 2])
      #expect(enrolled.map(\.leftOn) == [nil, MadeUp.day("2026-09-04")])
      _ = try await world.send(.post, "/sweeps")
      #expect(try await world.facts().count == before.count + told.count, "once")

      let enforcing = try Enforcing(beside: world)
      try await enforcing.catchUp(world)
      #expect(try await enforcing.count("SELECT count(*) FROM roll_registration") == 2)
      #expect(try await enforcing.count("SELECT count(*) FROM roll_registration WHERE last IS NOT NULL") == 1)
    }
  }
}
