import Foundation
import Seeded
import TestKit
import Testing

/// Backups of any subset of programs, put back in any order, under load: afterwards every program agrees with its sources,
/// and what it had applied that they no longer have is listed.
@Suite("Restore rehearsals", .serialized, .timeLimit(.minutes(20)))
struct RehearsalTests {
  /// How many there are: some dozens in a test run, `REHEARSALS` of them by command.
  private static let count = ProcessInfo.processInfo.environment["REHEARSALS"].flatMap(Int.init) ?? 40

  @Test func nothingIsSilentlyMissing() async throws {
    var restores = 0
    for number in 0..<Self.count {
      let seed = SeededGenerator.mixed(SeededGenerator.chosenSeed &+ UInt64(number))
      let rehearsal = Rehearsal(seed: seed)
      let faults = try await rehearsal.play()
      let story = await rehearsal.story.joined(separator: "\n")
      #expect(faults.isEmpty, "rehearsal \(number) of SEED=\(SeededGenerator.chosenSeed): \(faults)\n\(story)")
      restores += await rehearsal.restores
      if !faults.isEmpty { break }
    }
    print("rehearsals: \(Self.count), restores: \(restores)")
    #expect(restores > Self.count / 2)
  }
}
