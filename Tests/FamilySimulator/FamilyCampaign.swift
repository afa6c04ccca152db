import Seeded

/// Many lives, one seed after the other, on one or more threads.
public struct FamilyCampaign: Sendable {
  /// What came of the lives.
  public struct Report: Sendable {
    /// How many lives there were, and how many of them broke a promise.
    public var lives = 0
    public var violations = 0
    /// The first of those with their seeds, no more than ``FamilyCampaign/kept``.
    public var first: [(seed: UInt64, broken: String)] = []
    /// How often each thing happened in all lives.
    public var tally: [String: Int] = [:]

    mutating func add(_ other: Report) {
      lives += other.lives
      violations += other.violations
      tally.merge(other.tally, uniquingKeysWith: +)
      first = Array((first + other.first).sorted { $0.seed < $1.seed }.prefix(FamilyCampaign.kept))
    }
  }

  /// The most violations that are kept.
  public static let kept = 10
  /// How many things happen in a life.
  public static let steps = 60

  /// The first seed.
  public let from: UInt64
  public let lives: Int
  /// A mistake to plant.
  public let mistake: FamilyMistake?

  public init(from: UInt64, lives: Int, mistake: FamilyMistake? = nil) {
    self.from = from
    self.lives = lives
    self.mistake = mistake
  }

  /// Lives all of them, dealt out evenly.
  public func run(threads: Int) async -> Report {
    await seeds.deal(to: threads, from: Report(), run: { $1.add(life($0)) }, sum: { $0.add($1) })
  }

  /// Lives seeds until a promise is broken.
  ///
  /// - Returns: the seed and the promise; `nil` when none is.
  public func firstViolation() -> (seed: UInt64, broken: String)? {
    seeds.lazy.compactMap { life($0).first.first }.first { _ in true }
  }

  private var seeds: Seeds { Seeds(lives, from: from) }

  private func life(_ seed: UInt64) -> Report {
    var family = Family(seed: seed, mistake: mistake)
    let result = family.live(steps: Self.steps)
    var report = Report()
    report.lives = 1
    report.tally = result.tally
    if let broken = result.broken {
      report.violations = 1
      report.first = [(seed, broken)]
    }
    return report
  }
}
