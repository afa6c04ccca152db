public import CaseFlow
import Rulebook

/// An education supervision order about one child: from the proposal, or a court's direction, to its end (Children Act
/// 1989 s36, Sch 3 Part III; Education Act 1996 s447). How long it lasts: ``EducationSupervisionOrder``.
public enum SupervisionOrderCase: CaseKind {
  public enum State: String, FlowName {
    case considered, consulted, applied, refused
    case notApplied = "not-applied"
    case inForce = "in-force"
    case extensionPending = "extension-pending"
    case ended
  }

  public enum Act: String, FlowName {
    case propose, direct
    case setReportDay = "set-report-day"
    case consult, apply, decline, list, make, refuse
    case giveDirection = "give-direction"
    case review
    case recordFailure = "record-failure"
    case notifySocialCare = "notify-social-care"
    case seekExtension = "seek-extension"
    case extend
    case refuseExtension = "refuse-extension"
    case end, expire
  }

  public enum Clock: String, FlowName {
    case consultation, application, hearing, report, review
    case extensionOpens = "extension-opens"
    case expiry, age
  }

  public enum Fact: String, FlowName {
    /// Whether what was tried instead is on record.
    case alternatives
    /// Whether the authority is the one that applies: where the child lives, or the school's where both agree (s36(7)).
    case designated
    /// The day of the court's direction, and the last for the report why no order is applied for (s447).
    case directedOn = "directed-on"
    case reportBy = "report-by"
    /// Whether the court set the last day of the report.
    case courtSetReport = "court-set-report"
    case inCare = "in-care"
    /// What social services answered (s36(8)).
    case reply
    /// Whether the report and the plan are in the application.
    case report, plan
    case hearingOn = "hearing-on"
    case madeOn = "made-on"
    case lastDay = "last-day"
    /// Whether the wishes of child and parents were ascertained and weighed (Sch 3 para 12).
    case wishes
    /// Who persistently fails to comply: `parent` or `child`.
    case failing
    case extensionAppliedOn = "extension-applied-on"
    case extensionUntil = "extension-until"
    case ending

    /// The first and the last day on which the child is of compulsory school age. From here on the facts come from
    /// outside.
    case ageFrom = "age-from"
    case ageTo = "age-to"
    /// The answer of ``Conflicts``.
    case conflict
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case legalOfficer = "legal-officer"
    case manager
  }

  public static let name = "supervision-order"

  static let replies: Set = ["supports", "opposes", "no-view"]
  static let endings: Set = ["discharged", "care-order", "moved"]
  private static let before: Set<State> = [.considered, .consulted, .applied]
  private static let order: Set<State> = [.inForce, .extensionPending]

  public static let flow = Flow<SupervisionOrderCase>(
    title: "Education supervision order", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "EN-23")],
    states: [
      .init(.considered, "Being considered", isOpen: true),
      .init(.consulted, "Social services consulted", isOpen: true),
      .init(.applied, "Applied for", isOpen: true), .init(.refused, "Refused by the court", isOpen: false),
      .init(.notApplied, "Not applied for", isOpen: false), .init(.inForce, "In force", isOpen: true),
      .init(.extensionPending, "In force, extension applied for", isOpen: true), .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.consultation, in: [.considered], "Consult social services", local(.workingDays(10))),
      .init(.application, in: [.consulted], "Apply, or decide not to", local(.workingDays(20))),
      .init(
        .report, in: [.considered, .consulted], "Apply, or report to the court why not", endsOn: .reportBy),
      .init(.hearing, in: [.applied], "Record what the court decided", local(.workingDays(40)), endsOn: .hearingOn),
      .init(.review, in: order, "Review the directions", local(.schoolDays(30))),
      .init(
        .extensionOpens, in: [.inForce], "Decide whether to apply for an extension",
        EducationSupervisionOrder.Rule.inForce.mapValues { .months(-$0.extensionMonths) }, startsFrom: .lastDay),
      .init(.expiry, in: order, "Last day of the order", endsOn: .lastDay, onFiring: .expire),
      .init(
        .age, in: before.union(order), "The child leaves compulsory school age", endsOn: .ageTo, onFiring: .expire),
    ], acts: deciding + applying + running + ending)

  private static func local(_ span: Span) -> Dated<Span> { [InForce(span, source: "EN-23")] }

  private static let deciding: [Flow<SupervisionOrderCase>.ActRule] = [
    .init(
      .propose, "Propose an education supervision order", opening: .considered,
      by: [.attendanceOfficer, .legalOfficer],
      guards: [ofAge, notInCare, alternatives], asks: [.alternatives, .inCare], owner: .actor),
    .init(
      .direct, "Record a court's direction to apply", opening: .considered, by: [.legalOfficer],
      guards: [directed, reportDay], asks: [.directedOn, .reportBy, .courtSetReport], owner: .actor),
    .init(
      .setReportDay, "Record the last day that the court set for the report", from: [.considered, .consulted],
      by: [.legalOfficer], guards: [directed, reportDay], asks: [.reportBy, .courtSetReport]),
    .init(
      .consult, "Record the answer of social services", from: [.considered], to: .consulted,
      by: [.attendanceOfficer, .legalOfficer],
      guards: [
        .oneOf(replies, .reply, "reply-known", "The answer must be one of", source: "Children Act 1989 s36(8), (9)")
      ], asks: [.reply]),
    .init(
      .apply, "Apply to the family court", from: [.consulted], to: .applied, by: [.legalOfficer],
      guards: [
        ofAge, notInCare, noHardConflict, noConflict,
        .yes(.designated, "designated", "The authority must be the one to apply.", source: "Children Act 1989 s36(7)"),
        .yes(.report, "report", "A report must be in the application.", source: "Children Act 1989 s36; CP-1"),
        .yes(
          .plan, "plan", "A plan with directions must be in the application.", source: "Children Act 1989 s36; CP-1"),
      ], asks: [.designated, .report, .plan, .inCare], isDecision: true, second: .toOverride(.manager)),
    .init(
      .decline, "Decide not to apply", from: [.considered, .consulted], to: .notApplied, by: [.legalOfficer, .manager],
      guards: [consultedIfDirected], isDecision: true),
  ]

  private static let applying: [Flow<SupervisionOrderCase>.ActRule] = [
    .init(
      .list, "Record the day of the hearing", from: [.applied], by: [.legalOfficer],
      guards: [.ahead(.hearingOn, "hearing-ahead", "The day of the hearing must not be over.", source: "EN-23")],
      asks: [.hearingOn]),
    .init(
      .make, "Record that the order was made", from: [.applied], to: .inForce, by: [.legalOfficer],
      guards: [ofAge, notInCare, madeInPast, yearLong], asks: [.madeOn, .lastDay, .inCare],
      owner: .team(.attendanceOfficer)),
    .init(
      .refuse, "Record that the court refused", from: [.applied], to: .refused, by: [.legalOfficer], ends: [.apply]),
  ]

  private static let running: [Flow<SupervisionOrderCase>.ActRule] = [
    .init(
      .giveDirection, "Give a direction", from: order, by: [.attendanceOfficer],
      guards: [
        .yes(
          .wishes, "wishes", "The wishes of the child and the parents must be ascertained.",
          source: "Children Act 1989 Sch 3 para 12(2)")
      ], asks: [.wishes], restarts: [.review]),
    .init(
      .review, "Record a review of the directions", from: order, by: [.attendanceOfficer, .manager],
      restarts: [.review]),
    .init(
      .recordFailure, "Record that somebody persistently fails to comply", from: order,
      by: [.attendanceOfficer],
      guards: [
        .oneOf(
          ["parent", "child"], .failing, "failing-known", "Whoever fails must be one of",
          source: "Children Act 1989 Sch 3 paras 18, 19")
      ], asks: [.failing], isDecision: true),
    .init(
      .notifySocialCare, "Record that social services were told of the child", from: order, by: [.attendanceOfficer],
      guards: [childFails], needs: [.recordFailure]),
  ]

  private static let ending: [Flow<SupervisionOrderCase>.ActRule] = [
    .init(
      .seekExtension, "Apply for an extension", from: [.inForce], to: .extensionPending, by: [.legalOfficer],
      guards: extensionGuards, asks: [.extensionAppliedOn, .extensionUntil]),
    .init(
      .extend, "Record that the order was extended", from: [.extensionPending], to: .inForce, by: [.legalOfficer],
      guards: [extended], asks: [.lastDay]),
    .init(
      .refuseExtension, "Record that the extension was refused", from: [.extensionPending], to: .inForce,
      by: [.legalOfficer]),
    .init(
      .end, "Record that the order ended early", from: order, to: .ended, by: [.legalOfficer],
      guards: [
        .oneOf(
          endings, .ending, "ending-known", "The reason must be one of", source: "Children Act 1989 Sch 3 paras 15, 17")
      ], asks: [.ending], ends: [.apply, .recordFailure]),
    .init(
      .expire, "End with its last day or compulsory school age", from: before.union(order), to: .ended, byProgram: true,
      guards: [over], ends: [.apply, .recordFailure]),
  ]
}
