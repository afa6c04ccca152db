import GRDB
public import RegistersDomain
import Rulebook
public import Store

extension AssignmentSpan: StoredRow {}

/// What schools belong to, from day to day. Figures count a session by the membership on its day.
enum Assignments {
  /// What a school belongs to on a day; `nil` when nothing is known.
  static func value(
    _ kind: AssignmentKind, of school: URN, on day: Day, in db: Database
  ) throws -> String? {
    try db.value(
      """
      SELECT value FROM school_assignments
      WHERE school = ? AND kind = ? AND first <= ? AND (last IS NULL OR last >= ?)
      """, [school, kind.rawValue, day, day], as: String.self)
  }

  /// One school's, in order of the days.
  static func spans(_ kind: AssignmentKind, of school: URN, in db: Database) throws -> [AssignmentSpan] {
    try db.all(
      "SELECT first, last, value FROM school_assignments WHERE school = ? AND kind = ? ORDER BY first",
      [school, kind.rawValue])
  }

  /// Enters a span, or changes the one that begins on the same day.
  static func save(_ span: AssignmentSpan, _ kind: AssignmentKind, of school: URN, in db: Database) throws {
    try db.put(
      "school_assignments", ["school": school, "kind": kind.rawValue, "first": span.first],
      ["value": span.value, "last": span.last])
  }
}
