public import CaseFlow
public import Rulebook

/// Random lives of a kind of case: at least as many as asked for, and up to twenty times as many while an act or a clock
/// has never happened.
public struct RandomLives<Kind: CaseKind> {
  /// The first promise that a life broke; it ends the run.
  public private(set) var violation: FlowSimulation<Kind>.Violation?
  /// How often each thing happened.
  public private(set) var seen: [String: Int] = [:]
  private let rare: Set<String>

  /// - Parameters:
  ///   - seed: the first life's; each has the next.
  ///   - values: what facts can say.
  ///   - beginnings: cases that have come some way, and the day of each, from which every other life goes on.
  ///   - rare: what is not expected by chance; it has a test of its own.
  public init(
    seed: UInt64, _ lives: Int, moves: Int = 80, from day: Day, _ values: [Kind.Fact: [FactValue]],
    beginnings: [(day: Day, history: [Entry<Kind>])] = [], rare: Set<String> = []
  ) {
    self.rare = rare
    var number = 0
    while number < lives || (number < 20 * lives && !never.isEmpty) {
      let beginning = number % 2 == 0 || beginnings.isEmpty ? nil : beginnings[number / 2 % beginnings.count]
      var life = FlowSimulation<Kind>(
        seed: seed &+ UInt64(number), from: beginning?.day ?? day,
        values: values, beginning: beginning?.history ?? [])
      violation = life.run(moves: moves)
      seen.merge(life.seen, uniquingKeysWith: +)
      if violation != nil { return }
      number += 1
    }
    print("\(Kind.name): \(number) lives, \(seen.values.reduce(0, +)) moves tried")
  }

  /// Acts and clocks that never happened.
  public var never: [String] {
    (Kind.Act.allCases.map { "acted \($0.rawValue)" } + Kind.Clock.allCases.map { "fired \($0.rawValue)" })
      .filter { !rare.contains($0) && seen[Self.plain($0), default: 0] == 0 }
  }

  /// The simulation counts names without numbers.
  private static func plain(_ name: String) -> String { name.filter { !$0.isNumber } }
}
