public import CaseFlow
import Rulebook

/// A court pack: from putting it together to lodging it with the court. What was signed never changes; when the register
/// of a session that it charges is amended, the pack freezes until a person decides. The program withdraws nothing.
public enum CourtPackCase: CaseKind {
  public enum State: String, FlowName {
    case assembling, reviewed, signed, served, lodged, frozen, replaced, abandoned
  }

  public enum Act: String, FlowName {
    case assemble, fill, review, revise, sign, serve, lodge, freeze, keep, replace, abandon
  }

  public enum Clock: String, FlowName {
    case assembly, signature, service, lodging, amendment
  }

  public enum Fact: String, FlowName {
    /// How many things the contents lack.
    case gaps
    /// How many charged sessions the register has amended since the contents were put together.
    case amended
    /// The day on which the other parties were served.
    case servedOn = "served-on"
    /// What proves the service: a reference.
    case proof
    /// The certificate of service that was lodged: a reference.
    case certificate
  }

  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case legalOfficer = "legal-officer"
    case manager
  }

  public static let name = "court-pack"

  private static let officers: Set<Role> = [.attendanceOfficer, .legalOfficer]

  private static let complete = Flow<CourtPackCase>.Guard(
    "complete", "The pack must have every document that the rules ask for.", reads: [.gaps],
    [.init({ $0.number(.gaps) == 0 }, source: "CP-1")])
  private static let current = Flow<CourtPackCase>.Guard(
    "current", "No charged session may have been amended since the pack was put together.", reads: [.amended],
    [.init({ $0.number(.amended) == 0 }, source: "CP-3")])

  private static func given(
    _ fact: Fact, _ id: String, _ demand: String, _ source: String
  ) -> Flow<CourtPackCase>.Guard {
    .init(
      id, demand, reads: [fact],
      [.init({ !($0.text(fact) ?? "").allSatisfy(\.isWhitespace) }, source: source)])
  }

  public static let flow = Flow<CourtPackCase>(
    title: "Court pack", allocation: .init(by: [.manager, .legalOfficer]),
    reviewWithin: [InForce(.workingDays(2), source: "CP-4")],
    states: [
      .init(.assembling, "Being put together", isOpen: true), .init(.reviewed, "Reviewed", isOpen: true),
      .init(.signed, "Signed", isOpen: true), .init(.served, "Served", isOpen: true),
      .init(.frozen, "Frozen: a charged session was amended", isOpen: true),
      .init(.lodged, "Lodged with the court", isOpen: false),
      .init(.replaced, "Replaced by another pack", isOpen: false), .init(.abandoned, "Abandoned", isOpen: false),
    ],
    clocks: [
      .init(
        .assembly, in: [.assembling], "Put the pack together and have it reviewed",
        [InForce(.workingDays(10), source: "CP-4")]),
      .init(.signature, in: [.reviewed], "Sign the pack", [InForce(.workingDays(5), source: "CP-4")]),
      .init(.service, in: [.signed], "Serve the pack", [InForce(.workingDays(10), source: "CP-4")]),
      .init(
        .lodging, in: [.served], "Lodge the pack, unless somebody objects to a statement",
        [InForce(.days(7), source: "Criminal Justice Act 1967 s9(2)(d)")], startsFrom: .servedOn),
      .init(
        .amendment, in: [.frozen], "Decide about the amended sessions", [InForce(.workingDays(1), source: "CP-3")]),
    ], acts: beginning + signing + ending)

  private static let beginning: [Flow<CourtPackCase>.ActRule] = [
    .init(.assemble, "Begin a pack", opening: .assembling, by: officers, owner: .actor),
    .init(.fill, "Put the contents together anew", from: [.assembling], byProgram: true),
    .init(
      .review, "Review the pack", from: [.assembling], to: .reviewed, by: officers, guards: [complete, current],
      isDecision: true, second: .always(.legalOfficer)),
    .init(
      .revise, "Take the pack back to change it", from: [.reviewed], to: .assembling, by: officers, ends: [.review]),
  ]

  private static let signing: [Flow<CourtPackCase>.ActRule] = [
    .init(
      .sign, "Sign the pack", from: [.reviewed], to: .signed, by: [.legalOfficer], guards: [complete, current],
      isDecision: true),
    .init(
      .serve, "Record that the pack was served", from: [.signed], to: .served, by: officers,
      guards: [given(.proof, "proof-of-service", "Say what proves the service.", "Criminal Procedure Rules Part 4")],
      asks: [.servedOn, .proof]),
    .init(
      .lodge, "Record that the pack was lodged", from: [.served], to: .lodged, by: officers,
      guards: [
        given(
          .certificate, "certificate-of-service", "Name the certificate of service that was lodged.",
          "Criminal Procedure Rules 2020 r24.9")
      ], asks: [.certificate]),
  ]

  private static let ending: [Flow<CourtPackCase>.ActRule] = [
    .init(
      .freeze, "Freeze the pack", from: [.signed, .served, .lodged], to: .frozen, byProgram: true),
    .init(
      .keep, "Let the signed pack stand and serve it with the amendment", from: [.frozen], to: .signed,
      by: [.legalOfficer], isDecision: true, restsOn: [.amended], ends: [.review, .sign], second: .always(.manager)),
    .init(
      .replace, "Replace the pack by another", from: [.frozen], to: .replaced, by: [.legalOfficer],
      ends: [.review, .sign, .keep]),
    .init(
      .abandon, "Abandon the pack", from: [.assembling, .reviewed, .signed, .served, .frozen], to: .abandoned,
      by: [.legalOfficer], ends: [.review, .sign, .keep], second: .always(.manager)),
  ]
}
