public import CaseFlow
import Rulebook

/// An alert of another authority that a child may live here, as the authority that received it sees it.
public enum ReceivedAlert: CaseKind {
  public enum State: String, FlowName {
    case received, acknowledged, sighted
    case notHere = "not-here"
    case closed
  }

  public enum Act: String, FlowName {
    case receive
    case heedReminder = "heed-reminder"
    case acknowledge, sight
    case notHere = "not-here"
    case close
  }

  public enum Clock: String, FlowName {
    case acknowledgement, result, closing
  }

  public enum Fact: String, FlowName {
    /// Whether the authority knows the child, and who here answers for the alert.
    case known, officer
    /// Where the child learns here.
    case provision
  }

  public enum Role: String, FlowName {
    case cmeOfficer = "cme-officer"
    case manager
  }

  public static let name = "received-alert"

  public static let flow = Flow<ReceivedAlert>(
    title: "Alert received from another authority", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "CME-6")],
    states: [
      .init(.received, "Received", isOpen: true), .init(.acknowledged, "Acknowledged", isOpen: true),
      .init(.sighted, "The child is here", isOpen: true), .init(.notHere, "The child is not here", isOpen: true),
      .init(.closed, "Closed", isOpen: false),
    ],
    clocks: [
      .init(.acknowledgement, in: [.received], "Acknowledge the alert", AlertClocks.acknowledge),
      .init(.result, in: [.received, .acknowledged], "Say what was found", AlertClocks.result),
      .init(.closing, in: [.sighted, .notHere], "See that the sender closes the alert", AlertClocks.closing),
    ],
    acts: [
      .init(.receive, "Receive the alert", opening: .received, byProgram: true, owner: .team(.cmeOfficer)),
      .init(
        .heedReminder, "The sender asked again", from: [.received, .acknowledged], byProgram: true,
        owner: .team(.manager)),
      .init(
        .acknowledge, "Acknowledge the alert", from: [.received], to: .acknowledged, by: [.cmeOfficer],
        guards: [
          .init(
            "receipt-whole", "A receipt says whether the child is known here, and who answers for the alert.",
            reads: [.known, .officer],
            [
              .init(
                { $0.flag(.known) != nil && $0.text(.officer).map { !$0.allSatisfy(\.isWhitespace) } ?? false },
                source: "CME-7")
            ])
        ], asks: [.known, .officer], owner: .actor),
      .init(
        .sight, "Confirm that the child is here", from: [.acknowledged, .notHere], to: .sighted, by: [.cmeOfficer],
        guards: [
          .init(
            "provision-named", "Name the school or provision, or say that there is none.", reads: [.provision],
            [.init({ $0.text(.provision).map { !$0.allSatisfy(\.isWhitespace) } ?? false }, source: "CME-7")])
        ], asks: [.provision], isDecision: true, ends: [.notHere]),
      .init(
        .notHere, "Say that the child is not here", from: [.acknowledged, .sighted], to: .notHere, by: [.cmeOfficer],
        isDecision: true, ends: [.sight]),
      .init(
        .close, "Close the alert", from: [.received, .acknowledged, .sighted, .notHere], to: .closed, by: [.manager],
        byProgram: true),
    ])
}
