import Foundation
import HTTPTypes
import Testing

@testable import RegistersDomain

/// What is said again changes enforcement's count as it changes the register's: not at all.
@Suite("Field case 07 in both services", .timeLimit(.minutes(5)))
struct FieldCase07BothServicesTests {
  private static let school = FieldCase07ResendTests.school
  private static let files = FieldCase07ResendTests.files

  /// How many sessions both services count, which are the same, and how many proposals are open.
  private static func counted(_ world: World, _ enforcing: Enforcing, _ pupil: String) async throws -> [Int] {
    try await enforcing.catchUp(world)
    let sessions = try await enforcing.sessions(of: pupil, at: school)
    let own = try RegistersAnswer(world, today: FieldCase.today).sessions["\(pupil) \(school)"] ?? []
    #expect(sessions == own, "enforcement counts what the register counts")
    return [sessions.count, try await enforcing.openProposals().count]
  }

  @Test func theSameFileAfterAnAmendmentBringsNoProposalBack() async throws {
    try await Self.files.run(schools: Self.school) { world async throws in
      let enforcing = try Enforcing(beside: world)
      let pupil = try await FieldCase07ResendTests.begin(world)
      #expect(try await Self.counted(world, enforcing, pupil) == [10, 1])
      try await FieldCase07ResendTests.amend(pupil, to: "I", world)
      #expect(try await Self.counted(world, enforcing, pupil) == [9, 0])
      for _ in 0..<2 {
        let again = try await world.send("2-marks.csv", of: Self.files, to: "/schools/\(Self.school)/marks")
        #expect(again.counts == [0, 0, 10, 0, 0, 0])
        #expect(try await Self.counted(world, enforcing, pupil) == [9, 0])
      }
      #expect(try await enforcing.history("pn-1") == ["proposed", "lapsed"], "nothing was raised a second time")
      try await FieldCase07ResendTests.amend(pupil, to: "O", world)
      #expect(try await Self.counted(world, enforcing, pupil) == [10, 1])
    }
  }

  /// By every way in: the same word, then another one, against the amendment that stands.
  @Test(arguments: FieldCase07ResendTests.ways) func noWayInUndoesIt(_ way: String) async throws {
    try await Self.files.run(schools: Self.school) { world async throws in
      let enforcing = try Enforcing(beside: world)
      let pupil = try await FieldCase07ResendTests.begin(world)
      _ = try await FieldCase07ResendTests.again(way, "O", pupil, world)
      try await FieldCase07ResendTests.amend(pupil, to: "I", world)
      for code in ["O", "G"] {
        #expect(try await FieldCase07ResendTests.again(way, code, pupil, world).counts == [0, 0, 1, 0, 0, 0])
        #expect(try await Self.counted(world, enforcing, pupil) == [9, 0], "\(way) \(code)")
      }
      // The source agrees with the person, and then changes its mind: that is an amendment from it, in both.
      #expect(try await FieldCase07ResendTests.again(way, "I", pupil, world).counts == [0, 0, 1, 0, 0, 0])
      #expect(try await FieldCase07ResendTests.again(way, "U", pupil, world).counts == [0, 1, 0, 0, 0, 0])
      #expect(try await Self.counted(world, enforcing, pupil) == [10, 1], "\(way)")
    }
  }
}
