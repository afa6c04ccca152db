public import CaseFlow
import Rulebook

/// The attendance case: from a referral, by whatever route, to its closing (`casework.md` 7).
///
/// The flow is the same for every authority; its stages are the authority's own (``Pathway``). Facts that a person does not
/// state come from the program's tables: see each.
public enum AttendanceCase: CaseKind {
  /// Where a case is, from the referral to its closing.
  public enum State: String, FlowName {
    case received, triaged, allocated, assessing
    case fastTrack = "fast-track"
    case inSupport = "in-support"
    case enforcement, paused
    case transferPending = "transfer-pending"
    case cmeLinked = "cme-linked"
    case rejected, redirected, lapsed, closed
  }

  /// What is done in a case.
  public enum Act: String, FlowName {
    case propose, refer, accept, reject, redirect, lapse, allocate, contact, visit
    case startFastTrack = "start-fast-track"
    case plan, review
    case moveStage = "move-stage"
    case recordProtectionPlan = "record-protection-plan"
    case escalate
    case stepDown = "step-down"
    case pause
    case keepPaused = "keep-paused"
    case resume, leave
    case goMissing = "go-missing"
    case stay, close, join
    /// Another program published something about the child, and an officer has seen it.
    case hear, look
  }

  /// What is due in a case.
  public enum Clock: String, FlowName {
    case triage, allocation
    case firstContact = "first-contact"
    case homeVisit = "home-visit"
    case plan, review
    case fastTrack = "fast-track"
    case pause, transfer, news
  }

  /// What acts state and guards read.
  public enum Fact: String, FlowName {
    /// Whether a finding that gave rise to the referral stands in the register. From outside.
    case finding
    /// The answer to the safeguarding question.
    case safeguarding
    /// Where a redirected referral goes.
    case destination
    /// The day on which the case was given to an officer. From outside.
    case allocatedOn = "allocated-on"
    /// How the first contact was made.
    case contact
    /// What came of the home visit, or why there was none.
    case visit
    /// Whether the equality check of the fast track is done.
    case equality
    /// Whether the authority's pathway has a fast track. From outside.
    case hasFastTrack = "has-fast-track"
    /// Whether an assessment is complete, the case's own or another agency's. From outside.
    case assessment
    /// Whether the attendance at referral is frozen. From outside.
    case baseline
    /// Whether the plan has an attendance outcome, or the child does not need one. From outside.
    case attendanceOutcome = "attendance-outcome"
    /// What a review decided.
    case review
    /// The level that the case is moved to, of the pathway's stages.
    case level
    /// The levels at which the stages of the authority's pathway begin, with spaces between. From outside.
    case levels
    /// Whether the child has a child protection plan.
    case protectionPlan = "protection-plan"
    /// The note of the legal basis for enforcement.
    case legalBasis = "legal-basis"
    /// Whether support is on record: a step that was done, a contract that was offered. From outside.
    case support
    /// Whether the child has a social worker. From outside.
    case socialWorker = "social-worker"
    /// Whether the social worker was consulted.
    case consulted
    /// Why the case pauses.
    case pause
    /// Why the case is closed.
    case closing
    /// What the figures of the closing window allow to say. From outside.
    case figures
    /// How many reviews there were. From outside.
    case reviews
    /// Until when what another program published is looked at.
    case newsDue = "news-due"
  }

  /// Who acts.
  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case manager
  }

  public static let name = "attendance-case"

  /// What the figures of a closing window allow to say: the values of ``Fact/figures``.
  public enum Figures: String, Sendable, CaseIterable {
    /// The target, or the closing figure, is met.
    case sustained
    /// Better than at referral.
    case better
    case notBetter = "not-better"
    case notMeasurable = "not-measurable"
  }

  public static let flow = Flow<AttendanceCase>(
    title: "Attendance case", allocation: .init(by: [.manager], act: .allocate), reviewWithin: CaseClocks.signOff,
    states: [
      .init(.received, "Referral received", isOpen: true), .init(.triaged, "Accepted", isOpen: true),
      .init(.allocated, "With an officer", isOpen: true), .init(.assessing, "Being assessed", isOpen: true),
      .init(.fastTrack, "On the fast track", isOpen: true), .init(.inSupport, "In support", isOpen: true),
      .init(.enforcement, "With enforcement", isOpen: true), .init(.paused, "Paused", isOpen: true),
      .init(.transferPending, "The child has left the roll", isOpen: true),
      .init(.cmeLinked, "The child may be missing education", isOpen: true),
      .init(.rejected, "Rejected", isOpen: false), .init(.redirected, "Redirected", isOpen: false),
      .init(.lapsed, "Fell away before triage", isOpen: false), .init(.closed, "Closed", isOpen: false),
    ],
    clocks: [
      .init(.triage, in: [.received], "Triage the referral", CaseClocks.triage),
      .init(.allocation, in: [.triaged], "Give the case to an officer", CaseClocks.allocation),
      .init(.firstContact, in: [.allocated], "Make the first contact", CaseClocks.firstContact),
      .init(.homeVisit, in: [.allocated, .assessing], "Visit the family at home", CaseClocks.homeVisit),
      .init(
        .plan, in: [.assessing], "Agree a plan with the family", CaseClocks.plan, startsFrom: .allocatedOn),
      .init(.review, in: [.inSupport, .enforcement], "Review the plan with the family", CaseClocks.review),
      .init(.fastTrack, in: [.fastTrack], "Decide at the end of the fast track", CaseClocks.fastTrack),
      .init(.pause, in: [.paused], "Look again at the pause", CaseClocks.pause),
      .init(
        .transfer, in: [.transferPending, .cmeLinked], "Inform the receiving school or authority", CaseClocks.transfer),
      .init(.news, in: accepted, "Look at what was published about the child", endsOn: .newsDue),
    ], acts: referral + beginning + support + leaving + news + ending)
}
