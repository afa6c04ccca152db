import CaseFlow
import CaseSimulator
import Rulebook
import Seeded
import TestKit
import Testing

/// A case that a test takes through its flow, by three persons of each role.
struct Course<Kind: CaseKind> {
  private(set) var file = CaseFile<Kind>()
  private(set) var history: [Entry<Kind>] = []
  var day: Day
  var facts: Facts<Kind.Fact>

  init(on day: Day, _ facts: [Kind.Fact: FactValue]) {
    self.day = day
    self.facts = Facts(facts)
  }

  static func person(_ role: Kind.Role, _ number: Int = 1) -> Actor<Kind.Role> {
    .person("\(role.rawValue)-\(number)", role)
  }

  /// What an act by somebody leads to, or why it is refused. It happens where it is not refused.
  @discardableResult
  mutating func act(
    _ act: Kind.Act, by actor: Actor<Kind.Role>, _ stating: [Kind.Fact: FactValue] = [:], overriding: Set<String> = []
  ) -> Refusal<Kind>? {
    move(
      .attempt(.init(.act(act), stating: Facts(stating), overriding: overriding, reason: "It is right")), by: actor)
  }

  /// A second person agrees.
  @discardableResult
  mutating func agree(by actor: Actor<Kind.Role>) -> Refusal<Kind>? {
    move(.second(agrees: true, reason: "Agreed"), by: actor)
  }

  mutating func move(_ move: Move<Kind>, by actor: Actor<Kind.Role>) -> Refusal<Kind>? {
    do {
      take(try Kind.flow.step(file, move, facts: facts, by: actor, on: day))
      return nil
    } catch { return error }
  }

  /// Facts change, and what rests on them is put before a person.
  mutating func learn(_ fact: Kind.Fact, _ value: FactValue?) throws {
    facts[fact] = value
    if let entry = try Kind.flow.reconsider(file, facts: facts, on: day) { take(entry) }
  }

  private mutating func take(_ entry: Entry<Kind>) {
    file.apply(entry)
    history.append(entry)
  }
}

extension Refusal {
  /// The guards that do not hold.
  var guards: [String] { if case .unmet(let unmet) = self { unmet.map(\.id) } else { [] } }
}

/// Random lives of a kind of case.
struct RandomLives<Kind: CaseKind> {
  var violation: FlowSimulation<Kind>.Violation?
  var seen: [String: Int] = [:]

  /// - Parameter beginnings: cases that have come some way, from which every other life goes on.
  init(
    _ lives: Int, moves: Int = 80, from day: Day, _ values: [Kind.Fact: [FactValue]], beginnings: [Course<Kind>] = []
  ) {
    for number in 0..<lives {
      let beginning = number % 2 == 0 || beginnings.isEmpty ? nil : beginnings[number / 2 % beginnings.count]
      var life = FlowSimulation<Kind>(
        seed: SeededGenerator.chosenSeed &+ UInt64(number), from: beginning?.day ?? day, values: values,
        beginning: beginning?.history ?? [])
      violation = life.run(moves: moves)
      seen.merge(life.seen, uniquingKeysWith: +)
      if violation != nil { return }
    }
    print("\(Kind.name): \(lives) lives, \(seen.values.reduce(0, +)) moves tried")
  }

  /// Acts and clocks that never happened.
  var never: [String] {
    (Kind.Act.allCases.map { "acted \($0.rawValue)" } + Kind.Clock.allCases.map { "fired \($0.rawValue)" })
      .filter { seen[Self.plain($0), default: 0] == 0 }
  }

  /// The simulation counts names without numbers.
  private static func plain(_ name: String) -> String { name.filter { !$0.isNumber } }
}
