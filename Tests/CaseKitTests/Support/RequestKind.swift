import CaseFlow
import Rulebook

/// A small kind of case that has everything a flow can have.
enum RequestKind: CaseKind {
  enum State: String, FlowName { case received, checking, granted, refused }
  enum Act: String, FlowName { case receive, take, note, grant, refuse, reopen, lapse }
  enum Clock: String, FlowName { case answer, check, visit }
  enum Fact: String, FlowName { case complete, fee, stands, heardOn }
  enum Role: String, FlowName {
    case officer = "attendance-officer"
    case manager
  }

  static let name = "request"
  static let complete = Flow<RequestKind>.Guard(
    "complete", "The request must be complete.", reads: [.complete],
    [.init({ $0.flag(.complete) == true }, source: "RQ-1")])
  static let paid = Flow<RequestKind>.Guard(
    "paid", "The fee must be paid.", reads: [.fee],
    [
      .init({ $0.number(.fee) ?? 0 >= 10 }, from: Day(iso: "2026-01-01"), to: Day(iso: "2026-08-31"), source: "RQ-2"),
      .init({ $0.number(.fee) ?? 0 >= 20 }, from: Day(iso: "2026-09-01"), source: "RQ-2 as amended"),
    ], isOverridable: true)

  static let flow = Flow<RequestKind>(
    title: "Request", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "RQ-3")],
    states: [
      .init(.received, "Received", isOpen: true), .init(.checking, "Being checked", isOpen: true),
      .init(.granted, "Granted", isOpen: false), .init(.refused, "Refused", isOpen: false),
    ],
    clocks: [
      .init(.answer, in: [.received, .checking], "Answer the request", [InForce(.workingDays(20), source: "RQ-4")]),
      .init(
        .check, in: [.checking], "Check the request", [InForce(.schoolDays(5), source: "RQ-5")], onFiring: .note),
      .init(.visit, in: [.checking], "Visit", [InForce(.days(3), source: "RQ-6")], startsFrom: .heardOn),
    ],
    acts: [
      .init(.receive, "Receive", opening: .received, by: [.officer], byProgram: true, owner: .team(.officer)),
      .init(.take, "Take", from: [.received], to: .checking, by: [.officer], owner: .actor),
      .init(
        .note, "Note", from: [.received, .checking], by: [.officer, .manager], byProgram: true, restarts: [.check],
        stops: [.visit]),
      .init(
        .grant, "Grant", from: [.checking], to: .granted, by: [.officer], guards: [complete, paid], asks: [.complete],
        isDecision: true, restsOn: [.stands], second: .toOverride(.manager)),
      .init(
        .refuse, "Refuse", from: [.received, .checking], to: .refused, by: [.officer, .manager], isDecision: true,
        restsOn: [.stands], second: .always(.manager)),
      .init(
        .reopen, "Open again", from: [.granted, .refused], to: .received, by: [.manager],
        ends: [.grant, .refuse], owner: .team(.officer)),
      .init(.lapse, "Lapse", from: [.received], to: .refused, byProgram: true),
    ])

  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
}
