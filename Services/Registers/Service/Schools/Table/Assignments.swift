import GRDB
import RegistersDomain
import Rulebook
import Store

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

  /// What every school belonged to and when, each school's in order of the days. Schools that have none are left out.
  static func spans(_ kind: AssignmentKind, in db: Database) throws -> [URN: [AssignmentSpan]] {
    let rows = try db.rows(
      "SELECT school, first, last, value FROM school_assignments WHERE kind = ? ORDER BY school, first", [kind.rawValue]
    )
    var spans: [URN: [AssignmentSpan]] = [:]
    for row in rows { spans[try row.get("school"), default: []].append(try span(row)) }
    return spans
  }

  /// One school's, in order of the days.
  static func spans(_ kind: AssignmentKind, of school: URN, in db: Database) throws -> [AssignmentSpan] {
    try db.rows(
      "SELECT first, last, value FROM school_assignments WHERE school = ? AND kind = ? ORDER BY first",
      [school, kind.rawValue]
    ).map(span)
  }

  /// Enters a span, or changes the one that begins on the same day.
  static func save(_ span: AssignmentSpan, _ kind: AssignmentKind, of school: URN, in db: Database) throws {
    try db.run(
      """
      INSERT INTO school_assignments (school, kind, value, first, last) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (school, kind, first) DO UPDATE SET value = excluded.value, last = excluded.last
      """, [school, kind.rawValue, span.value, span.first, span.last])
  }

  private static func span(_ row: Row) throws -> AssignmentSpan {
    AssignmentSpan(
      first: try row.get("first"), last: try row.get("last"), value: row["value"])
  }
}
