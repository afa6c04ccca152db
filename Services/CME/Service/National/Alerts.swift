import CMEDomain
import Contracts
import Foundation
import GRDB
import Rulebook
import SealedAlerts

/// Questions to the tables of alerts.
enum Alerts {
  /// One alert.
  struct Row: Sendable {
    let id: AlertID
    /// The other authority.
    let authority: AuthorityCode
    /// The number of its own case, and of the search that it is for where it was sent from here.
    let caseNumber: Int64
    let search: Int64?
    /// As it was received, sealed; `nil` for one that was sent.
    let received: Data?
  }

  static func add(_ row: Row, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO alert (id, authority, case_number, search, received) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [row.id.text, row.authority.text, row.caseNumber, row.search, row.received])
  }

  static func find(_ id: AlertID, in db: Database) throws -> Row? {
    try GRDB.Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM alert WHERE id = ?"), arguments: [id.text]).flatMap(
      row)
  }

  static func find(ofCase number: Int64, in db: Database) throws -> Row? {
    try GRDB.Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM alert WHERE case_number = ?"), arguments: [number]
    ).flatMap(row)
  }

  /// Those that were sent for a search, oldest first.
  static func sent(forSearch number: Int64, in db: Database) throws -> [Row] {
    try GRDB.Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM alert WHERE search = ? ORDER BY case_number"), arguments: [number]
    ).compactMap(row)
  }

  /// A page in the order of their cases.
  static func page(after number: Int64, limit: Int, in db: Database) throws -> [Row] {
    try GRDB.Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM alert WHERE case_number > ? ORDER BY case_number LIMIT ?"),
      arguments: [number, limit]
    ).compactMap(row)
  }

  private static func row(_ row: GRDB.Row) -> Row? {
    guard let id = AlertID(row["id"] as String), let authority = try? AuthorityCode(row["authority"] as String) else {
      return nil
    }
    return Row(
      id: id, authority: authority, caseNumber: row["case_number"], search: row["search"], received: row["received"])
  }

  // MARK: What goes out and comes in

  enum Direction: String { case `in`, out }

  /// How far what an authority sent to all has got; this authority's own too.
  static func broadcastEnd(_ authority: AuthorityCode, in db: Database) throws -> ChannelEnd {
    try GRDB.Row.fetchOne(
      db.cachedStatement(sql: "SELECT sequence, digest FROM alert_broadcast WHERE authority = ?"),
      arguments: [authority.text]
    ).map { ChannelEnd(sequence: $0[0], digest: $0[1]) } ?? .beginning
  }

  static func save(broadcast end: ChannelEnd, _ authority: AuthorityCode, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO alert_broadcast (authority, sequence, digest) VALUES (?, ?, ?)"
    ).execute(arguments: [authority.text, end.sequence, end.digest])
  }

  /// How far what goes to or comes from an authority has got.
  static func end(_ direction: Direction, _ authority: AuthorityCode, in db: Database) throws -> ChannelEnd {
    try GRDB.Row.fetchOne(
      db.cachedStatement(sql: "SELECT sequence, digest FROM alert_channel WHERE authority = ? AND direction = ?"),
      arguments: [authority.text, direction.rawValue]
    ).map { ChannelEnd(sequence: $0[0], digest: $0[1]) } ?? .beginning
  }

  static func save(
    _ end: ChannelEnd, _ direction: Direction, _ authority: AuthorityCode, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO alert_channel (authority, direction, sequence, digest) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [authority.text, direction.rawValue, end.sequence, end.digest])
  }

  /// Puts something on the way.
  ///
  /// - Parameters:
  ///   - numbered: whom it is for and its number between the two; `nil` for what is for all or outside the order.
  ///   - id: the alert or the question that it is about.
  static func queue(
    _ envelope: Data, numbered: (for: AuthorityCode, sequence: Int64)? = nil, about id: AlertID? = nil, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: "INSERT INTO alert_out (envelope, authority, sequence, alert) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [envelope, numbered?.for.text, numbered?.sequence, id?.text])
  }

  /// What is not in the topic yet, in order.
  static func waiting(limit: Int, in db: Database) throws -> [(number: Int64, envelope: Data)] {
    try GRDB.Row.fetchAll(
      db.cachedStatement(sql: "SELECT number, envelope FROM alert_out WHERE place IS NULL ORDER BY number LIMIT ?"),
      arguments: [limit]
    ).map { ($0[0], $0[1]) }
  }

  static func delivered(_ number: Int64, at place: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE alert_out SET place = ? WHERE number = ?").execute(arguments: [place, number])
  }

  /// The topic lost what lay from a place on: it is sent again, in order. The receivers drop what they have.
  static func sendAgain(from place: Int64, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE alert_out SET place = NULL
        WHERE number >= (SELECT min(number) FROM alert_out WHERE place >= ?)
        """, arguments: [place])
  }

  /// The place behind the last that was sent; `nil` when nothing was.
  static func sentThrough(in db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT max(place) + 1 FROM alert_out")
  }

  /// The next offset to read, and the cluster that it is of.
  static func position(in db: Database) throws -> (next: Int64, cluster: String) {
    try GRDB.Row.fetchOne(db, sql: "SELECT next_offset, cluster FROM national_position").map { ($0[0], $0[1]) } ?? (
      0, ""
    )
  }

  static func save(position: Int64, at cluster: String, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO national_position (only, next_offset, cluster) VALUES (1, ?, ?)"
    ).execute(arguments: [position, cluster])
  }

  static func save(position: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE national_position SET next_offset = ?").execute(arguments: [position])
  }

  /// Notes the number of the directory of keys that is used.
  ///
  /// - Returns: whether none with a higher number was used before.
  static func keep(directory number: Int, in db: Database) throws -> Bool {
    let before = try Int.fetchOne(db, sql: "SELECT number FROM alert_directory") ?? 0
    guard before <= number else { return false }
    try db.execute(sql: "INSERT OR REPLACE INTO alert_directory (only, number) VALUES (1, ?)", arguments: [number])
    return true
  }

  /// The most refusals that are kept.
  private static let mostRefused = 10_000

  static func refuse(_ reason: String, from sender: AuthorityCode?, at moment: Timestamp, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO alert_refused (at_millis, sender, reason) VALUES (?, ?, ?)").execute(
      arguments: [moment.millis, sender?.text, reason])
    try db.cachedStatement(sql: "DELETE FROM alert_refused WHERE id <= (SELECT max(id) FROM alert_refused) - ?")
      .execute(
        arguments: [mostRefused])
  }

  static func refusals(in db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM alert_refused") ?? 0
  }
}
