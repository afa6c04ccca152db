public import CaseFlow
import Rulebook

/// The steps to a school attendance order about one child, and the order (Education Act 1996 ss437 to 443).
///
/// The days between the steps are those of ``SchoolAttendanceOrder``. Which version of the law a case goes by is decided
/// when it is opened (``AttendanceOrderProcess``).
public enum AttendanceOrderCase: CaseKind {
  public enum State: String, FlowName {
    case informalEnquiry = "informal-enquiry"
    case noticeToSatisfy = "notice-to-satisfy"
    case closedSatisfied = "closed-satisfied"
    case schoolChoice = "school-choice"
    case orderReady = "order-ready"
    case orderInForce = "order-in-force"
    case complied, breach, ended
  }

  public enum Act: String, FlowName {
    case enquire, notify, satisfy, nominate, choose
    case nameFromPlan = "name-from-plan"
    case nameByDefault = "name-by-default"
    case serveOrder = "serve-order"
    case remind, comply, check, breach
    case followBreach = "follow-breach"
    case amend
    case refuseRevocation = "refuse-revocation"
    case end
    case leaveAge = "leave-age"
  }

  public enum Clock: String, FlowName {
    case enquiry, satisfy, choice, order, registration, attendance, limitation, age
  }

  public enum Fact: String, FlowName {
    /// Whether the child lives in the area.
    case resident
    /// Whether the parent's address is verified.
    case addressVerified = "address-verified"
    /// Whether the child has an education, health and care plan that names a school (s441).
    case planNamesSchool = "plan-names-school"
    case noticeServedOn = "notice-served-on"
    /// Whether what the parent sent was looked at and shows a suitable education: in answer to a notice, or with an
    /// application to revoke the order (s442).
    case suitable
    /// Whether it is expedient that the child attends school (s437(3)).
    case expedient
    case nominationServedOn = "nomination-served-on"
    /// The day on which the school, and another authority where it is outside the area, were consulted (s439).
    case consultedOn = "consulted-on"
    /// The day on which the parent chose, or a place was offered.
    case choiceOn = "choice-on"
    /// The school that is named, by URN.
    case school
    /// Whether it is a school that an order may name: in scope, and with a place or the authority's own to admit (s439).
    case schoolCanBeNamed = "school-can-be-named"
    case orderServedOn = "order-served-on"
    /// The day by which the parent is to register the child.
    case registerBy = "register-by"
    case remindedOn = "reminded-on"
    case breachOn = "breach-on"
    /// What follows a breach.
    case next
    case schoolAgrees = "school-agrees"
    case ending

    /// The first and the last day on which the child is of compulsory school age. From here on the facts come from
    /// outside.
    case ageFrom = "age-from"
    case ageTo = "age-to"
    /// Whether the child is on the roll of the school that is named.
    case registered
    /// The answer of ``Conflicts``.
    case conflict
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case cmeOfficer = "cme-officer"
    case legalOfficer = "legal-officer"
    case manager
  }

  public static let name = "attendance-order"

  static let nexts: Set = ["prosecution", "supervision-order", "both", "neither"]
  static let endings: Set = ["revoked", "court", "moved", "suitable-education", "error"]
  private static let order: Set<State> = [.orderInForce, .complied, .breach]
  private static let open = order.union([.informalEnquiry, .noticeToSatisfy, .schoolChoice, .orderReady])

  public static let flow = Flow<AttendanceOrderCase>(
    title: "School attendance order", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "EN-23")],
    states: [
      .init(.informalEnquiry, "Informal enquiry", isOpen: true),
      .init(.noticeToSatisfy, "Notice to satisfy served", isOpen: true),
      .init(.closedSatisfied, "Closed, the authority is satisfied", isOpen: false),
      .init(.schoolChoice, "Schools nominated", isOpen: true), .init(.orderReady, "Order ready", isOpen: true),
      .init(.orderInForce, "Order in force", isOpen: true), .init(.complied, "Complied with", isOpen: true),
      .init(.breach, "Not complied with", isOpen: true), .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.enquiry, in: [.informalEnquiry], "Decide about a formal notice", local(.workingDays(20))),
      .init(
        .satisfy, in: [.noticeToSatisfy], "Last day for the parent to satisfy the authority",
        SchoolAttendanceOrder.Rule.inForce.mapValues { .days($0.toSatisfy - 1) }, startsFrom: .noticeServedOn),
      .init(
        .choice, in: [.schoolChoice], "Last day for the parent to choose a school",
        SchoolAttendanceOrder.Rule.inForce.mapValues { .days($0.toChoose - 1) }, startsFrom: .nominationServedOn),
      .init(.order, in: [.orderReady], "Serve the order", local(.workingDays(20))),
      .init(
        .registration, in: [.orderInForce], "See whether the child is registered", local(.schoolDays(10)),
        endsOn: .registerBy),
      .init(.attendance, in: [.complied], "See whether the child still attends", local(.schoolDays(30))),
      .init(
        .limitation, in: [.breach], "Last day to begin proceedings for the breach",
        Limitation.months.mapValues(Span.months), startsFrom: .breachOn),
      .init(.age, in: open, "The child leaves compulsory school age", endsOn: .ageTo, onFiring: .leaveAge),
    ], acts: asking + ordering + following)

  private static func local(_ span: Span) -> Dated<Span> { [InForce(span, source: "EN-23")] }

  private static let asking: [Flow<AttendanceOrderCase>.ActRule] = [
    .init(
      .enquire, "Enquire informally", opening: .informalEnquiry, by: [.attendanceOfficer, .cmeOfficer],
      guards: [ofAge, resident], asks: [.resident], owner: .actor),
    .init(
      .notify, "Record that the notice to satisfy was served", from: [.informalEnquiry], to: .noticeToSatisfy,
      by: [.attendanceOfficer, .cmeOfficer, .legalOfficer],
      guards: [
        ofAge, resident,
        .yes(.addressVerified, "address-verified", "The parent's address must be verified.", source: "EN-26"),
        .past(
          .noticeServedOn, "notice-served", "The day of service must not be in the future.",
          source: "Education Act 1996 s437(1)"),
      ], asks: [.addressVerified, .planNamesSchool, .noticeServedOn], isDecision: true),
    .init(
      .satisfy, "Close: the authority is satisfied", from: [.informalEnquiry, .noticeToSatisfy, .schoolChoice],
      to: .closedSatisfied, by: [.attendanceOfficer, .cmeOfficer, .legalOfficer],
      guards: [
        .yes(
          .suitable, "suitable", "What was sent must show a suitable education.", source: "Education Act 1996 s437(3)")
      ], asks: [.suitable], isDecision: true, ends: [.notify, .nominate]),
    .init(
      .nominate, "Record that the notice naming schools was served", from: [.noticeToSatisfy], to: .schoolChoice,
      by: [.legalOfficer], guards: [noPlan, expedient, nominationDue, nominationServed, consulted],
      asks: [.expedient, .nominationServedOn, .consultedOn], isDecision: true),
    .init(
      .nameFromPlan, "Name the school of the child's plan", from: [.noticeToSatisfy], to: .orderReady,
      by: [.legalOfficer], guards: [planNames, expedient, satisfyOver], asks: [.expedient, .school], isDecision: true),
    .init(
      .choose, "Record the school that the parent chose", from: [.schoolChoice], to: .orderReady, by: [.legalOfficer],
      guards: [choiceInTime], asks: [.school, .choiceOn]),
    .init(
      .nameByDefault, "Name a school by default", from: [.schoolChoice], to: .orderReady, by: [.legalOfficer],
      guards: [choiceOver], asks: [.school]),
  ]

  private static let ordering: [Flow<AttendanceOrderCase>.ActRule] = [
    .init(
      .serveOrder, "Record that the order was served", from: [.orderReady], to: .orderInForce, by: [.legalOfficer],
      guards: [
        ofAge, orderInTime, noHardConflict, noConflict,
        .yes(
          .schoolCanBeNamed, "school-can-be-named", "The school must be one that an order may name.",
          source: "Education Act 1996 s439(1)"),
        registerAfter,
      ], asks: [.orderServedOn, .registerBy, .schoolCanBeNamed], isDecision: true, second: .always(.manager)),
    .init(
      .remind, "Remind the parent", from: order, by: [.attendanceOfficer, .legalOfficer],
      guards: [.past(.remindedOn, "reminded", "The day must not be in the future.", source: "EN-23")],
      asks: [.remindedOn]),
    .init(
      .comply, "Record that the child is registered and attends", from: [.orderInForce, .breach], to: .complied,
      by: [.attendanceOfficer, .cmeOfficer, .legalOfficer], guards: [registered], isDecision: true,
      whenQuestioned: "See whether the order is still complied with: the child left the roll (reg 9(1)(d), (e))"),
    .init(
      .check, "Record that the child still attends", from: [.complied], by: [.attendanceOfficer, .cmeOfficer],
      guards: [registered], restarts: [.attendance]),
    .init(
      .breach, "Record that the order is not complied with", from: [.orderInForce, .complied], to: .breach,
      by: [.attendanceOfficer, .legalOfficer], guards: [notRegistered, reminded, breachAfter], asks: [.breachOn],
      isDecision: true, ends: [.comply]),
  ]

  private static let following: [Flow<AttendanceOrderCase>.ActRule] = [
    .init(
      .followBreach, "Decide what follows the breach", from: [.breach], by: [.legalOfficer],
      guards: [
        .oneOf(nexts, .next, "next-known", "What follows must be one of", source: "Education Act 1996 ss443, 447")
      ], asks: [.next], isDecision: true, needs: [.breach]),
    .init(
      .amend, "Name another school", from: order, to: .orderInForce, by: [.legalOfficer],
      guards: [
        .yes(.schoolAgrees, "school-agrees", "The other school must agree.", source: "Education Act 1996 s440(2)"),
        .ahead(.registerBy, "register-ahead", "The day to register by must be ahead.", source: "EN-23"),
      ], asks: [.school, .schoolAgrees, .registerBy], ends: [.comply, .breach, .followBreach], restarts: [.registration]
    ),
    .init(
      .refuseRevocation, "Refuse to revoke the order on the parent's application", from: order, by: [.legalOfficer],
      guards: [
        .no(
          .suitable, "not-suitable", "The authority must not be satisfied with what was arranged instead.",
          source: "Education Act 1996 s442(2)")
      ], asks: [.suitable], isDecision: true),
    .init(
      .end, "End the order or the steps to it", from: open, to: .ended, by: [.legalOfficer, .manager],
      guards: [
        .oneOf(
          endings, .ending, "ending-known", "The reason must be one of", source: "Education Act 1996 ss442, 443(3)")
      ], asks: [.ending], isDecision: true, ends: orders),
    .init(
      .leaveAge, "End with compulsory school age", from: open, to: .ended, byProgram: true,
      guards: [ageOver], ends: orders),
  ]

  /// The decisions that end with the case.
  private static let orders: Set<Act> = [
    .notify, .nominate, .nameFromPlan, .serveOrder, .comply, .breach, .followBreach, .refuseRevocation,
  ]
}
