public import Seeded

/// Many lives, one seed after the other, on one or more threads.
public struct FamilyCampaign: Sendable {
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
  public func run(threads: Int) async -> SeedReport {
    await seeds.deal(to: threads, from: SeedReport(), run: { live($0, &$1) }, sum: { $0.add($1) })
  }

  /// Lives seeds until a promise is broken.
  ///
  /// - Returns: the seed and the promise; `nil` when none is.
  public func firstViolation() -> (seed: UInt64, broken: String)? {
    seeds.lazy.compactMap { seed in life(seed).broken.map { (seed, $0) } }.first { _ in true }
  }

  private var seeds: Seeds { Seeds(lives, from: from) }

  private func life(_ seed: UInt64) -> Family.Result {
    var family = Family(seed: seed, mistake: mistake)
    return family.live(steps: Self.steps)
  }

  private func live(_ seed: UInt64, _ report: inout SeedReport) {
    let result = life(seed)
    report.runs += 1
    report.tally.merge(result.tally, uniquingKeysWith: +)
    if let broken = result.broken { report.add(violation: broken, of: seed) }
  }
}
