public import CaseFlow
import Rulebook

/// A prosecution of one parent for the absence of one child, or for not complying with an order: from the referral to
/// the end of the appeal.
///
/// What the charge is, what was paid and what else goes on comes from outside; the program takes sessions out of the
/// charge that may not be in it (``Charge``). Only persons go to court.
public enum Prosecution: CaseKind {
  public enum State: String, FlowName {
    case referred
    case finalWarning = "final-warning"
    case legalReview = "legal-review"
    case notProceeded = "not-proceeded"
    case laid
    case awaitingPlea = "awaiting-plea"
    case listed, sentencing, sentenced, appealed, acquitted, concluded, withdrawn
  }

  public enum Act: String, FlowName {
    case refer, warn
    case considerSupervision = "consider-supervision"
    case review, recharge, reduce
    case testCode = "test-code"
    case lay, refuse
    case serveNotice = "serve-notice"
    case serveSummons = "serve-summons"
    case pleadGuilty = "plead-guilty"
    case decideOnPapers = "decide-on-papers"
    case pleadNotGuilty = "plead-not-guilty"
    case adjourn, convict, acquit, sentence, conclude, appeal
    case dismissAppeal = "dismiss-appeal"
    case changeSentence = "change-sentence"
    case quash, discontinue
  }

  public enum Clock: String, FlowName {
    case referral, warning
    case legalReview = "legal-review"
    case limitationNear = "limitation-near"
    case limitation, service, plea, hearing, sentence, appeal
  }

  public enum Fact: String, FlowName {
    /// What leads to it: one of ``Prosecution/routes``.
    case route
    /// Whether support is on record, or why it was not right.
    case support
    /// Whether the parent's identity and address are verified.
    case parentVerified = "parent-verified"
    /// The last day of the final warning.
    case warningUntil = "warning-until"
    /// What the authority decided about an education supervision order (Education Act 1996 s447(1)).
    case supervision
    /// What is charged, an ``Offence``.
    case offence
    /// `single-justice` or `summons`.
    case procedure
    case evidenceSuffices = "evidence-suffices"
    case publicInterest = "public-interest"
    case defencesConsidered = "defences-considered"
    case equalityConsidered = "equality-considered"
    /// Whether the parent is an adult.
    case adult
    case servedOn = "served-on"
    /// The day of the next hearing.
    case hearingOn = "hearing-on"
    /// Of what the court convicts, an ``Offence``.
    case convictedOf = "convicted-of"
    /// What the court imposed, a ``Sentence``.
    case sentence
    case sentencedOn = "sentenced-on"
    /// `none`, or the band of the fine.
    case fineBand = "fine-band"
    /// In pence, as are surcharge and costs; 0 where there is none.
    case fine
    case surcharge, costs
    /// Whether the court made a parenting order.
    case parentingOrder = "parenting-order"
    /// Whether the court directed the authority to apply for an education supervision order (s447(2)).
    case supervisionDirected = "supervision-directed"
    case appealedOn = "appealed-on"

    /// The first day that is charged. From here on the facts come from outside.
    case chargedFrom = "charged-from"
    /// The last day that is charged, or the day of the breach.
    case chargedTo = "charged-to"
    /// How many sessions are charged; absent where an order was not complied with.
    case sessions
    /// How many of them may not be charged.
    case barred
    /// Whether the child was of compulsory school age and on the school's roll on every day that is charged.
    case liable
    /// Whether money is held that nobody has allocated or returned (PN-13).
    case moneyHeld = "money-held"
    /// The first day after the time to pay the notice; absent when there is none.
    case proceedingsFrom = "proceedings-from"
    /// The answer of ``Conflicts``.
    case conflict
    /// Whether the court pack is signed and not frozen since (``CourtPackCase``).
    case packSigned = "pack-signed"
    /// The marks that are charged, as the register has them: a digest.
    case register
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case legalOfficer = "legal-officer"
    case manager
  }

  public static let name = "prosecution"

  /// An unpaid notice, a third offence in three years, an offence for which no notice is right, or a breach of an order.
  static let routes: Set = ["unpaid-notice", "third-offence", "direct", "order"]
  static let noSupport = "not-appropriate"
  static let supports: Set = ["recorded", noSupport]
  static let instead = "instead"
  static let supervisions: Set = ["not-now", "as-well", instead]
  static let singleJustice = "single-justice"
  static let procedures: Set = [singleJustice, "summons"]
  static let fineBands: Set = ["none", "band-a", "band-b", "band-c", "band-d", "band-e", "band-f"]

  static let beforeCharge: Set<State> = [.referred, .finalWarning, .legalReview]

  public static let flow = Flow<Prosecution>(
    title: "Prosecution", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "EN-23")],
    states: [
      .init(.referred, "Referred", isOpen: true), .init(.finalWarning, "Final warning", isOpen: true),
      .init(.legalReview, "Legal review", isOpen: true),
      .init(.notProceeded, "Not proceeded with", isOpen: false), .init(.laid, "Laid", isOpen: true),
      .init(.awaitingPlea, "Waiting for a plea", isOpen: true), .init(.listed, "Listed for trial", isOpen: true),
      .init(.sentencing, "Waiting for sentence", isOpen: true),
      .init(.sentenced, "Sentenced, appeal possible", isOpen: true), .init(.appealed, "Appealed", isOpen: true),
      .init(.acquitted, "Acquitted", isOpen: false), .init(.concluded, "Concluded", isOpen: false),
      .init(.withdrawn, "Withdrawn", isOpen: false),
    ], clocks: clocks, acts: preparing + laying + hearing + ending)

  private static let clocks: [Flow<Prosecution>.ClockRule] = [
    .init(.referral, in: [.referred], "Warn or send to legal review", local(.workingDays(10))),
    .init(
      .warning, in: [.finalWarning], "See what the final warning changed",
      CourtClocks.finalWarning.mapValues { .days($0.upperBound) }, endsOn: .warningUntil),
    .init(.legalReview, in: [.legalReview], "Lay the information or refuse", local(.workingDays(10))),
    .init(
      .limitationNear, in: beforeCharge, "The limitation ends soon: lay or close",
      Limitation.warningMonths.mapValues(Span.months), startsFrom: .chargedTo),
    .init(
      .limitation, in: beforeCharge, "Last day to lay the information", Limitation.months.mapValues(Span.months),
      startsFrom: .chargedTo),
    .init(.service, in: [.laid], "Serve the papers", local(.workingDays(5))),
    .init(
      .plea, in: [.awaitingPlea], "Record the answer to the charge",
      CourtClocks.singleJusticeAnswer.mapValues(Span.workingDays), startsFrom: .servedOn, endsOn: .hearingOn),
    .init(
      .hearing, in: [.listed, .appealed], "Record the result of the hearing", local(.workingDays(40)),
      endsOn: .hearingOn),
    .init(.sentence, in: [.sentencing], "Record the sentence", local(.workingDays(20))),
    .init(
      .appeal, in: [.sentenced], "Last day of an appeal", CourtClocks.appeal.mapValues(Span.days),
      startsFrom: .sentencedOn, onFiring: .conclude),
  ]

  /// A time that the law does not set.
  private static func local(_ span: Span) -> Dated<Span> { [InForce(span, source: "EN-23")] }
}
