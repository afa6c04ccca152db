import Contracts
import GRDB
import Rulebook

/// Children's times on rolls as the registers tell them, under the registers' own numbers. A time that was withdrawn is
/// kept as such: it may be entered again.
enum TimesOnRoll {
  /// A time on roll was entered, or its days changed.
  ///
  /// - Returns: whether anything is other than before.
  static func enter(
    _ registration: Int64, pupil: PupilID, school: URN, first: Day, last: Day?, in db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql: """
        INSERT INTO time_on_roll (registration, pupil, school, first, last, withdrawn) VALUES (?, ?, ?, ?, ?, 0)
        ON CONFLICT (registration) DO UPDATE SET pupil = excluded.pupil, school = excluded.school,
          first = excluded.first, last = excluded.last, withdrawn = 0
        WHERE pupil <> excluded.pupil OR school <> excluded.school OR first <> excluded.first
          OR last IS NOT excluded.last OR withdrawn <> 0
        """
    ).execute(arguments: [registration, pupil.text, school.text, first.ordinal, last?.ordinal])
    return db.changesCount > 0
  }

  /// A time on roll ended, or ended on another day. One that is not known is told whole later.
  static func end(_ registration: Int64, on day: Day, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE time_on_roll SET last = ? WHERE registration = ?").execute(
      arguments: [day.ordinal, registration])
  }

  /// A time on roll was entered by mistake.
  static func withdraw(_ registration: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE time_on_roll SET withdrawn = 1 WHERE registration = ?").execute(
      arguments: [registration])
  }

  /// The time on roll that covers a day; times at one school have no day in common.
  static func covering(_ day: Day, pupil: PupilID, school: URN, in db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT registration FROM time_on_roll WHERE pupil = ? AND school = ? AND withdrawn = 0 AND first <= ?
            AND (last IS NULL OR last >= ?) ORDER BY registration DESC LIMIT 1
          """), arguments: [pupil.text, school.text, day.ordinal, day.ordinal])
  }

  /// A child's times on a school's roll by number, and whether any was ever told.
  static func all(
    pupil: PupilID, school: URN, taught: TaughtGroup, in db: Database
  ) throws -> (times: [Int64: TimeOnRoll], isTold: Bool) {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT registration, first, last, withdrawn FROM time_on_roll WHERE pupil = ? AND school = ?"),
      arguments: [pupil.text, school.text])
    var times: [Int64: TimeOnRoll] = [:]
    for row in rows where row["withdrawn"] == 0 {
      times[row["registration"]] = TimeOnRoll(
        first: Day(ordinal: row["first"]), last: (row["last"] as Int32?).map(Day.init(ordinal:)), taught: taught)
    }
    return (times, !rows.isEmpty)
  }

  /// Gives the times of a merged identifier to the child that it is.
  static func move(_ merged: PupilID, to kept: PupilID, in db: Database) throws {
    try db.execute(sql: "UPDATE time_on_roll SET pupil = ? WHERE pupil = ?", arguments: [kept.text, merged.text])
  }
}
