import Rulebook

/// The pathways that the product ships: the default, and the one of a small authority.
extension Pathways {
  /// Six stages and a fast track, as Leeds worked (CW-3).
  public static let sixStages = example("Six stages", hasFastTrack: true) {
    [
      .init(
        "Universal", owner: "school", content: "Policy, first-day contact, reward, looking for patterns",
        exit: "Concern",
        levels: 1...1),
      .init(
        "School support", owner: "school", content: "Meeting, barriers, plan, review after four to six weeks",
        exit: "Improved, or referred", levels: 2...2),
      .init(
        "Referral and assessment", owner: "attendance officer",
        content: "Early help assessment, team around the family, lead professional", exit: "Plan", levels: 3...3),
      .init(
        "Formal support", owner: "attendance officer and partners",
        content: "Attendance contract, action plan, family support", exit: "Improved, or escalated", levels: 4...4),
      .init(
        "Notice and penalty", owner: "enforcement", content: "Notice to improve, penalty notice",
        exit: "Paid, unpaid or improved", levels: 5...5),
      .init(
        "Legal", owner: "legal", content: "Education supervision order, prosecution, parenting order",
        exit: "Order, conviction or closed", levels: 6...6),
    ]
  }

  /// Three stages without a fast track.
  public static let threeStages = example("Three stages", hasFastTrack: false) {
    [
      .init("School", owner: "school", content: "All that a school does", exit: "Improved, or referred", levels: 1...2),
      .init(
        "Support", owner: "attendance officer", content: "Assessment, plan, contract", exit: "Improved, or escalated",
        levels: 3...4),
      .init("Legal", owner: "legal", content: "Notices, orders and proceedings", exit: "Closed", levels: 5...6),
    ]
  }

  private static func example(_ name: String, hasFastTrack: Bool, _ stages: () -> [Pathway.Stage]) -> Pathways {
    guard let pathway = try? Pathway(name: name, stages: stages(), hasFastTrack: hasFastTrack) else {
      preconditionFailure("an example leaves levels out")
    }
    return Pathways([InForce(pathway, source: "CW-3")])
  }
}
