public import CaseFlow
import Rulebook

/// Another authority asks blindly for a child, and a child of this authority answers to it. Nobody there knows so before
/// an officer here has looked: a lead is not proof, and an address may be protected.
public enum MatchLead: CaseKind {
  public enum State: String, FlowName {
    case found, confirmed, denied
  }

  public enum Act: String, FlowName {
    case find, confirm, deny
  }

  public enum Clock: String, FlowName { case answer }

  public enum Fact: String, FlowName {
    /// The code of the authority that asks.
    case authority
  }

  public enum Role: String, FlowName {
    case cmeOfficer = "cme-officer"
    case manager
  }

  public static let name = "match-lead"

  public static let flow = Flow<MatchLead>(
    title: "Another authority may look for this child", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "CME-6")],
    states: [
      .init(.found, "Found by the program", isOpen: true), .init(.confirmed, "Confirmed", isOpen: false),
      .init(.denied, "Denied", isOpen: false),
    ],
    clocks: [
      .init(.answer, in: [.found], "Say whether this may be the child", AlertClocks.acknowledge)
    ],
    acts: [
      .init(
        .find, "Find a child that answers to the question", opening: .found, byProgram: true, asks: [.authority],
        owner: .team(.cmeOfficer)),
      .init(
        .confirm, "Say that this may be the child", from: [.found], to: .confirmed, by: [.cmeOfficer, .manager],
        owner: .actor),
      .init(
        .deny, "Say that the child is not known here", from: [.found], to: .denied, by: [.cmeOfficer, .manager],
        owner: .actor),
    ])
}
