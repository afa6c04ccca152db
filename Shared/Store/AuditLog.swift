import Crypto
public import Foundation
public import GRDB

/// Who did or saw what: append-only, written in the transaction of the act, each entry bound to the one before by a code
/// under a key that the store does not hold. So nothing can be taken out, changed, cut off or made anew unseen by who
/// has the store alone.
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

  /// What the log's tables need.
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

  /// What the keyed chain needs; to be given behind every migration that a released store may have.
  public static let chainMigrations = [
    Migration(
      "audit 0002 keyed chain",
      sql: """
        -- Which key an entry's code was made with; 0 for those that are older than the keys and have a bare hash.
        ALTER TABLE audit_log ADD COLUMN key_number INTEGER NOT NULL DEFAULT 0;
        -- Where the log ends, under the key: a tail that was cut off shows. Unsealed while the code is empty.
        CREATE TABLE audit_head (
          id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, hash BLOB NOT NULL,
          key_number INTEGER NOT NULL, code BLOB NOT NULL) STRICT;
        INSERT INTO audit_head VALUES (1, 0, zeroblob(32), 0, x'');
        -- Every break that was ever found; it stays until an operator acknowledges it in the log itself.
        CREATE TABLE audit_breaks (
          name TEXT PRIMARY KEY, found_millis INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        -- How far the whole chain was verified last.
        CREATE TABLE audit_verified (
          id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, hash BLOB NOT NULL,
          at_millis INTEGER NOT NULL) STRICT;
        """)
  ]

  /// What the first entry has before it.
  static let origin = Data(count: 32)

  /// Adds an entry within the transaction of the act itself. Its moment is never before that of the entry before it.
  ///
  /// After a break the log goes on behind the last entry that is there, under a number that was never given: the gap
  /// stays.
  ///
  /// - Returns: the entry's number.
  @discardableResult
  public static func append(_ entry: Entry, in db: Database) throws -> Int64 {
    let last = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT number, hash, at_millis FROM audit_log ORDER BY number DESC LIMIT 1"))
    let head = try Int64.fetchOne(db.cachedStatement(sql: "SELECT number FROM audit_head"))
    let number = max(last.flatMap { $0["number"] as Int64? } ?? 0, head ?? 0) + 1
    let millis = max(
      Int64((entry.at.timeIntervalSince1970 * 1000).rounded(.down)),
      last.flatMap { $0["at_millis"] as Int64? } ?? .min)
    let message = message(
      after: last.flatMap { $0["hash"] as Data? } ?? origin, number: number, millis: millis, entry)
    try db.cachedStatement(
      sql: """
        INSERT INTO audit_log (number, at_millis, actor, role, action, subject, detail, key_number, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, \(KeyFunctions.current)(), \(KeyFunctions.code)(?))
        """
    ).execute(arguments: [
      number, millis, entry.actor, entry.role, entry.action, entry.subject, entry.detail, message,
    ])
    try db.cachedStatement(
      sql: """
        INSERT INTO audit_head (id, number, hash, key_number, code)
        SELECT 1, number, hash, key_number, \(KeyFunctions.code)(\(KeyFunctions.head)(number, hash))
        FROM audit_log WHERE number = ?
        ON CONFLICT (id) DO UPDATE SET number = excluded.number, hash = excluded.hash,
          key_number = excluded.key_number, code = excluded.code
        """
    ).execute(arguments: [number])
    return number
  }

  /// The number and code of the last entry; `nil` when the log is empty.
  public static func last(in db: Database) throws -> (number: Int64, hash: Data)? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1")
    ).flatMap { row in (row["hash"] as Data?).map { (row["number"], $0) } }
  }

  /// The code of an entry; `nil` when there is none of the number.
  public static func hash(of number: Int64, in db: Database) throws -> Data? {
    try Data.fetchOne(db.cachedStatement(sql: "SELECT hash FROM audit_log WHERE number = ?"), arguments: [number])
  }

  /// What an entry's code is made of: all of it, and the code before it.
  static func message(after previous: Data, number: Int64, millis: Int64, _ entry: Entry) -> Data {
    var message = previous
    for field in [String(number), String(millis), entry.actor, entry.role, entry.action, entry.subject, entry.detail] {
      // Length first, so that no two different entries are the same bytes.
      message.append(contentsOf: "\(field.utf8.count):\(field)".utf8)
    }
    return message
  }

  /// What the code of the log's end is made of. No entry's message begins like it: it is shorter than a hash.
  static func headMessage(number: Int64, hash: Data) -> Data { Data("end \(number) ".utf8) + hash }

  /// The code of an entry under a key; under the number 0 the bare hash that the first releases wrote.
  static func code(_ message: Data, key number: Int64, _ keys: AuditKeys) -> Data? {
    number == 0 ? Data(SHA256.hash(data: message)) : keys.code(message, key: number)
  }

  /// How SQL reaches the keys: functions of the store's own connections, so that an entry can be added wherever there is
  /// a transaction.
  enum KeyFunctions {
    static let current = "audit_key_number"
    static let code = "audit_code"
    static let head = "audit_head_message"

    static func add(_ keys: AuditKeys, to db: Database) {
      db.add(function: DatabaseFunction(current, argumentCount: 0, pure: true) { _ in keys.current })
      db.add(
        function: DatabaseFunction(code, argumentCount: 1, pure: true) { values in
          Data.fromDatabaseValue(values[0]).flatMap { keys.code($0, key: keys.current) }
        })
      db.add(
        function: DatabaseFunction(head, argumentCount: 2, pure: true) { values in
          guard let number = Int64.fromDatabaseValue(values[0]), let hash = Data.fromDatabaseValue(values[1]) else {
            return nil
          }
          return headMessage(number: number, hash: hash)
        })
    }
  }
}
