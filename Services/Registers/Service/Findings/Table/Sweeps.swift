import Contracts
import GRDB
import Rulebook
import Store

/// How far what time alone changes has been looked at.
enum Sweeps {
  /// The last day looked at; `nil` before the first time.
  static func through(_ name: String, in db: Database) throws -> Day? {
    try db.value("SELECT through_day FROM sweeps WHERE name = ?", [name])
  }

  static func set(_ name: String, through day: Day, at: Timestamp, in db: Database) throws {
    try db.put("sweeps", ["name": name], ["through_day": day, "at_millis": at])
  }
}
