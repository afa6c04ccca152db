import Crypto
import Foundation
public import GRDB

/// One service's SQLite file: opened safely, migrated, and owned by one process at a time.
///
/// A commit is on disk before ``write(_:)`` returns (`synchronous = FULL`). A second process that opens the same file
/// is refused; one that was superseded, for example after its lock file was taken away, can no longer write.
public final class Store: Sendable {
  /// What the file belongs to, for example `880.registers`.
  public let owner: String
  /// Random, made with the file: what tells this store from a restored or a second one.
  public let identity: String
  /// Grows with every opening; the highest is the only one that may write.
  public let generation: Int64

  private let pool: DatabasePool
  private let lock: FileLock

  /// Opens the file, making it when it is not there.
  ///
  /// - Parameters:
  ///   - path: the file; `path.lock` beside it is the lock.
  ///   - owner: the topic name of the service, checked against the file.
  ///   - migrations: all of them, oldest first.
  ///   - readers: the most concurrent readers.
  /// - Throws: ``StoreError``, or GRDB's `DatabaseError` when the file cannot be read.
  public init(path: String, owner: String, migrations: [Migration], readers: Int = 4) throws {
    lock = try FileLock(path: path + ".lock")
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.maximumReaderCount = readers
    configuration.busyMode = .timeout(5)
    configuration.publicStatementArguments = false
    pool = try DatabasePool(path: path, configuration: configuration)
    // GRDB sets NORMAL when it opens a pool; FULL must come after.
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    try Self.migrate(pool, Self.ownMigrations + migrations)
    self.owner = owner
    (identity, generation) = try pool.write { db in try Self.takeOver(db, owner: owner) }
    try pool.writeWithoutTransaction { try Self.checkSettings($0) }
  }

  /// Reads from a snapshot; readers never wait for the writer.
  public func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    try await pool.read(body)
  }

  /// The store as it is now, to be read in parts for as long as it is kept. The file's log cannot be cleared meanwhile.
  ///
  /// - Throws: GRDB's `DatabaseError` when no further connection can be opened.
  public func snapshot() throws -> DatabaseSnapshot { try pool.makeSnapshot() }

  /// Runs one transaction, on disk when this returns; everything or nothing.
  ///
  /// - Throws: ``StoreError/superseded`` when another process owns the file now, and what the body throws.
  public func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    let generation = generation
    return try await pool.write { db in
      try Self.checkGeneration(generation, db)
      return try body(db)
    }
  }

  /// Whether this process still owns the file, asked within a read of something that is about to be acted on.
  public func isCurrent(_ db: Database) throws -> Bool { try Self.currentGeneration(db) == generation }

  /// Closes all connections. Reads and writes throw from then on.
  public func close() throws { try pool.close() }

  private static func checkGeneration(_ generation: Int64, _ db: Database) throws {
    guard try currentGeneration(db) == generation else { throw StoreError.superseded }
  }

  private static func currentGeneration(_ db: Database) throws -> Int64? {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT generation FROM store_owner"))
  }

  private static func takeOver(_ db: Database, owner: String) throws -> (String, Int64) {
    guard let row = try Row.fetchOne(db, sql: "SELECT owner, identity, generation FROM store_owner") else {
      let identity = (0..<5).map { _ in String(UInt8.random(in: .min ... .max), radix: 16).leftPadded(to: 2) }.joined()
      try db.execute(
        sql: "INSERT INTO store_owner (id, owner, identity, generation) VALUES (1, ?, ?, 1)",
        arguments: [owner, identity])
      return (identity, 1)
    }
    let found: String = row["owner"]
    guard found == owner else { throw StoreError.otherOwner(expected: owner, found: found) }
    let generation: Int64 = row["generation"] + 1
    try db.execute(sql: "UPDATE store_owner SET generation = ?", arguments: [generation])
    return (row["identity"], generation)
  }

  private static func migrate(_ pool: DatabasePool, _ migrations: [Migration]) throws {
    var migrator = DatabaseMigrator()
    for migration in migrations {
      migrator.registerMigration(migration.name) { db in
        try db.execute(sql: migration.sql)
        try db.execute(
          sql: "INSERT INTO migration_checksum (name, sha256) VALUES (?, ?)",
          arguments: [migration.name, checksum(migration)])
      }
    }
    guard try !pool.read(migrator.hasBeenSuperseded) else { throw StoreError.newerThanProgram }
    try migrator.migrate(pool)
    let applied = try pool.read { db in
      try Row.fetchAll(db, sql: "SELECT name, sha256 FROM migration_checksum").map {
        (name: $0["name"] as String, sha256: $0["sha256"] as Data)
      }
    }
    let released = Dictionary(uniqueKeysWithValues: migrations.map { ($0.name, checksum($0)) })
    for (name, sha256) in applied where released[name] != sha256 {
      throw StoreError.migrationChanged(name: name)
    }
  }

  private static func checksum(_ migration: Migration) -> Data { Data(SHA256.hash(data: Data(migration.sql.utf8))) }

  private static func checkSettings(_ db: Database) throws {
    let expected = [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")]
    for (name, value) in expected {
      let found = try String.fetchOne(db, sql: "SELECT CAST(\(name) AS TEXT) FROM pragma_\(name)") ?? "unknown"
      guard found == value else { throw StoreError.unsafeSetting(name: name, expected: value, found: found) }
    }
  }

  private static let ownMigrations = [
    Migration(
      "store 0001 owner",
      sql: """
        CREATE TABLE migration_checksum (name TEXT PRIMARY KEY, sha256 BLOB NOT NULL) STRICT;
        CREATE TABLE store_owner (
          id INTEGER PRIMARY KEY CHECK (id = 1), owner TEXT NOT NULL, identity TEXT NOT NULL,
          generation INTEGER NOT NULL CHECK (generation > 0)) STRICT;
        """)
  ]
}

extension String {
  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: "0", count: max(0, width - count)) + self
  }
}
