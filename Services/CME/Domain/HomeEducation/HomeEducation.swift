public import CaseFlow
public import Rulebook

/// A child whom the parents educate at home: from the notice to the day on which it ends (Education Act 1996 ss7, 436A,
/// 437). The authority asks; nothing binds the parent to answer until a notice under s437(1).
public enum HomeEducation: CaseKind {
  public enum State: String, FlowName {
    case notified, enquiring, suitable, unsuitable, ended
  }

  public enum Act: String, FlowName {
    case notify, consent, ask, reply
    case findSuitable = "find-suitable"
    case findUnsuitable = "find-unsuitable"
    case review, end, join
  }

  public enum Clock: String, FlowName {
    case acknowledge, decide, review
    case notice
  }

  public enum Fact: String, FlowName {
    /// How the authority was told, as ``Notice``, and the first day of education at home.
    case notice, from
    /// Whether the authority placed the child at a special school, and whether it consents to the withdrawal.
    case placedSpecial = "placed-special"
    case consented
    /// What the family showed of the education, by reference.
    case shown
    /// Why the education is not suitable.
    case ground
    /// Why it ends, as ``Ending``.
    case ending
  }

  public enum Role: String, FlowName {
    case cmeOfficer = "cme-officer"
    case manager
  }

  /// How the authority was told.
  public enum Notice: String, Hashable, Sendable, Codable, CaseIterable {
    /// The parent's written notice to the school: ground (f).
    case written
    /// Said to the school or the authority; the name is not deleted for it.
    case oral
    /// Found at the end of a search.
    case found
  }

  /// Why it ends.
  public enum Ending: String, Hashable, Sendable, Codable, CaseIterable {
    case returned, moved
    case overSchoolAge = "over-school-age"
    case attendanceOrder = "attendance-order"
    case fellAway = "fell-away"
  }

  public static let name = "home-education"

  /// To acknowledge the notice and ask the family.
  public static let acknowledging: Dated<Span> = [InForce(.workingDays(5), source: "CME-13")]
  /// From asking to deciding whether the education is suitable.
  public static let deciding: Dated<Span> = [InForce(.schoolDays(30), source: "CME-13")]
  /// From a finding that it is suitable, or a review, to the next review.
  public static let reviewing: Dated<Span> = [InForce(.months(12), source: "CME-13")]
  /// From finding it unsuitable to considering a notice under s437(1).
  public static let noticing: Dated<Span> = [InForce(.workingDays(5), source: "CME-13; Education Act 1996 s437(1)")]

  private static let officers: Set<Role> = [.cmeOfficer, .manager]
  private static let running: Set<State> = [.notified, .enquiring, .suitable, .unsuitable]

  public static let flow = Flow<HomeEducation>(
    title: "Education at home", allocation: .init(by: [.manager]),
    reviewWithin: [InForce(.workingDays(5), source: "CME-6")],
    states: [
      .init(.notified, "The authority was told", isOpen: true), .init(.enquiring, "The family is asked", isOpen: true),
      .init(.suitable, "Suitable", isOpen: true), .init(.unsuitable, "Not suitable", isOpen: true),
      .init(.ended, "Ended", isOpen: false),
    ],
    clocks: [
      .init(.acknowledge, in: [.notified], "Acknowledge the notice and ask the family", acknowledging),
      .init(.decide, in: [.enquiring], "Decide whether the education is suitable", deciding),
      .init(.review, in: [.suitable], "Review the education at home", reviewing),
      .init(.notice, in: [.unsuitable], "Consider a notice that the education must satisfy", noticing),
    ], acts: acts)

  private static func words<Word: RawRepresentable & CaseIterable>(_: Word.Type) -> Set<String>
  where Word.RawValue == String { Set(Word.allCases.map(\.rawValue)) }

  /// A child whom the authority placed at a special school leaves it with the authority's consent only.
  private static let withdrawn = Flow<HomeEducation>.Guard(
    "withdrawal-consented", "The authority must consent where it placed the child at a special school.",
    reads: [.placedSpecial, .consented],
    [
      .init(
        { $0.flag(.placedSpecial) == false || $0.flag(.consented) == true },
        source: "SI 2024/208 reg 9(2); CME-13")
    ])

  private static let acts: [Flow<HomeEducation>.ActRule] = [
    .init(
      .notify, "Record that a child is educated at home", opening: .notified, by: officers, byProgram: true,
      guards: [.oneOf(words(Notice.self), .notice, "notice-known", "The notice must be one of", source: "CME-13")],
      asks: [.notice, .from], owner: .team(.cmeOfficer)),
    .init(
      .consent, "Record the placement, and the authority's consent where it needs one", from: running, by: [.manager],
      asks: [.placedSpecial, .consented]),
    .init(.ask, "Acknowledge the notice and ask the family", from: [.notified], to: .enquiring, by: officers),
    .init(.reply, "Record what the family showed", from: [.enquiring, .unsuitable], by: officers, asks: [.shown]),
    .init(
      .findSuitable, "Find the education suitable", from: [.enquiring, .unsuitable], to: .suitable, by: officers,
      guards: [
        withdrawn,
        .init(
          "education-shown", "What shows the education must be named.", reads: [.shown],
          [.init({ !($0.text(.shown) ?? "").allSatisfy(\.isWhitespace) }, source: "Education Act 1996 s7")]),
      ], asks: [.shown], isDecision: true, ends: [.findUnsuitable]),
    .init(
      .findUnsuitable, "Find the education not suitable", from: [.enquiring, .suitable], to: .unsuitable, by: officers,
      guards: [
        .init(
          "ground-given", "Why the education is not suitable must be said.", reads: [.ground],
          [.init({ !($0.text(.ground) ?? "").allSatisfy(\.isWhitespace) }, source: "Education Act 1996 s437(1)")])
      ], asks: [.ground], isDecision: true, ends: [.findSuitable]),
    .init(
      .review, "Review the education", from: [.suitable], by: officers, restarts: [.review]),
    .init(
      .end, "Record that education at home has ended", from: running, to: .ended, by: officers, byProgram: true,
      guards: [.oneOf(words(Ending.self), .ending, "ending-known", "The reason must be one of", source: "CME-13")],
      asks: [.ending], ends: [.findSuitable, .findUnsuitable]),
    .init(
      .join, "Join with the record of the same child", from: running, to: .ended, byProgram: true,
      ends: [.findSuitable, .findUnsuitable]),
  ]
}
