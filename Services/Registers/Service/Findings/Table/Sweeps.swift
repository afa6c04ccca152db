import Contracts
import GRDB
import Rulebook
import Store

/// How far what time alone changes has been looked at.
enum Sweeps {
  /// The last day looked at; `nil` before the first time.
  static func through(_ name: String, in db: Database) throws -> Day? {
    try db.value("SELECT through_day FROM sweeps WHERE name = ?", [name], as: Int32.self).map(Day.init(ordinal:))
  }

  static func set(_ name: String, through day: Day, at: Timestamp, in db: Database) throws {
    try db.run(
      """
      INSERT INTO sweeps (name, through_day, at_millis) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET through_day = excluded.through_day, at_millis = excluded.at_millis
      """, [name, day, at])
  }
}
