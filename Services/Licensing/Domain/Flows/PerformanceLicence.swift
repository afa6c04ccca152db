public import CaseFlow
import Rulebook

/// The licence of one child for one production: from the application to its end (Children and Young Persons Act 1963 ss37
/// to 40; `licensing.md` 3).
public enum PerformanceLicence: CaseKind {
  /// Where it is.
  public enum State: String, FlowName {
    case applied, incomplete, checking, exempt, granted, refused, revoked, appealed, withdrawn, ended
  }

  /// What can be done.
  public enum Act: String, FlowName {
    case apply, ask, complete, exempt, grant, refuse, vary, revoke
    case appeal
    case allow, dismiss, withdraw, end
  }

  /// What is due by when.
  public enum Clock: String, FlowName {
    case reading, missing, decision, inspection, appeal, term
  }

  /// What its decisions rest on.
  public enum Fact: String, FlowName {
    /// Whether the application has all that it must contain (`licensing.md` 10).
    case complete
    /// Whether the days, the care and the lessons as planned break no rule.
    case lawful
    /// Why a licence is needed or not, by ``LicenceNeed``.
    case basis
    /// Whether it came too late, so that it may be refused for that.
    case late
    /// Whether the register agrees with the licence's days.
    case register
    /// The last day of performances.
    case until
    /// Whether the child is fit, properly cared for and kindly treated, and the education will not suffer.
    case fit, care, education
    /// Why it is refused, varied or revoked.
    case ground
  }

  /// Who acts; the raw values are roles of callers.
  public enum Role: String, FlowName {
    case licensingOfficer = "licensing-officer"
    case manager
  }

  public static let name = "performance-licence"

  /// Why a licence may be refused; an authority that is satisfied of all must not refuse (s37(4)).
  static let refusals: Set = ["not-fit", "care", "education", "hours", "late"]
  /// Why a licence may be varied or revoked (s39(2)).
  static let revocations: Set = ["condition-broken", "not-fit", "care", "education", "holder-asks"]
  /// The bases on which none is needed.
  static let exemptions = Set(LicenceNeed.Basis.allCases.map(\.rawValue)).subtracting(
    [LicenceNeed.Basis.licence, .paidActivity].map(\.rawValue))

  private static let officers: Set = [Role.licensingOfficer, .manager]
  private static let revocation = Flow<PerformanceLicence>.Guard.oneOf(
    revocations, .ground, "ground-of-revocation", "The ground must be one of",
    source: "Children and Young Persons Act 1963 s39(2)")
  private static let lawful = Flow<PerformanceLicence>.Guard.yes(
    .lawful, "lawful", "The plan must break no rule: the check names those that it breaks.",
    source: "SI 2014/3309 Parts 4 and 5")
  private static let satisfied: [Flow<PerformanceLicence>.Guard] = [
    (.fit, "fit", "The authority must be satisfied that the child is fit."),
    (.care, "care", "The authority must be satisfied that the child is properly cared for and kindly treated."),
    (.education, "education", "The authority must be satisfied that the child's education will not suffer."),
  ].map { fact, id, demand in
    .yes(fact, id, demand, source: "Children and Young Persons Act 1963 s37(4)")
  }

  /// How it goes.
  public static let flow = Flow<PerformanceLicence>(
    title: "Performance licence", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "LIC-22")],
    states: [
      .init(.applied, "Applied for", isOpen: true), .init(.incomplete, "Something is missing", isOpen: true),
      .init(.checking, "Complete, being checked", isOpen: true),
      .init(.exempt, "No licence is needed", isOpen: false), .init(.granted, "In force", isOpen: true),
      .init(.refused, "Refused", isOpen: false), .init(.revoked, "Revoked", isOpen: false),
      .init(.appealed, "Before the magistrates' court", isOpen: true),
      .init(.withdrawn, "Withdrawn by the applicant", isOpen: false), .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.reading, in: [.applied], "See what is missing", [InForce(.workingDays(2), source: "LIC-22")]),
      .init(.missing, in: [.incomplete], "Ask again, or close", [InForce(.workingDays(5), source: "LIC-22")]),
      .init(.decision, in: [.checking], "Decide about the licence", [InForce(.workingDays(5), source: "LIC-22")]),
      .init(.inspection, in: [.granted], "Visit the place", [InForce(.days(91), source: "LIC-22")]),
      .init(.appeal, in: [.appealed], "Hear from the court", [InForce(.workingDays(20), source: "LIC-22")]),
      .init(.term, in: [.granted], "The licence ends", endsOn: .until, onFiring: .end),
    ], acts: beginning + deciding + ending)

  private static let beginning: [Flow<PerformanceLicence>.ActRule] = [
    .init(.apply, "Enter the application", opening: .applied, by: officers, owner: .team(.licensingOfficer)),
    .init(.ask, "List what is missing", from: [.applied], to: .incomplete, by: officers),
    .init(
      .complete, "Find the application complete", from: [.applied, .incomplete], to: .checking, by: officers,
      guards: [
        .yes(
          .complete, "complete", "Everything that an application must contain must be there.",
          source: "SI 2014/3309 reg 4 and Sch 2")
      ]),
    .init(
      .exempt, "Find that no licence is needed", from: [.applied, .incomplete, .checking], to: .exempt, by: officers,
      guards: [
        .oneOf(
          exemptions, .basis, "exempt", "No licence is needed only on one of these grounds",
          source: "Children and Young Persons Act 1963 s37; LIC-8")
      ], isDecision: true),
    .init(
      .withdraw, "Note that the applicant withdraws", from: [.applied, .incomplete, .checking], to: .withdrawn,
      by: officers),
  ]

  private static let deciding: [Flow<PerformanceLicence>.ActRule] = [
    .init(
      .grant, "Grant the licence", from: [.checking], to: .granted, by: officers, guards: [lawful] + satisfied,
      asks: [.fit, .care, .education], isDecision: true, restsOn: [.register],
      whenQuestioned: "Look at the licence and the register again"),
    .init(
      .refuse, "Refuse the licence", from: [.checking], to: .refused, by: officers,
      guards: [
        .oneOf(
          refusals, .ground, "ground-of-refusal", "The ground must be one of",
          source: "Children and Young Persons Act 1963 s37(4)"),
        .init(
          "late", "An application may be refused as late only when it came after the last day.",
          reads: [.ground, .late],
          [.init({ $0.text(.ground) != "late" || $0.flag(.late) == true }, source: "SI 2014/3309 reg 4")]),
      ], asks: [.ground], isDecision: true),
  ]

  private static let ending: [Flow<PerformanceLicence>.ActRule] = [
    .init(
      .vary, "Vary the licence after notice", from: [.granted], by: officers, guards: [lawful, revocation],
      asks: [.ground], isDecision: true, second: .always(.manager)),
    .init(
      .revoke, "Revoke the licence after notice", from: [.granted], to: .revoked, by: officers, guards: [revocation],
      asks: [.ground], isDecision: true, ends: [.grant, .vary], second: .always(.manager)),
    .init(
      .appeal, "Note an appeal to the magistrates' court", from: [.refused, .revoked], to: .appealed, by: officers,
      owner: .team(.manager)),
    .init(
      .allow, "Note that the court allows the appeal", from: [.appealed], to: .granted, by: officers, isDecision: true,
      ends: [.refuse, .revoke]),
    .init(.dismiss, "Note that the court dismisses the appeal", from: [.appealed], to: .refused, by: officers),
    .init(
      .end, "Let the licence end", from: [.granted], to: .ended, byProgram: true, ends: [.grant, .vary, .allow]),
  ]
}
