public import CaseFlow
import Rulebook

/// The attendance case: from a referral to its closing. In this slice: referrals that registers' findings propose, triage,
/// allocation, first contact and closing.
public enum AttendanceCase: CaseKind {
  public enum State: String, FlowName {
    case received, triaged, allocated, assessing, rejected, lapsed, closed
  }

  public enum Act: String, FlowName {
    case propose, accept, reject, lapse, allocate, contact, close, join
  }

  public enum Clock: String, FlowName {
    case triage, allocation
    case firstContact = "first-contact"
    case plan
  }

  public enum Fact: String, FlowName {
    /// Whether the finding that gave rise to the referral stands in the register.
    case finding
    /// The answer to the safeguarding question.
    case safeguarding
    /// How the first contact was made.
    case contact
    /// Why the case is closed.
    case closing
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case manager
  }

  public static let name = "attendance-case"

  /// The answers to the safeguarding question: it is never left blank.
  static let safeguarding: Set = ["yes", "no", "unknown"]
  /// How a first contact can be made.
  static let contacts: Set = ["letter", "telephone", "meeting", "visit"]
  /// The reasons for closing.
  static let closings = Set(Closing.allCases.map(\.rawValue))

  private static func among(
    _ fact: Fact, _ values: Set<String>, _ id: String, _ demand: String, _ source: String
  ) -> Flow<AttendanceCase>.Guard {
    .init(
      id, "\(demand): \(values.sorted().joined(separator: ", ")).", reads: [fact],
      [.init({ $0.text(fact).map { values.contains($0) } ?? false }, source: source)])
  }

  public static let flow = Flow<AttendanceCase>(
    title: "Attendance case", allocation: .init(by: [.manager], act: .allocate),
    reviewWithin: CaseClocks.signOff,
    states: [
      .init(.received, "Referral received", isOpen: true), .init(.triaged, "Accepted", isOpen: true),
      .init(.allocated, "With an officer", isOpen: true), .init(.assessing, "Being assessed", isOpen: true),
      .init(.rejected, "Rejected", isOpen: false), .init(.lapsed, "Fell away before triage", isOpen: false),
      .init(.closed, "Closed", isOpen: false),
    ],
    clocks: [
      .init(.triage, in: [.received], "Triage the referral", CaseClocks.triage),
      .init(.allocation, in: [.triaged], "Give the case to an officer", CaseClocks.allocation),
      .init(.firstContact, in: [.allocated], "Make the first contact", CaseClocks.firstContact),
      .init(.plan, in: [.assessing], "Agree a plan with the family", CaseClocks.plan),
    ], acts: beginning + ending)

  private static let beginning: [Flow<AttendanceCase>.ActRule] = [
    .init(.propose, "Propose a referral", opening: .received, byProgram: true, owner: .team(.attendanceOfficer)),
    .init(
      .accept, "Accept the referral", from: [.received], to: .triaged, by: [.attendanceOfficer, .manager],
      guards: [
        among(
          .safeguarding, safeguarding, "safeguarding-answered", "The safeguarding question must be answered", "CW-2")
      ], asks: [.safeguarding], isDecision: true, restsOn: [.finding], owner: .team(.manager)),
    .init(
      .reject, "Reject the referral", from: [.received], to: .rejected, by: [.attendanceOfficer, .manager],
      isDecision: true, restsOn: [.finding]),
    .init(.lapse, "Let the referral fall away", from: [.received], to: .lapsed, byProgram: true),
    .init(.allocate, "Give the case to an officer", from: [.triaged], to: .allocated, by: [.manager], owner: .named),
  ]

  private static let ending: [Flow<AttendanceCase>.ActRule] = [
    .init(
      .contact, "Record the first contact", from: [.allocated], to: .assessing, by: [.attendanceOfficer],
      guards: [among(.contact, contacts, "contact-known", "The kind of contact must be one of", "CW-11")],
      asks: [.contact]),
    .init(
      .close, "Close the case", from: [.triaged, .allocated, .assessing], to: .closed,
      by: [.attendanceOfficer, .manager],
      guards: [among(.closing, closings, "closing-known", "The reason for closing must be one of", "CW-11")],
      asks: [.closing], isDecision: true, ends: [.accept], second: .always(.manager)),
    .init(
      .join, "Join with the case of the same child", from: [.received, .triaged, .allocated, .assessing], to: .closed,
      byProgram: true, ends: [.accept]),
  ]
}
