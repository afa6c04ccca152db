import Foundation
public import Seeded

extension SeededGenerator {
  /// From the environment's `SEED`, else another one each run; printed, so that a failure can be replayed.
  public static let chosenSeed: UInt64 = {
    let seed = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
    print("tests: SEED=\(seed)")
    return seed
  }()
}
