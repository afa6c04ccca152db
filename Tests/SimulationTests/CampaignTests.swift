import Simulator
import Testing

@Suite struct CampaignTests {
  @Test func noPromiseIsBroken() async {
    let report = await Campaign(seeds: 400).run(threads: 2)
    print("simulation: seeds \(report.runs), violations \(report.violations), \(report.events) events")
    #expect(report.runs == 400)
    #expect(report.first == [])
  }

  @Test(arguments: Mistake.allCases) func everyMistakeIsCaught(_ mistake: Mistake) throws {
    let seeds = mistake == .trustSilence ? 3_000 : 200
    let violation = try #require(Campaign(seeds: seeds, mistake: mistake).firstViolation())
    print("simulation: \(mistake.rawValue) is caught: \(violation)")
    #expect(Simulation(seed: violation.seed).run().violation == nil, "the mistake, not the seed, breaks the promise")
    #expect(Simulation(seed: violation.seed, mistake: mistake).run().violation == violation)
  }

  @Test(arguments: [1, 992, 0xFEED]) func aSeedReplaysExactly(_ seed: UInt64) {
    var first: [String] = []
    var second: [String] = []
    let one = Simulation(seed: seed, trace: { first.append($0) }).run()
    let two = Simulation(seed: seed, trace: { second.append($0) }).run()
    #expect(one == two)
    #expect(first == second)
    #expect(first.count > 20)
    #expect(one == Simulation(seed: seed).run(), "looking at a run changes nothing")
    #expect(one.digest != Simulation(seed: seed + 1).run().digest)
  }

  @Test func theReportDoesNotDependOnTheThreads() async {
    let campaign = Campaign(seeds: 60, mistake: .ignoreGaps)
    let one = await campaign.run(threads: 1)
    let three = await campaign.run(threads: 3)
    #expect(one.violations == three.violations)
    #expect(one.first == three.first)
    #expect(one.steps == three.steps)
    #expect(one.tally == three.tally)
  }

  /// Every fault and every way through the machines must come up: what is never seen is not proven.
  @Test func everythingIsSeen() async {
    let report = await Campaign(seeds: 400).run(threads: 2)
    for sight in Sight.all { #expect(report.tally[sight] > 0, "never: \(sight)") }
  }

  /// One crash at each moment at which a process can die, one run for each.
  @Test(arguments: 1...6 as ClosedRange<UInt64>) func aCrashAnywhereBreaksNothing(seed: UInt64) {
    let points = Simulation(seed: seed).run().crashPoints
    #expect(points > 5)
    for point in 1...points {
      #expect(Simulation(seed: seed, crashAt: point).run().violation == nil, "crash at \(point)")
    }
  }

  /// The same crashes find the position that is kept outside the transaction.
  @Test func aCrashAnywhereFindsThePositionOutsideTheTransaction() {
    let caught = (1...6 as ClosedRange<UInt64>).filter { seed in
      let mistake = Mistake.positionOutsideTransaction
      let points = Simulation(seed: seed, mistake: mistake).run().crashPoints
      return (1...points).contains { Simulation(seed: seed, mistake: mistake, crashAt: $0).run().violation != nil }
    }
    #expect(caught.count == 6)
  }
}
