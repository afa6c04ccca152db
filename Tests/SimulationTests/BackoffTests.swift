import MessagingMachines
import Simulator
import Testing

@Suite struct BackoffTests {
  /// Always the least or the greatest that is possible.
  struct Edge: RandomNumberGenerator {
    let value: UInt64
    func next() -> UInt64 { value }
  }

  @Test(
    arguments: [
      (attempt: -1, range: 50...100), (0, 50...100), (1, 50...100), (2, 100...200), (3, 200...400), (4, 400...800),
      (5, 500...1_000), (6, 500...1_000), (64, 500...1_000), (Int.max, 500...1_000),
    ] as [(Int, ClosedRange<Int64>)])
  func pausesDoubleUpToTheLongest(attempt: Int, range: ClosedRange<Int64>) {
    let backoff = Backoff(firstMillis: 100, longestMillis: 1_000)
    var least = Edge(value: 0)
    var greatest = Edge(value: .max)
    #expect(backoff.pauseMillis(attempt: attempt, using: &least) == range.lowerBound)
    #expect(backoff.pauseMillis(attempt: attempt, using: &greatest) == range.upperBound)
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 { #expect(range.contains(backoff.pauseMillis(attempt: attempt, using: &generator))) }
  }

  @Test func senselessPausesAreMadePossible() {
    let none = Backoff(firstMillis: -5, longestMillis: 0)
    #expect(none.firstMillis == 1 && none.longestMillis == 1)
    var generator = SeededGenerator(seed: 7)
    #expect(none.pauseMillis(attempt: 9, using: &generator) == 1)
    let great = Backoff(firstMillis: 1 << 40, longestMillis: .max)
    var least = Edge(value: 0)
    #expect(great.pauseMillis(attempt: 40, using: &least) > 0)
  }
}
