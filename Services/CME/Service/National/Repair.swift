import Contracts
import Crypto
import Foundation
import GRDB
import Rulebook
import SealedAlerts

/// Questions to the tables about what is missing between two authorities, and what was sent again.
enum Repair {
  /// The most that is sent again for one request; the receiver asks for more once it has that.
  static let mostAtOnce = 200
  /// How long the same is neither asked for nor sent again, milliseconds.
  static let pauseMillis: Int64 = 60_000
  /// How long alerts may be missing before somebody is told, milliseconds.
  static let patienceMillis: Int64 = 600_000

  /// Notes that something is asked for or sent again.
  ///
  /// - Returns: whether it is to be done: not when the same was done a moment ago.
  static func begin(
    _ direction: Alerts.Direction, _ authority: AuthorityCode, after sequence: Int64, at moment: Timestamp,
    in db: Database
  ) throws -> Bool {
    let before = try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT sequence, since_millis, at_millis FROM alert_repair WHERE authority = ? AND direction = ?"),
      arguments: [authority.text, direction.rawValue])
    let isSame = before.map { $0[0] == sequence } ?? false
    if let before, isSame, moment.millis < before[2] + pauseMillis { return false }
    try db.cachedStatement(
      sql:
        "INSERT OR REPLACE INTO alert_repair (authority, direction, sequence, since_millis, at_millis) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [
      authority.text, direction.rawValue, sequence, isSame ? before?[1] ?? moment.millis : moment.millis, moment.millis,
    ])
    return true
  }

  /// The next alert of an authority was read: nothing is missing before it.
  static func end(_ authority: AuthorityCode, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM alert_repair WHERE authority = ? AND direction = 'in'")
      .execute(arguments: [authority.text])
  }

  /// From how many authorities alerts have been missing for longer than patience allows.
  static func missing(at moment: Timestamp, in db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(
        sql: "SELECT count(*) FROM alert_repair WHERE direction = 'in' AND since_millis < ?"),
      arguments: [moment.millis - patienceMillis]) ?? 0
  }

  /// Whether this authority sent the alert that another says it has got to.
  static func isOurs(_ end: ChannelEnd, to authority: AuthorityCode, in db: Database) throws -> Bool {
    let own = try Alerts.end(.out, authority, in: db)
    if end.sequence == 0 || end == own { return true }
    let envelope = try Data.fetchOne(
      db.cachedStatement(
        sql: "SELECT envelope FROM alert_out WHERE authority = ? AND sequence = ? ORDER BY number DESC"),
      arguments: [authority.text, end.sequence])
    return envelope.map { Data(SHA256.hash(data: $0)) == end.digest } ?? (end.sequence < own.sequence)
  }

  /// Puts on the way again what an authority lacks, in order.
  static func queueAgain(to authority: AuthorityCode, after sequence: Int64, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE alert_out SET place = NULL WHERE number IN (
          SELECT number FROM alert_out WHERE authority = ? AND sequence > ? ORDER BY sequence LIMIT ?)
        """
    ).execute(arguments: [authority.text, sequence, mostAtOnce])
  }

  /// Forgets the numbers of what was sent to an authority: it goes on from elsewhere.
  static func forget(_ authority: AuthorityCode, after sequence: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE alert_out SET sequence = NULL WHERE authority = ? AND sequence > ?")
      .execute(arguments: [authority.text, sequence])
  }

  /// What was sent under a number: the alert that it is about, and as it was sent.
  static func sent(
    _ sequence: Int64, to authority: AuthorityCode, in db: Database
  ) throws -> (alert: AlertID, envelope: Data)? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT alert, envelope FROM alert_out WHERE authority = ? AND sequence = ?"),
      arguments: [authority.text, sequence]
    ).flatMap { row in AlertID(row[0] as String? ?? "").map { ($0, row[1]) } }
  }

  /// The alerts to and from an authority, oldest first.
  static func alerts(with authority: AuthorityCode, in db: Database) throws -> [AlertID] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT id FROM alert WHERE authority = ? ORDER BY case_number"),
      arguments: [authority.text]
    ).compactMap { AlertID($0) }
  }

  /// Whether everybody was asked on a day; from now on it is so.
  static func asksAll(on day: Day, in db: Database) throws -> Bool {
    try db.cachedStatement(
      sql: "UPDATE national_position SET asked_on = ?1 WHERE asked_on IS NULL OR asked_on < ?1"
    ).execute(arguments: [day.ordinal])
    guard db.changesCount == 1 else { return false }
    // What was asked before has had its effect.
    try db.execute(
      sql: "DELETE FROM alert_out WHERE place IS NOT NULL AND authority IS NULL AND length(envelope) = ?",
      arguments: [AlertHeader.Class.again.envelopeBytes])
    return true
  }
}
