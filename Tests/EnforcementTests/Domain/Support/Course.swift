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

  /// Where a random life can go on from.
  var beginning: (day: Day, history: [Entry<Kind>]) { (day, history) }

  private mutating func take(_ entry: Entry<Kind>) {
    file.apply(entry)
    history.append(entry)
  }
}

extension Refusal {
  /// The guards that do not hold.
  var guards: [String] { if case .unmet(let unmet) = self { unmet.map(\.id) } else { [] } }
}
