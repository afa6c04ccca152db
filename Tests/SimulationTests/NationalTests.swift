import Simulator
import TestKit
import Testing

@Suite("Alerts between authorities, simulated", .timeLimit(.minutes(5))) struct NationalTests {
  /// 153 authorities, and many seeds, are for `simulate --national`.
  @Test("No seed breaks a promise", arguments: [(3, 60), (10, 15)])
  func seeds(authorities: Int, seeds: Int) {
    var (alerts, repeated, refusals) = (0, 0, 0)
    for seed in 1...UInt64(seeds) {
      var simulation = NationalSimulation(seed: seed, authorities: authorities)
      let result = simulation.run()
      #expect(result.violation == nil, "seed \(seed) of \(authorities): \(result.violation ?? "")")
      alerts += result.alerts
      repeated += result.repeated
      refusals += result.refusals
    }
    print(
      "\(authorities) authorities, seeds 1 to \(seeds): \(alerts) alerts, \(repeated) sent again, \(refusals) refused")
    #expect(alerts > 0 && repeated > 0 && refusals > 0)
  }

  @Test("Each planted mistake is caught", arguments: NationalMistake.allCases)
  func mistakes(_ mistake: NationalMistake) {
    let caught = (270...UInt64(290)).contains { seed in
      var simulation = NationalSimulation(seed: seed, authorities: 3, mistake: mistake)
      return simulation.run().violation != nil
    }
    #expect(caught)
  }
}
