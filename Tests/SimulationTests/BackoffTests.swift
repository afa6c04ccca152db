import MessagingMachines
import Seeded
import Simulator
import Testing

@Suite struct BackoffTests {
  struct Line: Sendable {
    let attempt: Int
    let range: ClosedRange<Int64>
  }

  static let table = [
    Line(attempt: -1, range: 50...100), Line(attempt: 0, range: 50...100), Line(attempt: 1, range: 50...100),
    Line(attempt: 2, range: 100...200), Line(attempt: 3, range: 200...400), Line(attempt: 4, range: 400...800),
    Line(attempt: 5, range: 500...1_000), Line(attempt: 64, range: 500...1_000),
    Line(attempt: .max, range: 500...1_000),
  ]

  @Test(arguments: table) func pausesDoubleUpToTheLongest(_ line: Line) {
    let backoff = Backoff(firstMillis: 100, longestMillis: 1_000)
    var generator = SeededGenerator(seed: 7)
    var seen: Set<Int64> = []
    for _ in 0..<2_000 { seen.insert(backoff.pauseMillis(attempt: line.attempt, using: &generator)) }
    let tenth = (line.range.upperBound - line.range.lowerBound) / 10
    #expect(seen.allSatisfy(line.range.contains))
    #expect(seen.contains { $0 <= line.range.lowerBound + tenth })
    #expect(seen.contains { $0 >= line.range.upperBound - tenth })
  }

  @Test func senselessPausesAreMadePossible() {
    var generator = SeededGenerator(seed: 7)
    let none = Backoff(firstMillis: -5, longestMillis: 0)
    #expect(none.firstMillis == 1 && none.longestMillis == 1)
    #expect(none.pauseMillis(attempt: 9, using: &generator) == 1)
    let great = Backoff(firstMillis: 1 << 40, longestMillis: .max)
    #expect(great.pauseMillis(attempt: 40, using: &generator) >= .max / 2)
  }
}
