public import Foundation
public import GRDB

/// The keyed chain as a store keeps it: sealed when the store is opened, and what was found broken in it.
extension AuditLog {
  /// The action of the entry that seals what is older than the keys.
  static let sealAction = "audit.chain.sealed"
  /// The action of the entry by which an operator acknowledges a break; its subject is the break's name.
  public static let acknowledgeAction = "audit.break.acknowledge"
  /// The longest word of acknowledgement, bytes.
  public static let acknowledgementBytes = 500

  /// Makes sure that the log of a store that is being opened is sealed and held by its triggers. What was taken away is
  /// put back and on record as a break.
  ///
  /// - Parameters:
  ///   - owner: in whose name a seal is written.
  ///   - generation: the store's; 1 when it was just made.
  static func takeOver(owner: String, generation: Int64, keys: AuditKeys, at now: Date, in db: Database) throws {
    // A store without the log, or one that is older than the keys and is only read.
    guard try db.tableExists("audit_breaks") else { return }
    if try !restoreTables(in: db) { try note([.unprotected(generation: generation)], at: now, in: db) }
    let head = try Row.fetchOne(db, sql: "SELECT number, code FROM audit_head")
    guard let code = head.flatMap({ Data.fromDatabaseValue($0["code"]) }) else {
      return try noteEnd(at: now, in: db)
    }
    guard code.isEmpty else { return }
    guard let last = try last(in: db) else {
      return try db.execute(
        sql: """
          UPDATE audit_head SET key_number = \(KeyFunctions.current)(),
            code = \(KeyFunctions.code)(\(KeyFunctions.head)(number, hash))
          """)
    }
    // Somebody who took away where the log ends cannot have the log of a first release: it has keys.
    let keyed = try Int.fetchOne(db, sql: "SELECT 1 FROM audit_log WHERE key_number <> 0 LIMIT 1")
    guard keyed == nil else { return try noteEnd(at: now, in: db) }
    var walk = AuditWalk()
    while try walk.step(limit: 10_000, keys: keys, in: db) {}
    walk.closeBeforeSeal()
    try note(walk.breaks, at: now, in: db)
    try append(
      Entry(
        at: now, actor: owner, role: "service", action: sealAction, subject: "audit-log",
        detail: "1-\(last.number) " + (walk.breaks.isEmpty ? "verified" : "broken at \(walk.firstBreak ?? 0)")), in: db)
  }

  private static func noteEnd(at now: Date, in db: Database) throws {
    try note([.end(try last(in: db)?.number ?? 0)], at: now, in: db)
  }

  /// - Returns: whether everything was there.
  private static func restoreTables(in db: Database) throws -> Bool {
    let wanted = ["audit_log", "audit_log_no_update", "audit_log_no_delete"]
    let found = try Set(
      String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE name LIKE 'audit_log%' AND type <> 'index'"))
    if found.isSuperset(of: wanted) { return true }
    if !found.contains("audit_log") {
      try db.execute(sql: migrations[0].sql)
      try db.execute(sql: "ALTER TABLE audit_log ADD COLUMN key_number INTEGER NOT NULL DEFAULT 0")
    } else {
      for (name, change) in [("audit_log_no_update", "UPDATE"), ("audit_log_no_delete", "DELETE")]
      where !found.contains(name) {
        try db.execute(
          sql: """
            CREATE TRIGGER \(name) BEFORE \(change) ON audit_log
              BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            """)
      }
    }
    return false
  }

  /// Puts breaks on record; those that are there already stay as they are.
  ///
  /// - Returns: those that are new.
  @discardableResult
  public static func note(_ breaks: [AuditBreak], at now: Date, in db: Database) throws -> [AuditBreak] {
    try breaks.filter { found in
      try db.cachedStatement(
        sql: "INSERT INTO audit_breaks (name, found_millis) VALUES (?, ?) ON CONFLICT DO NOTHING"
      ).execute(arguments: [found.name, Int64(now.timeIntervalSince1970 * 1000)])
      return db.changesCount > 0
    }
  }

  /// A break on record.
  public struct Noted: Hashable, Sendable {
    public let name: String
    public let found: Date
    /// The number of the entry by which it was acknowledged; `nil` while it stands.
    public let acknowledgement: Int64?
  }

  /// The breaks on record, those that stand first; an acknowledgement counts when its entry is sound.
  public static func noted(limit: Int, keys: AuditKeys, in db: Database) throws -> [Noted] {
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT name, found_millis FROM audit_breaks ORDER BY found_millis, name LIMIT ?"),
      arguments: [limit])
    return try rows.map { row in
      let name: String = row["name"]
      let acknowledged = try entries(about: name, after: 0, limit: 100, keys: keys, in: db)
        .first { $0.isSound && $0.entry.action == acknowledgeAction }
      return Noted(
        name: name, found: Date(timeIntervalSince1970: Double(row["found_millis"] as Int64) / 1000),
        acknowledgement: acknowledged?.number)
    }.sorted { a, b in a.acknowledgement == nil && b.acknowledgement != nil }
  }

  /// How far the whole chain was verified last.
  public struct Verified: Hashable, Sendable {
    public let number: Int64
    public let hash: Data
    public let at: Date
  }

  /// `nil` before the first time.
  public static func verified(in db: Database) throws -> Verified? {
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT number, hash, at_millis FROM audit_verified")),
      let number = Int64.fromDatabaseValue(row["number"]), let hash = Data.fromDatabaseValue(row["hash"]),
      let millis = Int64.fromDatabaseValue(row["at_millis"])
    else { return nil }
    return Verified(number: number, hash: hash, at: Date(timeIntervalSince1970: Double(millis) / 1000))
  }

  /// Keeps how far a walk through the whole chain came.
  public static func keepVerified(_ walk: AuditWalk, at now: Date, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO audit_verified (id, number, hash, at_millis) VALUES (1, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET number = excluded.number, hash = excluded.hash, at_millis = excluded.at_millis
        """
    ).execute(arguments: [walk.number, walk.hash, Int64(now.timeIntervalSince1970 * 1000)])
  }
}
