import CaseFlow
import Rulebook

/// How a search ends, and begins anew.
extension MissingChild {
  static let ending: [Flow<MissingChild>.ActRule] = [
    .init(
      .close, "Close the search", from: open, to: .closed, by: [.cmeOfficer, .manager],
      guards: [shown, screened, received, childOnRoll], asks: [.outcome, .evidence], isDecision: true, ends: [.lose],
      second: .toOverride(.manager)),
    .init(
      .ageOut, "Close the search: over compulsory school age", from: open, to: .closed, byProgram: true,
      guards: [shown],
      asks: [.outcome, .evidence], isDecision: true, ends: [.lose]),
    .init(
      .closeUnlocated, "Close the search without the child", from: [.whereaboutsUnknown], to: .closed,
      by: [.cmeOfficer],
      guards: [
        shownUnlocated, safe, over(.pastSearch, "search-over", "The search must have lasted its time."),
        over(.checksRepeated, "checks-repeated", "Every check must have been made again."),
      ], asks: [.outcome, .evidence], isDecision: true, ends: [.lose], second: .always(.manager)),
    .init(
      .reopen, "Search again", from: [.closed], to: .enquiring, by: [.cmeOfficer, .manager], byProgram: true,
      ends: [.close, .ageOut, .closeUnlocated], owner: .team(.cmeOfficer), stops: [.referral, .doubtReview]),
    .init(.lapse, "Let the report fall away", from: [.suspected], to: .closed, byProgram: true),
    .init(
      .join, "Join with the search for the same child", from: open, to: .closed, byProgram: true,
      ends: [.lose, .certify]),
  ]

  /// The outcome and its evidence belong together.
  private static let shown = Flow<MissingChild>.Guard(
    "outcome-shown", "The outcome must be a known one with evidence of its kind.", reads: [.outcome, .evidence],
    [
      .init(
        { facts in
          guard let outcome = facts.text(.outcome).flatMap(Outcome.init), outcome != .unlocated else { return false }
          return facts.text(.evidence).map { outcome.names.contains($0) } ?? false
        }, source: "CME-8")
    ])

  private static let shownUnlocated = Flow<MissingChild>.Guard(
    "outcome-shown", "The outcome must be that the child was not found, and the evidence the repeated checks.",
    reads: [.outcome, .evidence],
    [
      .init(
        { facts in
          facts.text(.outcome) == Outcome.unlocated.rawValue
            && facts.text(.evidence).map { Outcome.unlocated.names.contains($0) } ?? false
        }, source: "CME-8")
    ])

  /// A child who was found is not let go before the safeguarding questions are answered.
  private static let screened = Flow<MissingChild>.Guard(
    "found-and-screened", "The safeguarding questions must be answered for a child who was found.",
    reads: [.outcome, .safeguarding],
    [
      .init(
        { facts in
          facts.text(.outcome).flatMap(Outcome.init)?.isLocated == nil
            || facts.text(.safeguarding).map { verdicts.contains($0) } ?? false
        }, source: "CME-11")
    ])

  /// Without the other authority's receipt the child is not transferred.
  private static let received = Flow<MissingChild>.Guard(
    "receipt-confirmed", "The other authority must have confirmed that it received the alert.",
    reads: [.outcome, .receipt, .confirmation],
    [
      .init(
        { facts in
          facts.text(.outcome) != Outcome.otherAuthority.rawValue
            || [.receipt, .confirmation].contains { facts.text($0).map { !$0.isEmpty } ?? false }
        }, source: "CME-7")
    ])

  /// A roll that the authority keeps itself must have the child; another school's word is taken on two signatures.
  private static let childOnRoll = Flow<MissingChild>.Guard(
    "on-a-roll", "A child who is on a roll must be on one that the authority knows.", reads: [.outcome, .onRoll],
    [
      .init({ $0.text(.outcome) != Outcome.onRoll.rawValue || $0.flag(.onRoll) == true }, source: "CME-8")
    ], isOverridable: true)

  private static let safe = Flow<MissingChild>.Guard(
    "no-risk", "The safeguarding questions must have found no risk.", reads: [.safeguarding],
    [.init({ $0.text(.safeguarding) == "no" }, source: "CME-11")])

  private static func over(_ fact: Fact, _ id: String, _ demand: String) -> Flow<MissingChild>.Guard {
    .init(id, demand, reads: [fact], [.init({ $0.flag(fact) == true }, source: "CME-6")])
  }
}

extension Outcome {
  /// The names of its evidence.
  var names: Set<String> { Set(evidence.map(\.rawValue)) }
}
