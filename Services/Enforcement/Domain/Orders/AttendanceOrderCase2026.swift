public import CaseFlow
import Rulebook

/// The steps to a school attendance order, and the order, under Education Act 1996 ss436I onward: enacted by the
/// Children's Wellbeing and Schools Act 2026 s39 and not in force. No case is opened before a day of commencement.
public enum AttendanceOrderCase2026: CaseKind {
  public enum State: String, FlowName {
    case preliminaryNotice = "preliminary-notice"
    case nominationNotice = "nomination-notice"
    case orderReady = "order-ready"
    case orderInForce = "order-in-force"
    case complied, breach
    case noOrder = "no-order"
    case ended
  }

  public enum Act: String, FlowName {
    case notify, satisfy, nominate, choose
    case nameByDefault = "name-by-default"
    case serveOrder = "serve-order"
    case comply, check, breach
    case followBreach = "follow-breach"
    case end
    case leaveAge = "leave-age"
  }

  public enum Clock: String, FlowName { case answer, choice, order, registration, attendance, limitation, age }

  public enum Fact: String, FlowName {
    /// Why an order is begun, one of ``AttendanceOrderCase2026/grounds``.
    case ground
    case noticeServedOn = "notice-served-on"
    /// Whether the ground has gone: what was sent shows a suitable education, or the failure was made good.
    case answered
    /// Whether it is in the child's interest to attend school.
    case expedient
    case nominationServedOn = "nomination-served-on"
    case choiceOn = "choice-on"
    /// The school that is named, by URN.
    case school
    case orderServedOn = "order-served-on"
    case registerBy = "register-by"
    case breachOn = "breach-on"
    case next, ending

    /// The first day on which the authority goes by this version; absent while there is none. From here on the facts
    /// come from outside.
    case commencement
    case ageFrom = "age-from"
    case ageTo = "age-to"
    case registered
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case cmeOfficer = "cme-officer"
    case legalOfficer = "legal-officer"
    case manager
  }

  public static let name = "attendance-order-2026"

  /// No suitable education, no information for the register of children not in school, a first home visit refused.
  static let grounds: Set = ["unsuitable-education", "no-register-information", "home-visit-refused"]
  private static let order: Set<State> = [.orderInForce, .complied, .breach]
  private static let open = order.union([.preliminaryNotice, .nominationNotice, .orderReady])

  public static let flow = Flow<AttendanceOrderCase2026>(
    title: "School attendance order, Act of 2026 (not in force)", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "EN-23")],
    states: [
      .init(.preliminaryNotice, "Preliminary notice served", isOpen: true),
      .init(.nominationNotice, "School nomination notice served", isOpen: true),
      .init(.orderReady, "Order ready", isOpen: true), .init(.orderInForce, "Order in force", isOpen: true),
      .init(.complied, "Complied with", isOpen: true), .init(.breach, "Not complied with", isOpen: true),
      .init(.noOrder, "Closed without an order", isOpen: false), .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(
        .answer, in: [.preliminaryNotice], "Last day for the parent to answer",
        AttendanceOrderProcess.periods.mapValues { .days($0.toAnswer - 1) }, startsFrom: .noticeServedOn),
      .init(
        .choice, in: [.nominationNotice], "Last day for the parent to answer the nomination",
        AttendanceOrderProcess.periods.mapValues { .days($0.toChoose - 1) }, startsFrom: .nominationServedOn),
      .init(.order, in: [.orderReady], "Serve the order", local(.workingDays(20))),
      .init(
        .registration, in: [.orderInForce], "See whether the child is registered", local(.schoolDays(10)),
        endsOn: .registerBy),
      .init(.attendance, in: [.complied], "See whether the child still attends", local(.schoolDays(30))),
      .init(
        .limitation, in: [.breach], "Last day to begin proceedings for the breach",
        Limitation.months.mapValues(Span.months), startsFrom: .breachOn),
      .init(.age, in: open, "The child leaves compulsory school age", endsOn: .ageTo, onFiring: .leaveAge),
    ], acts: asking + ordering)

  private static func local(_ span: Span) -> Dated<Span> { [InForce(span, source: "EN-23")] }

  private static let asking: [Flow<AttendanceOrderCase2026>.ActRule] = [
    .init(
      .notify, "Record that the preliminary notice was served", opening: .preliminaryNotice,
      by: [.attendanceOfficer, .cmeOfficer, .legalOfficer],
      guards: [
        commenced, ofAge,
        .oneOf(grounds, .ground, "ground-known", "The ground must be one of", source: "Education Act 1996 s436I"),
        .past(
          .noticeServedOn, "notice-served", "The day of service must not be in the future.",
          source: "Education Act 1996 s436I"),
      ], asks: [.ground, .noticeServedOn], owner: .actor),
    .init(
      .satisfy, "Close: the ground has gone", from: [.preliminaryNotice, .nominationNotice], to: .noOrder,
      by: [.attendanceOfficer, .cmeOfficer, .legalOfficer],
      guards: [.yes(.answered, "answered", "The ground must have gone.", source: "Education Act 1996 s436I")],
      asks: [.answered], isDecision: true),
    .init(
      .nominate, "Record that the nomination notice was served", from: [.preliminaryNotice], to: .nominationNotice,
      by: [.legalOfficer], guards: [expedient, nominationDue], asks: [.expedient, .nominationServedOn], isDecision: true
    ),
    .init(
      .choose, "Record the school that the parent chose", from: [.nominationNotice], to: .orderReady,
      by: [.legalOfficer], guards: [choiceInTime], asks: [.school, .choiceOn]),
    .init(
      .nameByDefault, "Name a school by default", from: [.nominationNotice], to: .orderReady, by: [.legalOfficer],
      guards: [choiceOver], asks: [.school]),
  ]

  private static let ordering: [Flow<AttendanceOrderCase2026>.ActRule] = [
    .init(
      .serveOrder, "Record that the order was served", from: [.orderReady], to: .orderInForce, by: [.legalOfficer],
      guards: [ofAge, orderInTime], asks: [.orderServedOn, .registerBy], isDecision: true, second: .always(.manager)),
    .init(
      .comply, "Record that the child is registered and attends", from: [.orderInForce, .breach], to: .complied,
      by: [.attendanceOfficer, .cmeOfficer, .legalOfficer], guards: [registered]),
    .init(
      .check, "Record that the child still attends", from: [.complied], by: [.attendanceOfficer, .cmeOfficer],
      guards: [registered], restarts: [.attendance]),
    .init(
      .breach, "Record that the order is not complied with", from: [.orderInForce, .complied], to: .breach,
      by: [.attendanceOfficer, .legalOfficer], guards: [notRegistered, breachAfter], asks: [.breachOn],
      isDecision: true),
    .init(
      .followBreach, "Decide what follows the breach", from: [.breach], by: [.legalOfficer],
      guards: [
        .oneOf(
          AttendanceOrderCase.nexts, .next, "next-known", "What follows must be one of",
          source: "Education Act 1996 s447")
      ], asks: [.next], isDecision: true, needs: [.breach]),
    .init(
      .end, "End the order or the steps to it", from: open, to: .ended, by: [.legalOfficer, .manager],
      guards: [
        .oneOf(
          AttendanceOrderCase.endings, .ending, "ending-known", "The reason must be one of", source: "EN-27")
      ], asks: [.ending], isDecision: true, ends: [.nominate, .serveOrder, .breach, .followBreach]),
    .init(
      .leaveAge, "End with compulsory school age", from: open, to: .ended, byProgram: true, guards: [ageOver],
      ends: [.nominate, .serveOrder, .breach, .followBreach]),
  ]
}
