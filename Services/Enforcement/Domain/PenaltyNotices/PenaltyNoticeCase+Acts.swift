import CaseFlow
import Rulebook

/// The acts of a penalty notice with their guards.
extension PenaltyNoticeCase {
  private typealias Guard = Flow<PenaltyNoticeCase>.Guard
  typealias ActRule = Flow<PenaltyNoticeCase>.ActRule

  private static let regulations = "SI 2007/1867 as amended by SI 2024/210"
  private static let guidance = "Working together: penalty notices"

  private static func holds(
    _ id: String, _ demand: String, _ source: String, _ fact: Fact, is value: FactValue
  ) -> Guard { .says(value, fact, id, demand, source: source) }

  /// Something from which two persons may allow an exception.
  private static func holds(
    _ id: String, _ demand: String, _ source: String, _ fact: Fact, is value: FactValue, unless exception: Exception
  ) -> Guard {
    Guard(
      id, demand, reads: [fact, .exception],
      [.init({ $0[fact] == value || names(.exception, $0).contains(exception.rawValue) }, source: source)])
  }

  private static func among(
    _ id: String, _ demand: String, _ source: String, _ fact: Fact, _ values: Set<String>
  ) -> Guard { .oneOf(values, fact, id, demand, source: source) }

  // MARK: Guards

  private static let inScope = holds(
    "school-in-scope", "The school must be one to which the scheme applies; independent schools are outside it.",
    "Education Act 1996 s444A; \(guidance)", .inScope, is: .flag(true))
  private static let underLimit = Guard(
    "under-limit", "There may be no more than two notices to a parent for a child in three years.", reads: [.limit],
    PenaltyNoticeTerms.national.judging({ $0.flag(.limit) == false }) {
      "at most \($0.sums.count) notices in \($0.lookbackYears) years"
    })
  private static let unused = holds(
    "sessions-unused", "No session may be in another live notice to the parent.", "PN-6", .used, is: .flag(false))
  private static let stands = holds(
    "sessions-stand", "Every session that the notice lists must stand in the register.", "PN-5", .lost, is: .number(0))
  private static let threshold = Guard(
    "threshold", "The threshold must be met now, or a reason for acting below it be on record.",
    reads: [.threshold, .belowThreshold],
    ThresholdRule.national.judging(
      { $0.flag(.threshold) == true || $0.text(.belowThreshold).map(isReason) ?? false },
      { "PN-5: \($0.sessions) sessions in \($0.schoolWeeks) school weeks" }))
  private static let resolved = holds(
    "reasons-had-time", "Each reason that is not established must have had its five school days.", "PN-4", .fresh,
    is: .number(0), unless: .freshReasons)
  private static let parentOnRecord = holds(
    "parent-on-record", "The person must stand as a parent of the child in the registers.", "Education Act 1996 s576",
    .parent, is: .flag(true))
  private static let notProsecuted = holds(
    "no-prosecution", "No prosecution of the parent for these sessions may be open or past.",
    "EN-12",
    .prosecution, is: .flag(false))

  private static let notExcluded = holds(
    "no-hard-conflict", "No other matter may exclude a notice.", "EN-20", .excluded, is: .text(""))
  private static let noConflict = Guard(
    "no-conflict", "No other matter may stand in the way, unless two persons let it by name.",
    reads: [.conflict, .exception],
    [
      .init(
        { facts in
          facts.text(.conflict) != nil && names(.conflict, facts).isSubset(of: names(.exception, facts))
        }, source: "EN-20, EN-28")
    ])

  private static let allowable =
    Set(Exception.allCases.map(\.rawValue)).union(Conflicts.Matter.allCases.map(\.rawValue))
    .union(Conflicts.Circumstance.allCases.map(\.rawValue))
  private static let exceptionKnown = Guard(
    "exception-known",
    "What is let pass must be named, with commas between: \(allowable.sorted().joined(separator: ", ")).",
    reads: [.exception],
    [
      .init(
        { facts in
          let names = names(.exception, facts)
          return !names.isEmpty && names.isSubset(of: allowable)
        }, source: "PN-4; EN-12; EN-28")
    ])

  private static func names(_ fact: Fact, _ facts: Facts<Fact>) -> Set<String> {
    Set((facts.text(fact) ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }).subtracting([""])
  }

  /// What two persons may let pass, with a reason, beside what other matters stand in the way of.
  enum Exception: String, CaseIterable {
    case freshReasons = "unresolved-within-time"
    case otherProceedings = "other-proceedings"
  }

  private static let considered: [Guard] = [
    among(
      "support", "Support must have been offered, refused or not appropriate", guidance, .support,
      ["offered", "refused", "not-appropriate"]),
    holds("effect", "The notice must be likely to change behaviour.", guidance, .effect, is: .text("yes")),
    holds("best-tool", "The notice must be the best available tool.", guidance, .bestTool, is: .text("yes")),
    among(
      "equality", "Disability, health and special educational needs must be considered", guidance, .equality,
      ["no-bar", "adjustments-made"]),
    holds(
      "other-proceedings", "No other proceedings about the family may be known.", guidance, .otherProceedings,
      is: .text("none"), unless: .otherProceedings),
    among(
      "leave", "For a holiday, leave must have been refused or not asked for, and the parent warned", guidance, .leave,
      ["refused", "not-sought", "no-holiday"]),
    holds("allowed", "The parent must have allowed the absence.", guidance, .allowed, is: .text("yes")),
    holds("code", "The local code of conduct must be met.", "SI 2007/1867 regs 14-18", .code, is: .text("yes")),
  ]
  private static let answers: Set<Fact> = [
    .support, .effect, .bestTool, .equality, .otherProceedings, .leave, .allowed, .code, .belowThreshold,
  ]

  /// A word that says that there is none is no reason.
  private static func isReason(_ text: String) -> Bool { !text.isEmpty && text != "none" }

  // MARK: Acts

  static let considering: [ActRule] = [
    .init(
      .consider, "Consider a penalty notice", opening: .consideration, by: officers,
      guards: [inScope, underLimit, parentOnRecord], asks: answers, restsOn: [], owner: .actor),
    .init(
      .answer, "Answer the considerations anew", from: [.consideration], by: officers, asks: answers),
    .init(
      .allow, "Allow an exception", from: [.consideration], by: officers,
      guards: [exceptionKnown], asks: [.exception], isDecision: true, second: .always(.manager)),
    .init(
      .improve, "Send a notice to improve", from: [.consideration], to: .improving, by: officers,
      guards: [
        Guard(
          "notice-to-improve-made", "The notice to improve must be made first, by the route for it.",
          reads: [.improvementEnds], [.init({ $0.day(.improvementEnds) != nil }, source: "PN-9")])
      ], isDecision: true),
    .init(
      .closeImproved, "Close: attendance has improved", from: [.improving], to: .improved, by: officers,
      asks: [.figures], isDecision: true),
    .init(
      .failToImprove, "Go on: attendance has not improved, or plainly will not", from: [.improving], to: .consideration,
      by: officers, asks: [.figures], ends: [.improve]),
    .init(
      .decline, "Close without a notice", from: [.consideration, .improving], to: .notIssued, by: officers,
      isDecision: true, ends: [.improve]),
  ]

  static let issuing: [ActRule] = [
    .init(
      .issue, "Issue the penalty notice", from: [.consideration], to: .issued, by: officers,
      guards: [
        inScope, underLimit, unused, stands, threshold, resolved, parentOnRecord, notProsecuted,
        notExcluded, noConflict,
        holds(
          "document-made", "The notice must be made first, by the route for it.", "SI 2007/1867 reg 3", .document,
          is: .flag(true)),
        holds(
          "identity", "The parent's identity must be verified.", "Education Act 1996 s444A", .identity,
          is: .text("yes")),
        holds(
          "address", "The parent's usual or last known address must be verified.", "SI 2007/1867", .address,
          is: .text("yes")),
        among(
          "enquiries", "Other authorities must have answered, or the officer go on without it", "EN-7", .enquiries,
          ["not-needed", "answered", "no-answer-in-time"]),
      ] + considered, asks: [.identity, .address, .enquiries], isDecision: true,
      restsOn: [.sessions, .level, .person],
      whenQuestioned: "Consider withdrawing a notice: what it rests on has changed")
  ]

  static let paying: [ActRule] = [
    .init(
      .payReduced, "Paid at the reduced sum", from: [.issued, .unpaid, .queried], to: .paidReduced, byProgram: true,
      guards: [account("paid_reduced", "The reduced sum must have come in its time.")]),
    .init(
      .payFull, "Paid in full", from: [.issued, .unpaid, .queried], to: .paidFull, byProgram: true,
      guards: [account("paid_full", "The full sum must have come in its time.")]),
    .init(
      .expire, "The time to pay is over", from: [.issued], to: .unpaid, byProgram: true,
      guards: [account("unpaid", "The time to pay must be over.")]),
    .init(
      .query, "Money came that discharges nothing", from: [.unpaid], to: .queried, byProgram: true,
      guards: [
        Guard(
          "money-held", "Money must be held.", reads: [.held], [.init({ $0.number(.held) ?? 0 > 0 }, source: "PN-13")])
      ]),
    .init(
      .settle, "The money was allocated or returned", from: [.queried], to: .unpaid, byProgram: true,
      guards: [noMoney]),
    .init(
      .reopen, "The parent showed a later receipt, or a payment was taken back: the time to pay still runs",
      from: [.unpaid, .queried, .paidReduced, .paidFull], to: .issued, byProgram: true,
      guards: [
        among(
          "not-discharged", "The notice must not be discharged", "PN-11, PN-12, PN-13", .account,
          ["open_reduced", "open_full", "unpaid"])
      ]),
  ]

  private static let noMoney = holds(
    "no-money-held", "No money may be held that discharges nothing.", "PN-13", .held, is: .number(0))
  private static let resolvedMoney = holds(
    "payment-guard",
    "No money may wait that somebody has to allocate or return: on the notice, on none, or in a row nobody could read.",
    "PN-13, PAY-4", .unresolved, is: .number(0))

  private static func account(_ state: String, _ demand: String) -> Guard {
    holds("account-\(state.replacing("_", with: "-"))", demand, "\(regulations); PN-13", .account, is: .text(state))
  }

  static let proceeding: [ActRule] = [
    .init(
      .withdraw, "Withdraw the notice", from: live.union([.paidReduced, .paidFull, .prosecuted]), to: .withdrawn,
      by: [.legalOfficer, .manager],
      guards: [
        Guard(
          "ground", "There must be a ground that the regulations know, and that the notice's state allows.",
          reads: [.ground, .account],
          [.init(isGround, source: "SI 2007/1867 regs 8, 9")]),
        holds(
          "withdrawal-made", "The written withdrawal must be made first, by the route for it.",
          "SI 2007/1867 regs 8, 9",
          .withdrawal, is: .flag(true)),
      ], asks: [.ground], isDecision: true, ends: [.issue]),
    .init(
      .prosecute, "Proceedings are begun", from: [.unpaid], to: .prosecuted, byProgram: true,
      guards: [resolvedMoney, account("unpaid", "The time to pay must be over.")]),
    .init(.convict, "The parent is convicted", from: [.prosecuted], to: .convicted, byProgram: true),
    .init(
      .acquit, "The parent is acquitted, by a court or on appeal", from: [.prosecuted, .convicted], to: .acquitted,
      byProgram: true, ends: [.issue]),
    .init(
      .discontinue, "The proceedings are discontinued", from: [.prosecuted], to: .withdrawn, byProgram: true,
      ends: [.issue]),
  ]

  /// Unpaid and not to be prosecuted is a ground only when the time to pay is over and nothing was paid (reg 9).
  private static func isGround(_ facts: Facts<Fact>) -> Bool {
    switch facts.text(.ground).flatMap(NoticeWithdrawal.Ground.init) {
    case nil: false
    case .unpaidNotProsecuted?: facts.text(.account) == "unpaid" && facts.number(.held) ?? 0 == 0
    default: true
    }
  }
}

extension Dated {
  /// A test of a guard with, for each version of the rule that its facts are worked out by, where that says so and what.
  fileprivate func judging(
    _ test: @escaping Flow<PenaltyNoticeCase>.Guard.Test, _ words: (Value) -> String
  ) -> Dated<Flow<PenaltyNoticeCase>.Guard.Test> {
    Dated<Flow<PenaltyNoticeCase>.Guard.Test>(
      map { InForce(test, from: $0.from, to: $0.to, source: "\($0.source); \(words($0.value))") })
  }
}
