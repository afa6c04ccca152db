import Contracts
import GRDB
import RollCopy
import Rulebook
import Store

/// The children whose marks a batch of events changed, until they are judged at its end: a year that is read from nothing
/// has hundreds of marks of a child in one batch, and the last judgement alone can differ from what is known.
enum Unjudged {
  struct Child {
    let pupil: PupilID
    /// The earliest session that may be other than before.
    let since: Day
    /// The event that changed the child's marks last, and its trace.
    let cause: String
    let traceparent: String?
  }

  /// Remembers children of a school.
  static func note(
    _ pupils: [PupilID], at school: URN, since day: Day, cause: String, traceparent: String?, in db: Database
  ) throws {
    guard !pupils.isEmpty else { return }
    try db.cachedStatement(
      sql: """
        INSERT INTO unjudged (school, pupil, since, cause, traceparent)
        SELECT ?, value, ?, ?, ? FROM json_each(?) WHERE true
        ON CONFLICT (school, pupil) DO UPDATE
          SET since = min(since, excluded.since), cause = excluded.cause, traceparent = excluded.traceparent
        """
    ).execute(arguments: [school.text, day.ordinal, cause, traceparent, pupils.list])
  }

  /// Takes them out, by school.
  static func take(in db: Database) throws -> [(school: URN, children: [Child])] {
    let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM unjudged ORDER BY school, pupil"))
    guard !rows.isEmpty else { return [] }
    try db.cachedStatement(sql: "DELETE FROM unjudged").execute()
    var taken: [(school: URN, children: [Child])] = []
    for row in rows {
      let school: URN = try row.get("school")
      let child = Child(
        pupil: try row.get("pupil"), since: try row.get("since"), cause: row["cause"],
        traceparent: row["traceparent"])
      if taken.last?.school != school { taken.append((school, [])) }
      taken[taken.count - 1].children.append(child)
    }
    return taken
  }
}
