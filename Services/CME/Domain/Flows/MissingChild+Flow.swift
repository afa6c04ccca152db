public import CaseFlow
import Rulebook

extension MissingChild {
  public static let flow = Flow<MissingChild>(
    title: "Child missing education", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "CME-6")],
    states: [
      .init(.suspected, "Suspected", isOpen: true), .init(.enquiring, "Enquiries are made", isOpen: true),
      .init(.transferPending, "Another authority was told", isOpen: true),
      .init(.whereaboutsUnknown, "Whereabouts unknown", isOpen: true),
      .init(.locatedNoPlace, "Found, without a place", isOpen: true),
      .init(.orderConsidered, "An attendance order is considered", isOpen: true),
      .init(.monitoring, "Has started", isOpen: true), .init(.closed, "Closed", isOpen: false),
    ],
    clocks: [
      .init(.triage, in: [.suspected], "Triage the report", SearchClocks.triage),
      .init(.firstContact, in: [.suspected, .enquiring], "Make the first contact", SearchClocks.firstContact),
      .init(.visit, in: [.suspected, .enquiring], "Visit the last known address", SearchClocks.visit),
      .init(.referral, in: open, "Refer the child to social care or the police", SafeguardingScreen.referral),
      .init(.doubtReview, in: open, "Review the unknown safeguarding answers", SafeguardingScreen.review),
      .init(
        .unlocatedReview, in: searching.subtracting([.whereaboutsUnknown]), "Review a search without news",
        SearchClocks.unlocatedReview),
      .init(.search, in: searching, "Close the search or go on", SearchClocks.search),
      .init(.laterReview, in: [.whereaboutsUnknown], "Repeat the searches", SearchClocks.laterReview),
      .init(.transfer, in: [.transferPending], "Speak to the other authority's managers", AlertClocks.escalation),
      .init(.placeOffer, in: [.locatedNoPlace], "Offer a place", SearchClocks.placeOffer),
      .init(.fairAccess, in: [.locatedNoPlace, .orderConsidered], "Go to fair access", SearchClocks.fairAccess),
      .init(.attendance, in: [.monitoring], "Look at the attendance", SearchClocks.monitoring, startsFrom: .startedOn),
    ], acts: beginning + safeguarding + searchingActs + placing + ending)

  private typealias Guard = Flow<MissingChild>.Guard
  private typealias ActRule = Flow<MissingChild>.ActRule

  private static func among(
    _ fact: Fact, _ values: Set<String>, _ id: String, _ demand: String, _ source: String
  ) -> Guard { .oneOf(values, fact, id, demand, source: source) }

  private static func holds(_ fact: Fact, _ id: String, _ demand: String, _ source: String) -> Guard {
    .yes(fact, id, demand, source: source)
  }

  private static let answered = among(
    .safeguarding, verdicts, "safeguarding-answered", "The safeguarding questions must be answered", "CME-11")

  /// The act that answers the safeguarding questions in one of the three ways.
  private static func screening(_ verdict: String) -> Guard {
    among(.safeguarding, [verdict], "verdict", "What the answers come to must be", "CME-11")
  }

  private static let beginning: [ActRule] = [
    .init(
      .open, "Open a search", from: [], to: .suspected, by: [.cmeOfficer, .manager], byProgram: true,
      guards: [
        among(
          .trigger, Set(Trigger.allCases.map(\.rawValue)), "trigger-known", "The trigger must be one of", "CME-1")
      ], asks: [.trigger], owner: .team(.cmeOfficer), stops: [.referral, .doubtReview]),
    .init(
      .begin, "Begin the enquiries", from: [.suspected], to: .enquiring, by: [.cmeOfficer], guards: [answered],
      owner: .actor),
    .init(
      .contact, "Record the first contact", from: [.suspected, .enquiring], by: [.cmeOfficer], stops: [.firstContact]),
    .init(.visit, "Record the visit", from: [.suspected, .enquiring], by: [.cmeOfficer], stops: [.visit]),
    .init(
      .classify, "Record why the child is missing education, and since when", from: open, by: [.cmeOfficer],
      guards: [
        among(
          .reason, Set(MissingReason.allCases.map(\.rawValue)), "reason-known", "The reason must be one of", "CME-4"),
        .init(
          "day-known", "The day must be a date, or unknown.", reads: [.becameOn],
          [.init({ $0.day(.becameOn) != nil || $0.text(.becameOn) == "unknown" }, source: "CME-4")]),
      ], asks: [.reason, .becameOn]),
  ]

  /// Beside the search, in every open state: child protection comes first.
  private static let safeguarding: [ActRule] = [
    .init(
      .screen, "Answer the safeguarding questions: no risk", from: open, by: [.cmeOfficer, .manager],
      guards: [screening("no")], asks: [.safeguarding], stops: [.referral, .doubtReview]),
    .init(
      .escalate, "Answer the safeguarding questions: a risk", from: open, by: [.cmeOfficer, .manager],
      guards: [screening("yes")], asks: [.safeguarding], restarts: [.referral]),
    .init(
      .doubt, "Answer the safeguarding questions: too much unknown", from: open, by: [.cmeOfficer, .manager],
      guards: [screening("unknown")], asks: [.safeguarding], restarts: [.doubtReview], stops: [.referral]),
    .init(
      .refer, "Refer the child", from: open, by: [.cmeOfficer, .manager],
      guards: [among(.referredTo, referrals, "referral-known", "The child is referred to", "CME-11")],
      asks: [.referredTo], stops: [.referral]),
    .init(.reviewDoubt, "Review what is unknown", from: open, by: [.manager], stops: [.doubtReview]),
  ]

  private static let searchingActs: [ActRule] = [
    .init(
      .certify, "Certify the joint enquiries", from: [.enquiring, .whereaboutsUnknown], by: [.cmeOfficer],
      guards: [
        answered,
        among(
          .certificate, Set(Certificate.allCases.map(\.rawValue)), "enquiries-complete",
          "The joint enquiries must be complete, and certify one of", "CME-10"),
      ], isDecision: true),
    .init(
      .alert, "Alert another authority", from: [.enquiring, .whereaboutsUnknown, .locatedNoPlace], to: .transferPending,
      by: [.cmeOfficer],
      guards: [
        answered,
        .init(
          "authority-known", "The other authority must be named by its code.", reads: [.authority],
          [.init({ $0.text(.authority).map { (try? AuthorityCode($0)) != nil } ?? false }, source: "CME-7")]),
      ], asks: [.authority]),
    .init(
      .confirm, "Record the other authority's receipt", from: [.transferPending], by: [.cmeOfficer],
      guards: [
        .init(
          "confirmation-whole", "The receipt must say who confirmed it, when and under which reference.",
          reads: [.confirmation],
          [.init({ $0.text(.confirmation).map { !$0.allSatisfy(\.isWhitespace) } ?? false }, source: "CME-7")])
      ], asks: [.confirmation]),
    .init(
      .recall, "Go on searching here", from: [.transferPending], to: .enquiring, by: [.cmeOfficer], byProgram: true),
    .init(
      .lose, "Find that the whereabouts are unknown", from: [.enquiring], to: .whereaboutsUnknown, by: [.manager],
      guards: [
        answered, holds(.pastReview, "searched-long-enough", "The school days of the search must be over.", "CME-6"),
      ], isDecision: true),
    .init(.review, "Review the search", from: [.whereaboutsUnknown], by: [.manager], restarts: [.laterReview]),
    .init(
      .hear, "Follow news", from: [.whereaboutsUnknown], to: .enquiring, by: [.cmeOfficer, .manager], byProgram: true,
      ends: [.lose]),
    .init(
      .locate, "Find the child without a place", from: [.enquiring, .whereaboutsUnknown, .transferPending],
      to: .locatedNoPlace, by: [.cmeOfficer],
      guards: [among(.evidence, Outcome.locatedNoPlace.names, "contact-shown", "The evidence must be", "CME-8")],
      asks: [.evidence], ends: [.lose]),
  ]

  private static let placing: [ActRule] = [
    .init(.offer, "Offer a place", from: [.locatedNoPlace], by: [.cmeOfficer], stops: [.placeOffer]),
    .init(
      .considerOrder, "Consider an attendance order", from: [.locatedNoPlace], to: .orderConsidered, by: [.cmeOfficer]),
    .init(
      .start, "Record that the child has started", from: [.locatedNoPlace, .orderConsidered], to: .monitoring,
      by: [.cmeOfficer],
      guards: [
        .init(
          "start-known", "The first day must be a date.", reads: [.startedOn],
          [.init({ $0.day(.startedOn) != nil }, source: "CME-6")])
      ], asks: [.startedOn]),
    .init(
      .stopAttending, "Record that the child does not attend", from: [.monitoring], to: .enquiring, by: [.cmeOfficer]),
  ]
}
