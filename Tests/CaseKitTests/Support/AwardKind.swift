import CaseFlow
import Rulebook

/// A small kind of case in which steps are kept apart, one decision needs another, and days come from outside.
enum AwardKind: CaseKind {
  enum State: String, FlowName { case claimed, awarded, ended }
  enum Act: String, FlowName { case claim, assess, award, change, end }
  enum Clock: String, FlowName { case limit, warning, hearing, term }
  enum Fact: String, FlowName { case lossOn, assessed, hearingOn, lastDay }
  enum Role: String, FlowName { case officer, manager }

  static let name = "award"

  /// Not after three months.
  static let inTime = Flow<AwardKind>.Guard(
    "in-time", "The award must come within three months.", reads: [.lossOn],
    onDay: [.init({ facts, day in facts.day(.lossOn).map { day <= $0.adding(months: 3) } ?? false }, source: "AW-1")])

  static let flow = Flow<AwardKind>(
    title: "Award", allocation: .init(by: [.manager]), reviewWithin: [InForce(.workingDays(5), source: "AW-2")],
    states: [
      .init(.claimed, "Claimed", isOpen: true), .init(.awarded, "Awarded", isOpen: true),
      .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.limit, in: [.claimed], "Decide", [InForce(.months(3), source: "AW-1")], startsFrom: .lossOn),
      .init(.warning, in: [.claimed], "Hurry", [InForce(.months(2), source: "AW-1")], startsFrom: .lossOn),
      .init(.hearing, in: [.claimed], "Hear", [InForce(.schoolDays(10), source: "AW-3")], endsOn: .hearingOn),
      .init(.term, in: [.awarded], "Extend", [InForce(.months(-1), source: "AW-4")], startsFrom: .lastDay),
    ],
    acts: [
      .init(.claim, "Claim", opening: .claimed, by: [.officer, .manager], owner: .actor),
      .init(
        .assess, "Assess", from: [.claimed], by: [.officer, .manager], asks: [.assessed], isDecision: true,
        restsOn: [.lossOn], apartFrom: [.claim]),
      .init(
        .award, "Award", from: [.claimed], to: .awarded, by: [.officer, .manager], guards: [inTime], asks: [.lastDay],
        isDecision: true, needs: [.assess]),
      .init(.change, "Change the claim", from: [.claimed], by: [.officer], ends: [.assess], restarts: [.limit]),
      .init(.end, "End", from: [.claimed, .awarded], to: .ended, by: [.officer, .manager]),
    ])

  static let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
}
