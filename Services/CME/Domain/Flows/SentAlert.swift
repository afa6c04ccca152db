public import CaseFlow
import Rulebook

/// An alert to another authority that a missing child may live there, as the authority that sent it sees it. What the
/// other authority does comes as its signed messages, which the program alone puts on record.
public enum SentAlert: CaseKind {
  public enum State: String, FlowName {
    case raised, received, acknowledged, sighted
    case notHere = "not-here"
    case unread, closed
  }

  public enum Act: String, FlowName {
    case raise, receive, remind
    case remindAgain = "remind-again"
    case escalate, acknowledge, sight
    case notHere = "not-here"
    case returnUnread = "return-unread"
    case close
  }

  public enum Clock: String, FlowName {
    case firstReminder = "first-reminder"
    case secondReminder = "second-reminder"
    case escalation, result, closing
    case anotherAlert = "another-alert"
  }

  public enum Fact: String, FlowName {
    /// The code of the authority that the alert is for.
    case authority
    /// Under which reference the other authority keeps it.
    case reference
    /// Whether the other authority knows the child, and where the child learns there.
    case known, provision
  }

  public enum Role: String, FlowName {
    case cmeOfficer = "cme-officer"
    case manager
  }

  public static let name = "sent-alert"

  /// While nobody of the other authority has confirmed that it received the alert.
  private static let unconfirmed: Set<State> = [.raised, .received]

  public static let flow = Flow<SentAlert>(
    title: "Alert sent to another authority", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "CME-6")],
    states: [
      .init(.raised, "Sent", isOpen: true), .init(.received, "Received by the other program", isOpen: true),
      .init(.acknowledged, "Acknowledged by an officer there", isOpen: true),
      .init(.sighted, "The child is there", isOpen: true), .init(.notHere, "The child is not there", isOpen: true),
      .init(.unread, "The other program cannot read it", isOpen: true), .init(.closed, "Closed", isOpen: false),
    ],
    clocks: [
      .init(.firstReminder, in: unconfirmed, "Ask the other authority", AlertClocks.firstReminder, onFiring: .remind),
      .init(
        .secondReminder, in: unconfirmed, "Ask the other authority again", AlertClocks.secondReminder,
        onFiring: .remindAgain),
      .init(
        .escalation, in: unconfirmed, "Speak to the other authority's managers", AlertClocks.escalation,
        onFiring: .escalate),
      .init(
        .result, in: [.raised, .received, .acknowledged], "The other authority's result is due", AlertClocks.result),
      .init(.closing, in: [.sighted, .notHere], "Close the alert", AlertClocks.closing),
      .init(.anotherAlert, in: [.unread], "Raise the alert again", AlertClocks.send),
    ], acts: sending + answering)

  private static let sending: [Flow<SentAlert>.ActRule] = [
    .init(
      .raise, "Send the alert", opening: .raised, by: [.cmeOfficer],
      guards: [
        .init(
          "authority-known", "The other authority must be named by its code.", reads: [.authority],
          [.init({ $0.text(.authority).map { (try? AuthorityCode($0)) != nil } ?? false }, source: "CME-7")])
      ], asks: [.authority], owner: .actor),
    .init(
      .remind, "Ask for the receipt", from: unconfirmed, by: [.cmeOfficer], byProgram: true, stops: [.firstReminder]),
    .init(
      .remindAgain, "Ask for the receipt again", from: unconfirmed, by: [.cmeOfficer], byProgram: true,
      stops: [.firstReminder, .secondReminder]),
    .init(.escalate, "Put the alert before managers", from: unconfirmed, byProgram: true, owner: .team(.manager)),
  ]

  private static let answering: [Flow<SentAlert>.ActRule] = [
    .init(.receive, "The other program received it", from: [.raised], to: .received, byProgram: true),
    .init(
      .acknowledge, "The other authority acknowledged it", from: unconfirmed, to: .acknowledged, byProgram: true,
      guards: [
        .init(
          "receipt-whole", "A receipt has a reference and says whether the child is known.",
          reads: [.reference, .known],
          [
            .init(
              { $0.text(.reference).map { !$0.isEmpty } ?? false && $0.flag(.known) != nil }, source: "CME-7")
          ])
      ], asks: [.reference, .known]),
    .init(
      .sight, "The other authority found the child", from: [.acknowledged, .notHere], to: .sighted, byProgram: true,
      asks: [.provision]),
    .init(
      .notHere, "The other authority did not find the child", from: [.acknowledged, .sighted], to: .notHere,
      byProgram: true),
    .init(
      .returnUnread, "The other program cannot read the alert", from: [.raised], to: .unread, byProgram: true,
      owner: .team(.cmeOfficer)),
    .init(
      .close, "Close the alert", from: [.raised, .received, .acknowledged, .sighted, .notHere, .unread], to: .closed,
      by: [.cmeOfficer, .manager]),
  ]
}
