public import CaseFlow
import Rulebook

/// The approval of a body of persons, whose children need no licences while its conditions are kept (Children and Young
/// Persons Act 1963 s37(3)(b); `licensing.md` 6).
public enum BodyApproval: CaseKind {
  /// Where it is.
  public enum State: String, FlowName {
    case applied, checking, approved, breached, refused, withdrawn, ended
  }

  /// What can be done.
  public enum Act: String, FlowName {
    case apply, check, approve, refuse, breach, restore, withdraw, end
  }

  /// What is due by when.
  public enum Clock: String, FlowName {
    case reading, decision, inspection, breach, term
  }

  /// What its decisions rest on.
  public enum Fact: String, FlowName {
    /// Whether no child is paid beyond expenses.
    case unpaid
    /// Whether the body has a safeguarding policy that the authority has read.
    case safeguarding
    /// Whether it has chaperones for the children that it names.
    case chaperones
    /// The first and the last day of the approval.
    case from, until
    /// Why it is refused or withdrawn, and what condition is broken.
    case ground
  }

  /// Who acts; the raw values are roles of callers.
  public enum Role: String, FlowName {
    case licensingOfficer = "licensing-officer"
    case manager
  }

  public static let name = "body-approval"

  /// How long an approval may last, in months.
  static let longestTerm: Dated<Int> = [InForce(12, source: "practice of authorities; LIC-23")]
  static let grounds: Set = ["payment", "safeguarding", "chaperones", "records", "hours", "own-request"]

  private static let officers: Set = [Role.licensingOfficer, .manager]
  private static let source = "Children and Young Persons Act 1963 s37(3)(b)"
  private static let ground = Flow<BodyApproval>.Guard.oneOf(
    grounds, .ground, "ground-known", "The ground must be one of", source: source)
  private static let conditions: [Flow<BodyApproval>.Guard] = [
    .yes(.unpaid, "unpaid", "No child may be paid beyond expenses.", source: source),
    .yes(.safeguarding, "safeguarding", "The safeguarding policy must be there and be enough.", source: "LIC-23"),
    .yes(.chaperones, "chaperones", "There must be chaperones for the children.", source: "SI 2014/3309 reg 15"),
  ]
  private static let term = Flow<BodyApproval>.Guard(
    "term", "The approval must end within a year of its beginning.", reads: [.from, .until],
    longestTerm.mapValues { months in
      { facts in
        guard let from = facts.day(.from), let until = facts.day(.until) else { return false }
        return from <= until && until < from.adding(months: months)
      }
    })

  /// How it goes.
  public static let flow = Flow<BodyApproval>(
    title: "Approval of a body of persons", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "LIC-22")],
    states: [
      .init(.applied, "Applied", isOpen: true), .init(.checking, "Being checked", isOpen: true),
      .init(.approved, "Approved", isOpen: true), .init(.breached, "A condition is broken", isOpen: true),
      .init(.refused, "Refused", isOpen: false), .init(.withdrawn, "Withdrawn", isOpen: false),
      .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.reading, in: [.applied], "Begin the checks", [InForce(.workingDays(5), source: "LIC-22")]),
      .init(.decision, in: [.checking], "Decide about the approval", [InForce(.workingDays(20), source: "LIC-22")]),
      .init(.inspection, in: [.approved], "Look at the body's records", [InForce(.days(91), source: "LIC-22")]),
      .init(
        .breach, in: [.breached], "Decide about the broken condition", [InForce(.workingDays(10), source: "LIC-22")]),
      .init(.term, in: [.approved, .breached], "The approval ends", endsOn: .until, onFiring: .end),
    ], acts: acts)

  private static let acts: [Flow<BodyApproval>.ActRule] = [
    .init(.apply, "Enter the application", opening: .applied, by: officers, owner: .team(.licensingOfficer)),
    .init(.check, "Begin the checks", from: [.applied], to: .checking, by: officers, owner: .actor),
    .init(
      .approve, "Approve the body", from: [.checking], to: .approved, by: officers, guards: conditions + [term],
      asks: [.unpaid, .safeguarding, .chaperones, .from, .until], isDecision: true, second: .always(.manager)),
    .init(
      .refuse, "Refuse the approval", from: [.applied, .checking], to: .refused, by: officers, guards: [ground],
      asks: [.ground], isDecision: true),
    .init(
      .breach, "Note that a condition is broken", from: [.approved], to: .breached, by: officers, guards: [ground],
      asks: [.ground], isDecision: true),
    .init(
      .restore, "Find that the conditions are kept again", from: [.breached], to: .approved, by: officers,
      ends: [.breach]),
    .init(
      .withdraw, "Withdraw the approval", from: [.approved, .breached], to: .withdrawn, by: officers, guards: [ground],
      asks: [.ground], isDecision: true, ends: [.approve, .breach], second: .always(.manager)),
    .init(
      .end, "Let the approval end", from: [.approved, .breached], to: .ended, byProgram: true,
      ends: [.approve, .breach]),
  ]
}
