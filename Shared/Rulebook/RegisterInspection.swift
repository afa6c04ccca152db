/// What a register inspection visit checks (Working together, register inspections).
public enum RegisterInspection {
  /// One thing that an officer looks at in a school's registers.
  public struct Check: Hashable, Sendable {
    /// Its short name, for example `closing-time`.
    public let name: String
    /// What must be so for it to be met.
    public let requirement: String
  }

  /// How a check came out.
  public enum Outcome: String, Sendable, Codable, CaseIterable {
    case met
    case notMet = "not-met"
    case notSeen = "not-seen"
  }

  private static let regulations = "School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208"
  private static let guidance = "Working together to improve school attendance, statutory guidance from 19 August 2024"

  /// Every check with the days on which its law is in force.
  public static let checks: [InForce<Check>] = [
    check("taken-twice", "The register is taken at the start of the morning and once in the afternoon.", regulations),
    check("same-time", "It is taken at the same time for all pupils.", regulations),
    check(
      "closing-time", "It closes at the same length of time after opening, at most 30 minutes.", "\(guidance); ATT-1"),
    check(
      "amendments", "Amendments show the original entry, the amended one, the reason, the date, and who made them.",
      regulations),
    check("codes", "The national codes are used, each for what it means.", "\(regulations), reg 10"),
    check(
      "evidence",
      "Entries for activity off site say what the provision is and who confirmed attendance; entries for a part-time timetable have an agreed timetable.",
      "\(regulations), reg 10; \(guidance)"),
    check(
      "reasons-established", "Every reason not yet established is replaced within five school days of the session.",
      "\(regulations), reg 10(7)-(9); ATT-2"),
    check(
      "admission-register", "The admission register is complete and no name was removed without a ground.",
      "\(regulations), regs 8 and 9"),
    check("kept-six-years", "Every entry is kept for six years.", "\(regulations); ATT-3"),
  ]

  /// The checks of a visit on a day.
  public static func checks(on day: Day) -> [InForce<Check>] { checks.filter { $0.applies(on: day) } }

  private static func check(_ name: String, _ requirement: String, _ source: String) -> InForce<Check> {
    InForce(Check(name: name, requirement: requirement), from: commencement, source: source)
  }

  /// When the regulations came into force.
  private static let commencement = Day(year: 2024, month: 8, day: 19)
}
