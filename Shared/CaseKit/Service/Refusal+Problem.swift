public import CaseFlow
import HTTPTypes
import Rulebook
public import ServiceKit

extension Refusal: ProblemError {
  /// The refusal as a caller sees it.
  public var problem: Problem? {
    switch self {
    case .notFromHere: .conflict("not-from-here", "This cannot be done in the current state of the case")
    case .notPermitted: .forbidden
    case .noReason: .invalid([.init("/reason", "is required")])
    case .notStated(let facts): .invalid(Self.faults(facts, "is required for this act"))
    case .notAsked(let facts): .invalid(Self.faults(facts, "is not asked for by this act"))
    case .unmet(let unmet): Self.guards(unmet)
    case .notOverridable(let ids):
      .invalid([.init("/overriding", "\(ids.count) of the guards named cannot be overridden in this act")])
    case .noOwner: .invalid([.init("/owner", "must name the person who takes the case")])
    case .awaitingSecond: .conflict("awaiting-second", "This case is waiting for a second person")
    case .nothingToAnswer: .conflict("nothing-to-answer", "This case is not waiting for a second person")
    case .samePerson: .conflict("same-person", "The second person must not be the one who proposed it")
    case .didEarlier: .conflict("did-earlier", "Somebody else must do this: you did an earlier step of this case")
    case .undecided(let acts):
      .conflict("undecided", "These must be decided first, or looked at again: \(Self.names(acts))")
    case .notQuestioned: .conflict("not-questioned", "This decision does not need a review")
    case .notDue, .noSpan: nil
    }
  }

  private static func names(_ acts: Set<Kind.Act>) -> String {
    acts.map(\.rawValue).sorted().joined(separator: ", ")
  }

  private static func guards(_ unmet: [Unmet]) -> Problem {
    Problem(
      "guards-not-met", "What this act demands is not so", .conflict,
      faults: unmet.map { guarding in
        let way = guarding.isOverridable ? " Two people can go on without it, with a reason." : ""
        // The source belongs to the sentence: one full stop, behind it.
        let demand = guarding.demand.hasSuffix(".") ? String(guarding.demand.dropLast()) : guarding.demand
        return .init(guarding.id, "\(demand) (\(guarding.source)).\(way)")
      })
  }

  private static func faults(_ facts: Set<Kind.Fact>, _ words: String) -> [Fault] {
    facts.map(\.rawValue).sorted().map { .init("/facts/\($0)", words) }
  }
}
