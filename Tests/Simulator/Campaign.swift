import Seeded

/// Many runs, one seed after the other, on one or more threads.
public struct Campaign: Sendable {
  /// What came of the runs.
  public struct Report: Sendable {
    /// How many runs there were.
    public var runs = 0
    /// How many of them broke a promise.
    public var violations = 0
    /// The first of those, by seed, no more than ``Campaign/kept``.
    public var first: [Simulation.Violation] = []
    /// How many things happened in all runs.
    public var steps = 0
    /// How many events were written in all runs.
    public var events = 0
    /// What was seen in all runs.
    public var tally = Tally()

    mutating func add(_ result: Simulation.Result) {
      runs += 1
      steps += result.steps
      events += result.events
      tally.add(result.tally)
      guard let violation = result.violation else { return }
      violations += 1
      if first.count < Campaign.kept { first.append(violation) }
    }

    mutating func add(_ other: Report) {
      runs += other.runs
      violations += other.violations
      steps += other.steps
      events += other.events
      tally.add(other.tally)
      first = Array((first + other.first).sorted { $0.seed < $1.seed }.prefix(Campaign.kept))
    }
  }

  /// The most violations that are kept.
  public static let kept = 10

  /// The first seed.
  public var from: UInt64
  /// How many seeds.
  public var seeds: Int
  /// A mistake to plant.
  public var mistake: Mistake?

  public init(from: UInt64 = 1, seeds: Int, mistake: Mistake? = nil) {
    self.from = from
    self.seeds = seeds
    self.mistake = mistake
  }

  /// Runs all seeds, dealt out evenly.
  public func run(threads: Int) async -> Report {
    await all.deal(
      to: threads, from: Report(), run: { $1.add(Simulation(seed: $0, mistake: mistake).run()) }, sum: { $0.add($1) })
  }

  /// Runs seeds until a promise is broken; `nil` when none is.
  public func firstViolation() -> Simulation.Violation? {
    all.lazy.compactMap { Simulation(seed: $0, mistake: mistake).run().violation }.first { _ in true }
  }

  private var all: Seeds { Seeds(seeds, from: from) }
}
