import Foundation
import Seeded

/// Kills programs with SIGKILL, one after the other as the seed says, the broker among them.
struct Killer {
  private let supervisor: Supervisor
  private let names: [String]
  private var random: SeededGenerator
  /// How often each was killed.
  private(set) var kills: [String: Int] = [:]

  /// The longest pause between two kills, milliseconds: about as long as a program needs to start, so that it is killed
  /// at all stages of its life.
  private static let longestPauseMillis = 500
  /// The pause before looking again for a program that is not running just now, milliseconds.
  private static let lookMillis = 10
  /// How often it is looked for: no program is away for longer.
  private static let looks = 1_000

  init(_ supervisor: Supervisor, names: [String], seed: UInt64) {
    self.supervisor = supervisor
    self.names = names
    random = SeededGenerator(seed: seed, part: 1)
  }

  /// - Parameters:
  ///   - seconds: over which the kills are spread; as fast as they come when 0.
  mutating func run(_ count: Int, overSeconds seconds: Double) async throws {
    let mean = seconds > 0 ? Int(seconds * 1_000) / max(1, count) : Self.longestPauseMillis / 2
    for _ in 0..<count {
      try await Task.sleep(for: .milliseconds(random.below(2 * mean + 1)))
      let name = random.pick(names)
      var looks = 0
      while await !supervisor.kill(name) {
        looks += 1
        guard looks < Self.looks else { throw SuiteError.unexpected("\(name) did not come back") }
        try await Task.sleep(for: .milliseconds(Self.lookMillis))
      }
      kills[name, default: 0] += 1
    }
  }
}
