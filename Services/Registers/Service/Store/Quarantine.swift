import Contracts
import GRDB
import RegistersDomain
import Rulebook

/// The marks that wait to be corrected, or for the roll or the calendar.
enum Quarantine {
  /// The most marks that may wait for one school.
  static let mostWaiting = 50_000

  struct Waiting: Hashable, Sendable {
    let number: Int64
    let mark: MarkText
    let reason: String
    let receipt: Int64
  }

  static func countWaiting(_ school: URN, in db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM quarantine WHERE school = ? AND state = 'waiting'"),
      arguments: [school.text]) ?? 0
  }

  /// Keeps a mark aside. One that waits already goes on waiting; a later file's takes the place of an earlier one's.
  static func add(
    _ mark: MarkText, reason: MarkReason, school: URN, receipt: Int64, at: Timestamp, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE quarantine SET state = 'superseded', settled_millis = ?
        WHERE school = ? AND upn = ? AND date = ? AND session = ? AND state = 'waiting' AND receipt <> ? AND code <> ?
        """
    ).execute(arguments: [at.millis, school.text, mark.upn, mark.date, mark.session, receipt, mark.code])
    try db.cachedStatement(
      sql: """
        INSERT INTO quarantine (receipt, school, upn, date, session, code, detail, reason, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting') ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [
      receipt, school.text, mark.upn, mark.date, mark.session, mark.code, mark.detail, reason.slug,
    ])
  }

  /// The marks that wait, in the order they came.
  static func waiting(_ school: URN, after number: Int64 = 0, limit: Int, in db: Database) throws -> [Waiting] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM quarantine WHERE school = ? AND state = 'waiting' AND number > ? ORDER BY number LIMIT ?
          """), arguments: [school.text, number, limit]
    ).map { row in
      Waiting(
        number: row["number"],
        mark: MarkText(
          upn: row["upn"], date: row["date"], session: row["session"], code: row["code"], detail: row["detail"]),
        reason: row["reason"], receipt: row["receipt"])
    }
  }

  enum End: String { case released, superseded }

  /// Takes a mark out of the waiting ones.
  static func settle(_ number: Int64, _ end: End, at: Timestamp, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE quarantine SET state = ?, settled_millis = ? WHERE number = ?").execute(
      arguments: [end.rawValue, at.millis, number])
  }

  /// A waiting mark waits for something else now.
  static func setReason(_ number: Int64, _ reason: MarkReason, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE quarantine SET reason = ? WHERE number = ?").execute(
      arguments: [reason.slug, number])
  }
}
