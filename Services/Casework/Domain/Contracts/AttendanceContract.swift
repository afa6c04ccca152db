public import CaseFlow
public import Rulebook

/// An attendance contract: a written, voluntary agreement with one parent (Anti-social Behaviour Act 2003 s19). Nobody is
/// obliged to offer or to sign one. Its target is judged on exact sessions (``ContractResult``); a person finds what became
/// of it, and is asked again when a mark behind it is amended.
public enum AttendanceContract: CaseKind {
  /// Where a contract is, from the offer to its end.
  public enum State: String, FlowName {
    case offered, agreed, active, declined
    case notAttended = "not-attended"
    case met
    case partMet = "part-met"
    case notMet = "not-met"
    case notMeasurable = "not-measurable"
    case ended
  }

  /// What is done with a contract.
  public enum Act: String, FlowName {
    case offer, agree, decline
    case missMeeting = "miss-meeting"
    case begin, review
    case findMet = "find-met"
    case findPartMet = "find-part-met"
    case findNotMet = "find-not-met"
    case findNotMeasurable = "find-not-measurable"
    case end
  }

  /// What is due in a contract.
  public enum Clock: String, FlowName { case answer, begin, review, judge }

  /// What acts state and guards read.
  public enum Fact: String, FlowName {
    /// The target, per cent, as digits: `92.5`.
    case target
    /// The first day of the period.
    case firstDay = "first-day"
    /// The last day of the period.
    case lastDay = "last-day"
    /// How the parent agreed.
    case agreement
    /// What a review decided.
    case review
    /// What the sessions of the period say of the target. From outside.
    case result
    /// Whether the period is over. From outside.
    case isOver = "is-over"
    /// Why the contract ends early.
    case ending
  }

  /// Who acts.
  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case manager
  }

  public static let name = "attendance-contract"

  /// How long a contract may be, days.
  public static let period: Dated<ClosedRange<Int>> = [InForce(84...366, source: "CW-14")]
  /// How long an offer waits for an answer.
  public static let answer: Dated<Span> = [InForce(.workingDays(10), source: "CW-14")]
  /// How long after the last day its target is judged.
  public static let judging: Dated<Span> = [InForce(.workingDays(5), source: "CW-14")]

  /// How a parent agrees.
  public enum Agreement: String, Sendable, CaseIterable { case signed, recorded }

  /// Why a contract ends early.
  public enum Ending: String, Sendable, CaseIterable {
    case withdrawn, moved, replaced
    case caseClosed = "case-closed"
  }

  public static let flow = Flow<AttendanceContract>(
    title: "Attendance contract", allocation: .init(by: [.manager]), reviewWithin: CaseClocks.signOff,
    states: [
      .init(.offered, "Offered", isOpen: true), .init(.agreed, "Agreed", isOpen: true),
      .init(.active, "In its period", isOpen: true), .init(.declined, "Declined", isOpen: false),
      .init(.notAttended, "Nobody came to agree it", isOpen: false), .init(.met, "Target met", isOpen: false),
      .init(.partMet, "Target met in part", isOpen: false), .init(.notMet, "Target not met", isOpen: false),
      .init(.notMeasurable, "Target not measurable", isOpen: false), .init(.ended, "Ended early", isOpen: false),
    ],
    clocks: [
      .init(.answer, in: [.offered], "Meet the parent about the contract", answer),
      .init(
        .begin, in: [.agreed], "Begin the contract", [InForce(.days(0), source: "CW-14")], startsFrom: .firstDay,
        onFiring: .begin),
      .init(.review, in: [.active], "Review the contract", CaseClocks.review),
      .init(.judge, in: [.active], "Find what became of the target", judging, startsFrom: .lastDay),
    ], acts: agreeing + judgingActs)

  private static let officers: Set<Role> = [.attendanceOfficer, .manager]

  private static let agreeing: [Flow<AttendanceContract>.ActRule] = [
    .init(
      .offer, "Offer a contract", opening: .offered, by: officers,
      guards: [
        .init(
          "target-possible", "The target must be more than 0 and at most 100 per cent.", reads: [.target],
          [
            .init(
              {
                $0.text(.target).flatMap(Fraction.init(decimal:)).map { Fraction(0) < $0 && $0 <= Fraction(100) }
                  ?? false
              },
              source: "CW-4")
          ]),
        .init(
          "period-allowed", "The contract must last 12 weeks to 12 months.", reads: [.firstDay, .lastDay],
          period.guarding { allowed, facts in
            facts.day(.firstDay).flatMap { first in facts.day(.lastDay).map { allowed.contains($0 - first + 1) } }
              ?? false
          }),
      ], asks: [.target, .firstDay, .lastDay], owner: .actor),
    .init(
      .agree, "Record the agreement", from: [.offered], to: .agreed, by: officers,
      guards: [
        .among(
          .agreement, Agreement.self, "agreement-known", "How the parent agreed must be one of",
          "Anti-social Behaviour Act 2003 s19")
      ], asks: [.agreement]),
    .init(.decline, "Record that the parent declined", from: [.offered], to: .declined, by: officers),
    .init(.missMeeting, "Record that nobody came", from: [.offered], to: .notAttended, by: officers),
    .init(.begin, "Begin the contract", from: [.agreed], to: .active, by: officers, byProgram: true),
  ]

  private static let judgingActs: [Flow<AttendanceContract>.ActRule] =
    [
      .init(
        .review, "Review the contract", from: [.active], by: officers,
        guards: [
          .among(.review, AttendanceCase.ReviewOutcome.self, "review-known", "The outcome must be one of", "CW-9")
        ], asks: [.review], restarts: [.review]),
      finding(.findMet, "Find that the target is met", .met, .met),
      finding(.findPartMet, "Find that the target is met in part", .partMet, .partMet),
      finding(.findNotMet, "Find that the target is not met", .notMet, .notMet),
      finding(.findNotMeasurable, "Find that the target is not measurable", .notMeasurable, .notMeasurable),
      .init(
        .end, "End the contract early", from: [.offered, .agreed, .active], to: .ended, by: officers, byProgram: true,
        guards: [.among(.ending, Ending.self, "ending-known", "The reason must be one of", "CW-14")], asks: [.ending]),
    ]

  private static func finding(
    _ act: Act, _ title: String, _ state: State, _ outcome: ContractResult.Outcome
  ) -> Flow<AttendanceContract>.ActRule {
    .init(
      act, title, from: [.active], to: state, by: officers,
      guards: [
        .init(
          "period-over", "The period must be over.", reads: [.isOver],
          [.init({ $0.flag(.isOver) == true }, source: "CW-4")]),
        .init(
          "result-\(outcome.rawValue)", "The sessions of the period must say so: \(outcome.rawValue).",
          reads: [.result], [.init({ $0.text(.result) == outcome.rawValue }, source: "CW-4")]),
      ], isDecision: true)
  }
}
