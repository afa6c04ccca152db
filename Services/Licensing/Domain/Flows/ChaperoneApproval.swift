public import CaseFlow
import Rulebook

/// The approval of one chaperone: from the application to its end, with renewals (2014 Regulations reg 15; `licensing.md` 5).
public enum ChaperoneApproval: CaseKind {
  /// Where it is.
  public enum State: String, FlowName {
    case applied, vetting, interview, approved, suspended, refused, withdrawn, revoked, expired
  }

  /// What can be done.
  public enum Act: String, FlowName {
    case apply, vet, invite, approve, refuse, renew, suspend, reinstate, revoke, withdraw, expire
  }

  /// What is due by when.
  public enum Clock: String, FlowName {
    case reading, vetting, interview
    case firstReminder = "first-reminder"
    case lastReminder = "last-reminder"
    case suspension, term
  }

  /// What its decisions rest on.
  public enum Fact: String, FlowName {
    /// Two references, of which one is professional.
    case references
    case identity
    /// Whether the enhanced certificate with the barred list of the child workforce is clear and was seen.
    case certificate
    case training
    /// The first and the last day of the approval.
    case from, until
    /// Why it is refused, suspended or revoked.
    case ground
  }

  /// Who acts; the raw values are roles of callers.
  public enum Role: String, FlowName {
    case licensingOfficer = "licensing-officer"
    case manager
  }

  public static let name = "chaperone-approval"

  static let grounds: Set = ["not-suitable", "certificate", "allegation", "condition-broken", "own-request"]

  private static let officers: Set = [Role.licensingOfficer, .manager]
  private static let ground = Flow<ChaperoneApproval>.Guard.oneOf(
    grounds, .ground, "ground-known", "The ground must be one of", source: "SI 2014/3309 reg 15(2)")
  private static let certificate = yes(
    .certificate, "certificate", "An enhanced certificate with the children's barred list must be clear and seen.")
  private static let term = Flow<ChaperoneApproval>.Guard(
    "term", "The approval must end one to five years after it begins.", reads: [.from, .until],
    ChaperoneTerms.england.mapValues { terms in
      { facts in
        guard let from = facts.day(.from), let until = facts.day(.until) else { return false }
        let years = terms.allowedYears
        return from.adding(months: 12 * years.lowerBound) <= until.adding(days: 1)
          && until < from.adding(months: 12 * years.upperBound)
      }
    })

  private static func yes(_ fact: Fact, _ id: String, _ demand: String) -> Flow<ChaperoneApproval>.Guard {
    .yes(fact, id, demand, source: "SI 2014/3309 reg 15(2); LIC-13")
  }

  /// How it goes.
  public static let flow = Flow<ChaperoneApproval>(
    title: "Approval of a chaperone", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "LIC-22")],
    states: [
      .init(.applied, "Applied", isOpen: true), .init(.vetting, "Being vetted", isOpen: true),
      .init(.interview, "Invited to an interview", isOpen: true), .init(.approved, "Approved", isOpen: true),
      .init(.suspended, "Suspended", isOpen: true), .init(.refused, "Refused", isOpen: false),
      .init(.withdrawn, "Withdrawn by the applicant", isOpen: false), .init(.revoked, "Revoked", isOpen: false),
      .init(.expired, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.reading, in: [.applied], "Begin the checks", [InForce(.workingDays(10), source: "LIC-22")]),
      .init(.vetting, in: [.vetting], "Finish the checks", [InForce(.days(84), source: "LIC-22")]),
      .init(
        .interview, in: [.interview], "Interview, and decide about the approval",
        [InForce(.workingDays(20), source: "LIC-22")]),
      .init(
        .firstReminder, in: [.approved], "Invite to renew the approval", [InForce(.days(-90), source: "LIC-13")],
        startsFrom: .until),
      .init(
        .lastReminder, in: [.approved], "Remind of the end of the approval", [InForce(.days(-30), source: "LIC-13")],
        startsFrom: .until),
      .init(
        .suspension, in: [.suspended], "Decide about the suspended approval",
        [InForce(.workingDays(10), source: "LIC-22")]),
      .init(.term, in: [.approved, .suspended], "The approval ends", endsOn: .until, onFiring: .expire),
    ], acts: beginning + approving + ending)

  private static let beginning: [Flow<ChaperoneApproval>.ActRule] = [
    .init(.apply, "Enter the application", opening: .applied, by: officers, owner: .team(.licensingOfficer)),
    .init(.vet, "Begin the checks", from: [.applied], to: .vetting, by: officers, owner: .actor),
    .init(
      .invite, "Invite to an interview", from: [.vetting], to: .interview, by: officers,
      guards: [
        yes(.references, "references", "Two references, one of them professional, must be there."),
        yes(.identity, "identity", "The person must have shown who they are, and be 18 or older."), certificate,
      ], asks: [.references, .identity, .certificate]),
    .init(
      .withdraw, "Note that the applicant withdraws", from: [.applied, .vetting, .interview], to: .withdrawn,
      by: officers),
  ]

  private static let approving: [Flow<ChaperoneApproval>.ActRule] = [
    .init(
      .approve, "Approve the chaperone", from: [.interview], to: .approved, by: officers,
      guards: [certificate, yes(.training, "training", "The person must have had the training."), term],
      asks: [.training, .from, .until], isDecision: true),
    .init(
      .refuse, "Refuse the approval", from: [.applied, .vetting, .interview], to: .refused, by: officers,
      guards: [ground], asks: [.ground], isDecision: true),
    .init(
      .renew, "Renew the approval", from: [.approved], by: officers, guards: [certificate, term],
      asks: [.certificate, .from, .until], isDecision: true, ends: [.approve],
      restarts: [.firstReminder, .lastReminder]),
  ]

  private static let ending: [Flow<ChaperoneApproval>.ActRule] = [
    .init(
      .suspend, "Suspend the approval at once", from: [.approved], to: .suspended, by: officers, guards: [ground],
      asks: [.ground], isDecision: true),
    .init(
      .reinstate, "Let the approval count again", from: [.suspended], to: .approved, by: officers, ends: [.suspend],
      second: .always(.manager)),
    .init(
      .revoke, "Revoke the approval", from: [.approved, .suspended], to: .revoked, by: officers, guards: [ground],
      asks: [.ground], isDecision: true, ends: [.approve, .renew, .suspend], second: .always(.manager)),
    .init(
      .expire, "Let the approval end", from: [.approved, .suspended], to: .expired, byProgram: true,
      ends: [.approve, .renew, .suspend]),
  ]
}
