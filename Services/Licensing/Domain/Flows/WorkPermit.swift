public import CaseFlow
import Rulebook

/// The permit of one child for one job: from the employer's notice to its end (`licensing.md` 2.5).
public enum WorkPermit: CaseKind {
  /// Where it is.
  public enum State: String, FlowName {
    case applied, incomplete, checking, granted, suspended, refused, withdrawn, revoked, expired
  }

  /// What can be done.
  public enum Act: String, FlowName {
    case apply, ask, complete, grant, refuse, amend, inspect, suspend, resume, revoke, end, withdraw, expire
  }

  /// What is due by when.
  public enum Clock: String, FlowName {
    case reading, missing, decision, inspection, suspension, term
  }

  /// What its decisions rest on.
  public enum Fact: String, FlowName {
    /// Whether the application has all that it must contain (`licensing.md` 10).
    case complete
    /// Whether the work as applied for breaks no rule.
    case lawful
    /// Whether attendance or enforcement puts the child's education in question.
    case education
    /// The last day: of compulsory school age, or of the job where that ends before (LIC-7).
    case until
    /// Why it is refused, suspended or revoked.
    case ground
  }

  /// Who acts; the raw values are roles of callers.
  public enum Role: String, FlowName {
    case licensingOfficer = "licensing-officer"
    case manager
  }

  public static let name = "work-permit"

  /// The ground that a letter shows by the rules that are broken.
  public static let unlawful = "unlawful"
  /// Why a permit is refused or revoked (Children and Young Persons Act 1933 s18; model byelaws).
  static let grounds: Set = [unlawful, "health", "welfare", "education", "not-fit"]

  private static let ground = Flow<WorkPermit>.Guard.oneOf(
    grounds, .ground, "ground-known", "The ground must be one of", source: "model byelaws 1998")
  private static let lawful = Flow<WorkPermit>.Guard.yes(
    .lawful, "lawful", "The work must break no rule: the check names those that it breaks.",
    source: "Children and Young Persons Act 1933 s18")
  private static let education = Flow<WorkPermit>.Guard.yes(
    .education, "education-safe", "Nothing in attendance or enforcement may put the child's education in question.",
    source: "model byelaws 1998; LIC-20", isOverridable: true)
  private static let officers: Set = [Role.licensingOfficer, .manager]

  /// How it goes.
  public static let flow = Flow<WorkPermit>(
    title: "Work permit", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(10), source: "LIC-22")],
    states: [
      .init(.applied, "Notified by the employer", isOpen: true),
      .init(.incomplete, "Something is missing", isOpen: true),
      .init(.checking, "Complete, being checked", isOpen: true), .init(.granted, "In force", isOpen: true),
      .init(.suspended, "Suspended", isOpen: true), .init(.refused, "Refused", isOpen: false),
      .init(.withdrawn, "Withdrawn by the employer", isOpen: false), .init(.revoked, "Revoked", isOpen: false),
      .init(.expired, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.reading, in: [.applied], "See what is missing", [InForce(.workingDays(5), source: "LIC-22")]),
      .init(.missing, in: [.incomplete], "Ask again, or close", [InForce(.days(28), source: "LIC-22")]),
      .init(.decision, in: [.checking], "Decide about the permit", [InForce(.workingDays(10), source: "LIC-22")]),
      .init(
        .inspection, in: [.granted], "Visit the place of work", [InForce(.days(91), source: "LIC-22")]),
      .init(
        .suspension, in: [.suspended], "Decide about the suspended permit", [InForce(.days(28), source: "LIC-22")]),
      .init(.term, in: [.granted, .suspended], "The permit ends", endsOn: .until, onFiring: .expire),
    ], acts: beginning + deciding + ending)

  private static let beginning: [Flow<WorkPermit>.ActRule] = [
    .init(
      .apply, "Enter the employer's notice", opening: .applied, by: officers, owner: .team(.licensingOfficer)),
    .init(.ask, "Ask for what is missing", from: [.applied], to: .incomplete, by: officers),
    .init(
      .complete, "Find the application complete", from: [.applied, .incomplete], to: .checking, by: officers,
      guards: [
        .yes(
          .complete, "complete", "Everything that an application must contain must be there.",
          source: "model byelaws 1998")
      ]),
    .init(
      .withdraw, "Note that the employer withdraws", from: [.applied, .incomplete, .checking], to: .withdrawn,
      by: officers),
  ]

  private static let deciding: [Flow<WorkPermit>.ActRule] = [
    .init(
      .grant, "Grant the permit", from: [.checking], to: .granted, by: officers, guards: [lawful, education],
      isDecision: true, second: .toOverride(.manager), whenQuestioned: "Review the permit"),
    .init(
      .refuse, "Refuse the permit", from: [.checking], to: .refused, by: officers, guards: [ground], asks: [.ground],
      isDecision: true),
    .init(
      .amend, "Amend the permit", from: [.granted], by: officers, guards: [lawful, education], isDecision: true,
      ends: [.grant], second: .toOverride(.manager), whenQuestioned: "Review the amended permit"),
  ]

  private static let ending: [Flow<WorkPermit>.ActRule] = [
    .init(
      .inspect, "Record a visit to the place of work", from: [.granted], by: officers, restarts: [.inspection]),
    .init(
      .suspend, "Suspend the permit", from: [.granted], to: .suspended, by: officers, guards: [ground],
      asks: [.ground], isDecision: true),
    .init(
      .resume, "Let the permit count again", from: [.suspended], to: .granted, by: [.manager], guards: [lawful],
      ends: [.suspend]),
    .init(
      .revoke, "Revoke the permit", from: [.granted, .suspended], to: .revoked, by: officers, guards: [ground],
      asks: [.ground], isDecision: true, ends: [.grant, .amend, .suspend], second: .always(.manager)),
    .init(
      .end, "Note that the job has ended", from: [.granted, .suspended], to: .expired, by: officers,
      ends: [.grant, .amend, .suspend]),
    .init(
      .expire, "Let the permit end", from: [.granted, .suspended], to: .expired, byProgram: true,
      ends: [.grant, .amend, .suspend]),
  ]
}
