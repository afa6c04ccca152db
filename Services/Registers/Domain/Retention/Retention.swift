public import Rulebook

/// How long what a register says is kept (School Attendance (Pupil Registration) (England) Regulations 2024; ATT-3,
/// NT-3).
public enum Retention {
  /// An entry, from the later of the day it was made and the day it was last amended (ATT-3).
  public static let entries = RetentionSchedule([
    InForce(
      3, to: Day(year: 2024, month: 8, day: 18),
      source: "Education (Pupil Registration) (England) Regulations 2006, SI 2006/1751"),
    InForce(
      6, from: Day(year: 2024, month: 8, day: 19),
      source: "School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208; ATT-3"),
  ])

  /// What a file said and its receipt: as long as the entries they explain.
  public static let uploads = RetentionSchedule([
    InForce(6, source: "NT-3: the authority's copy of daily marks")
  ])
}
