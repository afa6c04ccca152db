public import CaseFlow
import Rulebook

/// A parenting order on a conviction for absence: from the request to its end (Sentencing Act 2020 s369). How long it and
/// its programme may last: ``ParentingOrder``.
public enum ParentingOrderCase: CaseKind {
  public enum State: String, FlowName { case requested, made, active, breached, completed, discharged, refused }

  public enum Act: String, FlowName {
    case request, list, make
    case makeWithoutProgramme = "make-without-programme"
    case refuse, begin, review, vary, breach, resume, complete, discharge
  }

  public enum Clock: String, FlowName { case hearing, start, programme, term, review, limitation }

  public enum Fact: String, FlowName {
    /// Whether an order is desirable to prevent a further offence.
    case desirable
    case programmeAvailable = "programme-available"
    /// What is known of the family: `obtained`, or `not-needed` for a child of sixteen or over.
    case family
    case hearingOn = "hearing-on"
    case madeOn = "made-on"
    /// Its last day.
    case until
    case programmeFrom = "programme-from"
    case programmeTo = "programme-to"
    /// Whether the programme is residential, and whether that is more effective and proportionate.
    case residential
    case residentialJustified = "residential-justified"
    /// Who is responsible for it, an opaque id.
    case responsibleOfficer = "responsible-officer"
    case breachOn = "breach-on"

    /// Whether the parent was convicted under s443 or s444. From here on the facts come from outside.
    case convicted
    case underSixteen = "under-sixteen"
    /// Whether the parent has had an order before.
    case earlierOrder = "earlier-order"
    /// The answer of ``Conflicts``.
    case conflict
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case legalOfficer = "legal-officer"
    case manager
  }

  public static let name = "parenting-order"

  private static let order: Set<State> = [.made, .active, .breached]

  public static let flow = Flow<ParentingOrderCase>(
    title: "Parenting order", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "EN-23")],
    states: [
      .init(.requested, "Requested", isOpen: true), .init(.made, "Made", isOpen: true),
      .init(.active, "Active", isOpen: true), .init(.breached, "Not complied with", isOpen: true),
      .init(.completed, "Completed", isOpen: false), .init(.discharged, "Discharged", isOpen: false),
      .init(.refused, "Not made", isOpen: false),
    ],
    clocks: [
      .init(.hearing, in: [.requested], "Record what the court decided", local(.workingDays(40)), endsOn: .hearingOn),
      .init(.start, in: [.made], "Name the responsible officer", local(.workingDays(5))),
      .init(.programme, in: [.active], "Last day of the programme", endsOn: .programmeTo),
      .init(.term, in: order, "Last day of the order", endsOn: .until, onFiring: .complete),
      .init(.review, in: [.active], "Review the order", local(.schoolDays(30))),
      .init(
        .limitation, in: [.breached], "Last day to begin proceedings for the breach",
        Limitation.months.mapValues(Span.months), startsFrom: .breachOn),
    ], acts: making + running)

  private static func local(_ span: Span) -> Dated<Span> { [InForce(span, source: "EN-23")] }

  private static let making: [Flow<ParentingOrderCase>.ActRule] = [
    .init(
      .request, "Ask for a parenting order", opening: .requested, by: [.legalOfficer],
      guards: [
        .yes(.desirable, "desirable", "It must be desirable to prevent a further offence.", source: statute), family,
        .noHardConflict(.conflict, "Nothing may exclude an order."),
      ], asks: [.desirable, .programmeAvailable, .family], owner: .actor),
    .init(
      .list, "Record the day of the hearing", from: [.requested], by: [.legalOfficer],
      guards: [.ahead(.hearingOn, "hearing-ahead", "The day of the hearing must not be over.", source: "EN-23")],
      asks: [.hearingOn]),
    .init(
      .make, "Record that the order was made", from: [.requested], to: .made, by: [.legalOfficer],
      guards: [convicted, made, residentialJustified] + lengths(withProgramme: true),
      asks: [.madeOn, .until, .programmeFrom, .programmeTo, .residential, .residentialJustified],
      owner: .team(.attendanceOfficer)),
    .init(
      .makeWithoutProgramme, "Record that the order was made without a programme", from: [.requested], to: .made,
      by: [.legalOfficer], guards: [convicted, made] + lengths(withProgramme: false), asks: [.madeOn, .until],
      owner: .team(.attendanceOfficer)),
    .init(.refuse, "Record that no order was made", from: [.requested], to: .refused, by: [.legalOfficer]),
  ]

  private static let running: [Flow<ParentingOrderCase>.ActRule] = [
    .init(
      .begin, "Name the responsible officer", from: [.made], to: .active, by: [.attendanceOfficer, .manager],
      guards: [officerNamed], asks: [.responsibleOfficer]),
    .init(
      .review, "Record a review of the order", from: [.active], by: [.attendanceOfficer, .manager],
      restarts: [.review]),
    .init(
      .vary, "Record that the court varied the order", from: [.made, .active], by: [.legalOfficer],
      guards: [varied], asks: [.until]),
    .init(
      .breach, "Record that the parent does not comply", from: [.active], to: .breached,
      by: [.attendanceOfficer, .legalOfficer], guards: [breachInside], asks: [.breachOn], isDecision: true),
    .init(
      .resume, "Record that the parent complies again", from: [.breached], to: .active,
      by: [.attendanceOfficer, .legalOfficer], ends: [.breach]),
    .init(
      .complete, "End with the last day of the order", from: order, to: .completed, byProgram: true,
      guards: [over]),
    .init(
      .discharge, "Record that the court discharged the order", from: order, to: .discharged, by: [.legalOfficer],
      ends: [.breach]),
  ]
}
