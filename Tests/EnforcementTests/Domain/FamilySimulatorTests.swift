import FamilySimulator
import Foundation
import Seeded
import TestKit
import Testing

/// Lives of a family in memory, by the program's own decisions against a plain model. `bin/simulate --families` lives a
/// hundred thousand and more.
@Suite("Lives of a family in memory", .timeLimit(.minutes(5))) struct FamilySimulatorTests {
  static let lives = ProcessInfo.processInfo.environment["LIVES"].flatMap { Int($0) } ?? 60

  @Test("No session is used twice, no third notice counts, no charge is too late or with money open, nothing is unseen")
  func promises() async {
    let seed = SeededGenerator.chosenSeed
    let report = await FamilyCampaign(from: seed, lives: Self.lives).run(threads: 2)
    #expect(report.violations == 0, "\(report.first)")
    print(
      "families: \(Self.lives) from seed \(seed): "
        + report.tally.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    for what in ["issue", "withdraw", "pay", "correct", "move", "merge-persons", "merge-children", "refer", "refused"] {
      #expect(report.tally[what, default: 0] > 0, "\(what) never happened")
    }
  }

  /// The others are rarer: `bin/test` lives some thousand with each.
  @Test("A correction that nobody is told of is seen")
  func mistake() {
    let found = FamilyCampaign(from: 1, lives: 2_000, mistake: .forgetsClosed).firstViolation()
    #expect(found?.broken == "a correction was not put before an officer")
  }

  @Test("A seed is the same life every time")
  func repeatable() {
    var (one, other) = (Family(seed: 7), Family(seed: 7))
    #expect(one.live(steps: FamilyCampaign.steps).history == other.live(steps: FamilyCampaign.steps).history)
  }
}
