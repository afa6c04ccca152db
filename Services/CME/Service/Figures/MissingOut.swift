import CMEDomain
import Contracts
import GRDB
import Rulebook

/// Children missing out on education: on a roll, and for more than twelve weeks on a part-time timetable (ATT-11), as
/// registers found them.
enum MissingOut {
  static func found(_ data: Found<PartTimeTwelveWeeks>, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO missing_out (finding, pupil, school, since, found_on) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (finding) DO UPDATE SET since = excluded.since, found_on = excluded.found_on, ended_on = NULL
        """
    ).execute(arguments: [
      data.finding, data.pupil.text, data.school.text, data.since.ordinal, data.on.ordinal,
    ])
  }

  static func lapsed(_ data: Lapsed<PartTimeTwelveWeeks>, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE missing_out SET ended_on = ? WHERE finding = ?")
      .execute(arguments: [data.on.ordinal, data.finding])
  }

  static func spells(in db: Database) throws -> [MissingOutTable.Spell] {
    try Row.fetchAll(db, sql: "SELECT pupil, school, found_on, ended_on FROM missing_out ORDER BY finding").map { row in
      .init(
        child: row["pupil"], school: row["school"], found: Day(ordinal: row["found_on"]),
        ended: (row["ended_on"] as Int32?).map(Day.init(ordinal:)))
    }
  }
}
