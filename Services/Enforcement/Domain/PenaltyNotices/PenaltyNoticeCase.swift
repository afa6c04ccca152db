public import CaseFlow
import Rulebook

/// What an authority does about one parent's penalty notice for absence, from the officer's first look to a court's answer
/// (Education Act 1996 ss444A, 444B; SI 2007/1867 as amended by SI 2024/210). One parent, one child, one proposal.
///
/// The program proposes and keeps the days; it issues, withdraws and closes nothing that a person has to decide. What a
/// payment or a court does to the notice is done by the program, because a person has recorded the payment or the result.
public enum PenaltyNoticeCase: CaseKind {
  public enum State: String, FlowName {
    case consideration = "under-consideration"
    /// A notice to improve runs.
    case improving = "notice-to-improve"
    case improved
    case notIssued = "not-issued"
    case issued
    case paidReduced = "paid-reduced"
    case paidFull = "paid-full"
    case unpaid
    /// Unpaid in time, with money held that a person has to allocate or return (PN-13).
    case queried = "unpaid-queried"
    case prosecuted = "prosecution-open"
    case convicted, acquitted, withdrawn
  }

  public enum Act: String, FlowName {
    case consider
    case answer
    case allow = "allow-exception"
    case improve = "send-notice-to-improve"
    case closeImproved = "close-improved"
    case failToImprove = "not-improved"
    case decline
    case issue
    case payReduced = "pay-reduced"
    case payFull = "pay-full"
    case expire
    case query
    case settle
    case reopen
    case withdraw
    case prosecute
    case convict
    case acquit
    case discontinue
  }

  public enum Clock: String, FlowName {
    case consideration
    case improvement = "notice-to-improve"
    case payment
    case decision = "prosecute-or-withdraw"
    case money = "money-held"
    case proceedings
    case limitationWarning = "limitation-warning"
    case limitation
  }

  public enum Fact: String, FlowName {
    // What the register and the ledger say.
    /// The listed sessions as the register counts them now, in words of date, half day and code.
    case sessions
    /// How many of the listed sessions the register does not count any more.
    case lost
    /// Whether the sessions that no live notice to the parent has meet the national threshold.
    case threshold
    /// The unresolved N among them that are younger than the guidance gives for finding the reason (PN-4).
    case fresh = "unresolved-within-time"
    case limit = "limit-reached"
    case used = "sessions-used"
    /// 1 or 2; 0 where there may be no notice.
    case level
    case inScope = "school-in-scope"
    /// Whether the person stands as a parent of the child in the registers.
    case parent = "parent-on-record"
    /// The identifier that stands for the person now.
    case person
    case prosecution = "prosecution-of-sessions"
    /// The matters and circumstances that stand in the way and that two persons may let pass, by name in order; empty
    /// where there are none (``Conflicts``).
    case conflict
    /// Those that exclude a notice.
    case excluded = "excluded-by"
    // The days.
    case improvementEnds = "notice-to-improve-ends"
    case lastDayToPay = "last-day-to-pay"
    case warnOn = "limitation-warning-day"
    case lastDayToLay = "last-day-to-lay"
    // The money.
    case account
    /// Pence that are held and discharge nothing.
    case held = "money-held"
    /// How much about money a person has to settle before proceedings may begin, whoever it is from (PAY-4).
    case unresolved = "money-unresolved"
    case document = "notice-made"
    case withdrawal = "withdrawal-made"
    // What a person states (3.2 of the guidance on considerations).
    case support
    case effect = "likely-to-change"
    case bestTool = "best-tool"
    case equality = "equality-and-health"
    case otherProceedings = "other-proceedings"
    case leave
    case allowed = "parent-allowed-absence"
    case code = "code-of-conduct-met"
    case enquiries = "enquiries-to-other-authorities"
    case belowThreshold = "below-threshold-reason"
    /// What two persons let pass: names, with commas between them.
    case exception
    case identity = "identity-verified"
    case address = "address-verified"
    case figures = "improvement-figures"
    case ground
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case legalOfficer = "legal-officer"
    case manager
  }

  public static let name = "penalty-notice"

  static let officers: Set<Role> = [.attendanceOfficer, .legalOfficer]
  /// The states of an issued notice of which nothing has become yet.
  static let live: Set<State> = [.issued, .unpaid, .queried]

  public static let flow = Flow<PenaltyNoticeCase>(
    title: "Penalty notice", allocation: .init(by: [.manager, .legalOfficer]),
    reviewWithin: [InForce(.workingDays(2), source: "EN-9")],
    states: [
      .init(.consideration, "Under consideration", isOpen: true),
      .init(.improving, "Notice to improve running", isOpen: true),
      .init(.improved, "Closed: improved", isOpen: false), .init(.notIssued, "Closed: not issued", isOpen: false),
      .init(.issued, "Issued", isOpen: true), .init(.paidReduced, "Paid, reduced sum", isOpen: false),
      .init(.paidFull, "Paid, full sum", isOpen: false), .init(.unpaid, "Unpaid after its time", isOpen: true),
      .init(.queried, "Unpaid, money held", isOpen: true), .init(.prosecuted, "Prosecution open", isOpen: true),
      .init(.convicted, "Convicted", isOpen: false), .init(.acquitted, "Acquitted", isOpen: false),
      .init(.withdrawn, "Withdrawn", isOpen: false),
    ], clocks: clocks, acts: considering + issuing + paying + proceeding)

  private static let clocks: [Flow<PenaltyNoticeCase>.ClockRule] = [
    .init(
      .consideration, in: [.consideration], "Decide about a penalty notice",
      [InForce(.workingDays(10), source: "local target; EN-11")]),
    .init(
      .improvement, in: [.improving], "Look at the figures of the notice to improve",
      [InForce(.schoolDays(30), source: "PN-9")], endsOn: .improvementEnds),
    .init(
      .payment, in: [.issued], "The time to pay ends", [InForce(.days(30), source: "PN-11, PN-12")],
      endsOn: .lastDayToPay, onFiring: .expire),
    .init(
      .decision, in: [.unpaid], "Prosecute, apply for a supervision order, or withdraw",
      [InForce(.workingDays(10), source: "EN-9")]),
    .init(.money, in: [.queried], "Allocate or return the money held", [InForce(.workingDays(5), source: "PN-13")]),
    .init(.proceedings, in: [.prosecuted], "See how the proceedings stand", [InForce(.days(28), source: "EN-11")]),
    .init(
      .limitationWarning, in: live.union([.consideration, .improving]),
      "Two months are left to begin proceedings for the first absence", endsOn: .warnOn),
    .init(
      .limitation, in: live.union([.consideration, .improving]), "The time to begin proceedings ends",
      endsOn: .lastDayToLay),
  ]
}
