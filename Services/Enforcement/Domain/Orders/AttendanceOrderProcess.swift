public import Rulebook

/// The versions of the law of school attendance orders. The second is enacted and not in force: it has no day of
/// commencement, and an authority goes by it only from a day that is given for it (EN-27).
public enum AttendanceOrderProcess: String, Hashable, Sendable, CaseIterable {
  /// Education Act 1996 ss437 to 443 as they stand: ``AttendanceOrderCase``.
  case act1996 = "education-act-1996"
  /// Education Act 1996 ss436I onward, put in by the Children's Wellbeing and Schools Act 2026 s39:
  /// ``AttendanceOrderCase2026``.
  case act2026 = "wellbeing-act-2026"

  /// The version by which a case that is opened on a day goes. A case goes on by the version that it began with.
  ///
  /// - Parameter commencement: the first day of the second version in the authority; `nil` while there is none.
  public static func begun(on day: Day, commencement: Day?) -> AttendanceOrderProcess {
    commencement.map { $0 <= day } ?? false ? .act2026 : .act1996
  }

  /// How many days the second version gives for each step, the day of service being the first (ss436I, 436K).
  public struct Periods: Hashable, Sendable {
    /// To answer the preliminary notice.
    public let toAnswer: Int
    /// To answer the notice that nominates a school.
    public let toChoose: Int
  }

  /// As they were enacted.
  public static let periods: Dated<Periods> = [
    InForce(
      Periods(toAnswer: 15, toChoose: 15),
      source: "Education Act 1996 ss436I, 436K, inserted by Children's Wellbeing and Schools Act 2026 s39; EN-27")
  ]
}
