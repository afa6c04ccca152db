import Crypto
public import Foundation
public import GRDB

/// Who did or saw what: append-only, written in the transaction of the act, each entry bound to the one before by its
/// hash, so that nothing can be taken out or changed unseen.
public enum AuditLog {
  /// One act. Identifiers are opaque; no field holds a name.
  public struct Entry: Hashable, Sendable {
    public let at: Date
    /// The opaque subject of the caller's token, or the program's name.
    public let actor: String
    /// The caller's role.
    public let role: String
    /// What was done, for example `pupil.statistics.read`.
    public let action: String
    /// What it was done to: an opaque identifier.
    public let subject: String
    /// Further opaque facts, for example the request's id.
    public let detail: String

    public init(at: Date, actor: String, role: String, action: String, subject: String, detail: String = "") {
      self.at = at
      self.actor = actor
      self.role = role
      self.action = action
      self.subject = subject
      self.detail = detail
    }
  }

  /// What the log's table needs.
  public static let migrations = [
    Migration(
      "audit 0001 log",
      sql: """
        CREATE TABLE audit_log (
          number INTEGER PRIMARY KEY, at_millis INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL,
          action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL,
          hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT;
        CREATE INDEX audit_log_subject ON audit_log (subject);
        CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
          BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
          BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """)
  ]

  /// Adds an entry within the transaction of the act itself.
  public static func append(_ entry: Entry, in db: Database) throws {
    let last = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1"))
    let number = (last?["number"] as Int64? ?? 0) + 1
    let millis = Int64((entry.at.timeIntervalSince1970 * 1000).rounded(.down))
    let hash = hash(after: last?["hash"] ?? Data(count: 32), number: number, millis: millis, entry)
    try db.cachedStatement(
      sql: """
        INSERT INTO audit_log (number, at_millis, actor, role, action, subject, detail, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [number, millis, entry.actor, entry.role, entry.action, entry.subject, entry.detail, hash])
  }

  /// Recomputes the chain.
  ///
  /// - Returns: the number of the first entry that is missing or not what was written; `nil` when all are sound.
  public static func firstBreak(in db: Database) throws -> Int64? {
    var previous = Data(count: 32)
    var number: Int64 = 0
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM audit_log ORDER BY number")
    while let row = try rows.next() {
      number += 1
      let millis: Int64 = row["at_millis"]
      let entry = Entry(
        at: Date(timeIntervalSince1970: Double(millis) / 1000), actor: row["actor"], role: row["role"],
        action: row["action"], subject: row["subject"], detail: row["detail"])
      let hash = hash(after: previous, number: number, millis: millis, entry)
      guard row["number"] == number, row["hash"] == hash else { return number }
      previous = hash
    }
    return nil
  }

  static func hash(after previous: Data, number: Int64, millis: Int64, _ entry: Entry) -> Data {
    var hasher = SHA256()
    hasher.update(data: previous)
    for field in [String(number), String(millis), entry.actor, entry.role, entry.action, entry.subject, entry.detail] {
      // Length first, so that no two different entries are the same bytes.
      hasher.update(data: Data("\(field.utf8.count):\(field)".utf8))
    }
    return Data(hasher.finalize())
  }
}
