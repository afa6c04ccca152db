import CaseFlow
import Rulebook
import Testing

typealias Role = RequestKind.Role
typealias File = CaseFile<RequestKind>
typealias RequestMove = Move<RequestKind>

/// A case that a test takes through its flow.
struct Life {
  var file = File()
  var day = RequestKind.day
  var facts = Facts<RequestKind.Fact>()
  var calendar: SchoolCalendar?
  let flow = RequestKind.flow

  static let officer = Actor<Role>.person("u1", .officer)
  static let manager = Actor<Role>.person("u2", .manager)

  /// Opened by the program, and taken by the officer.
  init(taken: Bool = false) throws {
    try step(.act(.receive, reason: ""), by: .program)
    if taken { try step(.act(.take, reason: "Mine"), by: Self.officer) }
  }

  @discardableResult
  mutating func step(_ move: RequestMove, by actor: Actor<Role> = Life.officer) throws -> Entry<RequestKind> {
    let entry = try flow.step(file, move, facts: facts, by: actor, on: day, calendar: calendar)
    file.apply(entry)
    return entry
  }

  /// Why a move is refused; `nil` when it is not.
  func refusal(_ move: RequestMove, by actor: Actor<Role> = Life.officer) -> Refusal<RequestKind>? {
    do {
      _ = try flow.step(file, move, facts: facts, by: actor, on: day, calendar: calendar)
      return nil
    } catch { return error }
  }

  static func grant(complete: Bool = true, overriding: Set<String> = []) -> RequestMove {
    .attempt(
      .init(.act(.grant), stating: .init([.complete: .flag(complete)]), overriding: overriding, reason: "It is due"))
  }
}
