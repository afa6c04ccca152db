public import CaseFlow
public import Rulebook

/// A child of compulsory school age who would not receive suitable education, because of illness, exclusion or otherwise:
/// the authority must arrange it (Education Act 1996 s19). From the day on which it is noticed to the day on which it ends;
/// who considered and decided what, when and why, is what the Ombudsman asks for.
public enum Section19: CaseKind {
  /// Where the duty is.
  public enum State: String, FlowName {
    case noticed, considered, providing
    case notOwed = "not-owed"
    case ended
  }

  /// What is done.
  public enum Act: String, FlowName {
    case notice, consider, provide
    case notOwe = "not-owe"
    case change, review, end, join
    /// What the child and the parents say; that the parents were told of the decision and how to complain.
    case hear, inform
  }

  /// What is due.
  public enum Clock: String, FlowName { case consider, decide, review }

  /// What acts state and guards read.
  public enum Fact: String, FlowName {
    /// Why the child is without suitable education.
    case ground
    /// The first day without it.
    case since
    /// What was looked at: the school's offer, medical or other evidence, the family's and the child's views.
    case evidence
    /// What is arranged.
    case provision
    /// The first day of what is arranged.
    case from
    /// How many hours a week.
    case hours
    /// Why fewer hours than full time, where they are fewer.
    case partTime = "part-time"
    /// What the child says.
    case childView = "child-view"
    /// What the parents say.
    case parentView = "parent-view"
    /// How the parents were told what was decided, why, and how to complain.
    case informed
    /// Why it ends.
    case ending
  }

  /// Who acts.
  public enum Role: String, FlowName {
    case attendanceOfficer = "attendance-officer"
    case manager
  }

  /// Why a child is without suitable education.
  public enum Ground: String, Sendable, CaseIterable { case illness, exclusion, otherwise }

  /// What is arranged.
  public enum Provision: String, Sendable, CaseIterable {
    case tuition, hospital, online, school
    case alternative = "alternative-provision"
  }

  /// Why it ends.
  public enum Ending: String, Sendable, CaseIterable {
    case returned, moved
    case newSchool = "new-school"
    case overSchoolAge = "over-school-age"
    case fellAway = "fell-away"
  }

  public static let name = "section-19"

  /// From the day on which it is noticed to the day on which the duty is considered.
  public static let considering: Dated<Span> = [InForce(.workingDays(5), source: "CW-19")]
  /// From considering to deciding.
  public static let deciding: Dated<Span> = [InForce(.workingDays(5), source: "CW-19")]
  /// From what is arranged, or a review, to the next review.
  public static let reviewing: Dated<Span> = [InForce(.schoolDayFrom(days: 42), source: "CW-19")]
  /// The hours a week from which education counts as full time for the record.
  public static let fullTime: Dated<Int> = [InForce(25, source: "CW-19")]

  /// On which school day without education it is arranged at the latest, the first counted.
  public static let arrangedBy: Dated<[Ground: Int]> = [
    InForce(
      [.exclusion: 6, .illness: 15, .otherwise: 15],
      source:
        "Education Act 1996 s19(3A), (3B); SI 2007/1870 reg 3; guidance on children who cannot attend school because of health needs; CW-26"
    )
  ]

  /// What the page for the Ombudsman names.
  public static let law: Dated<[String]> = [
    InForce(
      [
        "Education Act 1996 s19(1): the authority arranges suitable education.",
        "Education Act 1996 s19(3A): it is full time.",
        "Education Act 1996 s19(3AA): less only where full time is not in the child’s best interests for reasons of health.",
        "SI 2007/1870 reg 3: for an excluded child from the sixth school day.",
      ], source: "Education Act 1996 s19; CW-26")
  ]

  /// The school day by which education is arranged; `nil` where the calendar does not reach so far.
  ///
  /// - Parameter schoolDays: in order.
  public static func dueBy(since first: Day, _ ground: Ground, _ schoolDays: [Day]) -> Day? {
    guard let count = arrangedBy.value(on: first)[ground] else { return nil }
    let days = schoolDays.filter { first <= $0 }
    return days.count >= count ? days[count - 1] : nil
  }

  public static let flow = Flow<Section19>(
    title: "Suitable education out of school", allocation: .init(by: [.manager]), reviewWithin: CaseClocks.signOff,
    states: [
      .init(.noticed, "Without suitable education", isOpen: true), .init(.considered, "Considered", isOpen: true),
      .init(.providing, "Education arranged", isOpen: true), .init(.notOwed, "Nothing owed", isOpen: false),
      .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.consider, in: [.noticed], "Consider whether education must be arranged", considering),
      .init(.decide, in: [.considered], "Decide about suitable education", deciding),
      .init(.review, in: [.providing], "Review the education that is arranged", reviewing),
    ], acts: acts)

  private static let officers: Set<Role> = [.attendanceOfficer, .manager]
  private static let duty = "Education Act 1996 s19"

  private static let arranged: [Flow<Section19>.Guard] = [
    .among(.provision, Provision.self, "provision-known", "What is arranged must be one of", duty),
    .init(
      "hours-reasoned", "Fewer hours than full time must have a reason.", reads: [.hours, .partTime],
      fullTime.guarding { least, facts in
        guard let hours = facts.number(.hours), 1...40 ~= hours else { return false }
        return hours >= least || !(facts.text(.partTime) ?? "").allSatisfy(\.isWhitespace)
      }),
  ]

  private static let acts: [Flow<Section19>.ActRule] = [
    .init(
      .notice, "Note a child without suitable education", opening: .noticed, by: officers, byProgram: true,
      guards: [.among(.ground, Ground.self, "ground-known", "The ground must be one of", duty)],
      asks: [.ground, .since], owner: .team(.attendanceOfficer)),
    .init(
      .consider, "Record what was considered", from: [.noticed, .considered], to: .considered, by: officers,
      guards: [
        .init(
          "evidence-named", "What was considered must be said.", reads: [.evidence],
          [.init({ !($0.text(.evidence) ?? "").allSatisfy(\.isWhitespace) }, source: duty)])
      ], asks: [.evidence]),
    .init(
      .provide, "Decide to arrange education", from: [.considered], to: .providing, by: [.manager], guards: arranged,
      asks: [.provision, .from, .hours, .partTime], isDecision: true),
    .init(
      .notOwe, "Decide that nothing is owed", from: [.considered], to: .notOwed, by: [.manager], isDecision: true),
    .init(
      .change, "Change what is arranged", from: [.providing], by: [.manager], guards: arranged,
      asks: [.provision, .from, .hours, .partTime], isDecision: true, ends: [.provide, .change]),
    .init(
      .hear, "Record what the child and the parents say", from: [.noticed, .considered, .providing], by: officers,
      asks: [.childView, .parentView]),
    .init(
      .inform, "Record that the parents were told of the decision", from: [.providing, .notOwed], by: officers,
      asks: [.informed]),
    .init(.review, "Review what is arranged", from: [.providing], by: officers, restarts: [.review]),
    .init(
      .end, "Record that it ended", from: [.noticed, .considered, .providing], to: .ended, by: officers,
      guards: [.among(.ending, Ending.self, "ending-known", "The reason must be one of", duty)], asks: [.ending],
      ends: [.provide, .change]),
    .init(
      .join, "Join with the record of the same child", from: [.noticed, .considered, .providing], to: .ended,
      byProgram: true, ends: [.provide, .change]),
  ]
}
