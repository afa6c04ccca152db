/// What came of many runs, each of a seed: how many broke a promise, and what was seen in them.
public struct SeedReport: Sendable {
  /// The most violations that are kept.
  public static let kept = 10

  public var runs = 0
  public var violations = 0
  /// The first of those with their seeds, no more than ``kept``.
  public var first: [(seed: UInt64, text: String)] = []
  /// How often each thing happened in all runs.
  public var tally: [String: Int] = [:]

  public init() {}

  public mutating func add(violation text: String, of seed: UInt64) {
    violations += 1
    if first.count < Self.kept { first.append((seed, text)) }
  }

  public mutating func add(_ other: SeedReport) {
    runs += other.runs
    violations += other.violations
    tally.merge(other.tally, uniquingKeysWith: +)
    first = Array((first + other.first).sorted { $0.seed < $1.seed }.prefix(Self.kept))
  }
}
