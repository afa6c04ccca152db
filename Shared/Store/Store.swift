import Crypto
public import Foundation
public import GRDB
import Synchronization

/// One service's SQLite file: opened safely, migrated, and owned by one process at a time.
///
/// A commit is on disk before ``write(_:)`` returns (`synchronous = FULL`), and what was deleted is overwritten
/// (`secure_delete`). A second process that opens the same file is refused; one that was superseded, for example after
/// its lock file was taken away, can no longer write. Only the one connection that writes can checkpoint: readers and
/// snapshots are opened read-only.
public final class Store: Sendable {
  /// What the file belongs to, for example `880.registers`.
  public let owner: String
  /// Random, made with the file: what tells this store from a restored or a second one.
  public let identity: String
  /// Grows with every opening; the highest is the only one that may write.
  public let generation: Int64

  /// What the audit log is keyed with.
  public let auditKeys: AuditKeys
  /// The files that others could use when the store was opened; they cannot any more.
  public let closedFiles: [String]

  let path: String
  private let pool: DatabasePool
  private let lock: FileLock
  private let lastMoment: Mutex<Int64>
  private let lastTrouble = Mutex<Trouble?>(nil)
  private let snapshotPlaces = SnapshotPlaces()

  /// What the writer keeps of the file in memory: a page of the feed, a thousand events in one transaction, changes more
  /// than SQLite's own two megabytes, and would be written out and read again on the way.
  private static let writerCacheKibibytes = 16_384

  /// How large the write-ahead log's file stays once it was checkpointed, bytes.
  private static let walKeptBytes = 64 << 20
  /// What must be free on the disk before it counts as no longer full, bytes: some uploads.
  private static let roomBytes: Int64 = 4 << 20

  /// Opens the file, making it when it is not there.
  ///
  /// - Parameters:
  ///   - path: the file; `path.lock` beside it is the lock.
  ///   - owner: the topic name of the service, checked against the file.
  ///   - migrations: all of them, oldest first.
  ///   - auditKeys: what the audit log is keyed with.
  ///   - moments: questions for the last moment that each log of the store has, in milliseconds since 1970.
  ///   - readers: the most concurrent readers.
  ///   - now: when it is opened.
  /// - Throws: ``StoreError``, or GRDB's `DatabaseError` when the file cannot be read.
  public init(
    path: String, owner: String, migrations: [Migration], auditKeys: AuditKeys, moments: [String] = [],
    readers: Int = 4, now: Date = Date()
  ) throws {
    lock = try FileLock(path: path + ".lock")
    closedFiles = Self.suffixes.map { path + $0 }.filter { FileMode.close($0) }
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.maximumReaderCount = readers
    configuration.busyMode = .timeout(5)
    configuration.publicStatementArguments = false
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA secure_delete = ON")
      AuditLog.KeyFunctions.add(auditKeys, to: db)
    }
    pool = try DatabasePool(path: path, configuration: configuration)
    // GRDB sets NORMAL when it opens a pool; FULL must come after.
    try pool.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA synchronous = FULL; PRAGMA journal_size_limit = \(Self.walKeptBytes);
          PRAGMA cache_size = -\(Self.writerCacheKibibytes)
          """)
    }
    // Whatever the process's umask: the owner alone uses what SQLite has made.
    for suffix in Self.suffixes { FileMode.close(path + suffix) }
    try Self.migrate(pool, Self.ownMigrations + migrations)
    self.owner = owner
    self.path = path
    self.auditKeys = auditKeys
    (identity, generation) = try pool.write { db in
      let taken = try Self.takeOver(db, owner: owner)
      try AuditLog.takeOver(owner: owner, generation: taken.1, keys: auditKeys, at: now, in: db)
      return taken
    }
    try pool.writeWithoutTransaction { try Self.checkSettings($0) }
    lastMoment = Mutex(try pool.read { db in try moments.compactMap { try Int64.fetchOne(db, sql: $0) }.max() } ?? 0)
  }

  /// The files of a store.
  private static let suffixes = ["", "-wal", "-shm", ".lock"]

  /// Reads from a snapshot; readers never wait for the writer.
  ///
  /// - Throws: ``StoreError/unavailable(_:)`` when the system does not let the file be read, and what the body throws.
  public func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    do { return try await pool.read(body) } catch let error as DatabaseError {
      throw Trouble(error).map(StoreError.unavailable) ?? error
    }
  }

  /// A place among the few snapshots that there may be at the same time; given up when nobody has it any more.
  ///
  /// - Throws: ``StoreError/tooManySnapshots``.
  public func snapshotPlace(_ limits: StoreSnapshot.Limits = .init()) throws -> SnapshotPlaces.Place {
    guard let place = snapshotPlaces.take(of: limits.atOnce) else { throw StoreError.tooManySnapshots }
    return place
  }

  /// The store as it is now, to be read in parts. The file's log cannot be cleared meanwhile: so it ends by itself when
  /// nothing is read from it for a while.
  ///
  /// - Throws: ``StoreError/unavailable(_:)``, or GRDB's `DatabaseError` when no further connection can be opened.
  public func snapshot(
    _ limits: StoreSnapshot.Limits = .init(), in place: SnapshotPlaces.Place
  ) throws -> StoreSnapshot {
    do { return StoreSnapshot(try pool.makeSnapshot(), limits, place) } catch let error as DatabaseError {
      throw Trouble(error).map(StoreError.unavailable) ?? error
    }
  }

  /// Runs one transaction, on disk when this returns; everything or nothing.
  ///
  /// - Throws: ``StoreError/superseded`` when another process owns the file now, ``StoreError/unavailable(_:)`` when
  ///   the disk is full or fails, and what the body throws.
  public func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    let generation = generation
    do {
      let result = try await pool.write { db in
        try Self.checkGeneration(generation, db)
        return try body(db)
      }
      if trouble != nil, hasRoom { lastTrouble.withLock { $0 = nil } }
      return result
    } catch let error as DatabaseError {
      guard let found = Trouble(error) else { throw error }
      lastTrouble.withLock { $0 = found }
      throw StoreError.unavailable(found)
    }
  }

  /// Does something with a store, and again with a growing pause while the system does not let it be used.
  ///
  /// - Throws: what the work throws but ``StoreError/unavailable(_:)``; `CancellationError`.
  public static func patiently<T>(_ work: () async throws -> T) async throws -> T {
    var pause = Duration.milliseconds(50)
    while true {
      do { return try await work() } catch StoreError.unavailable {
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(5))
      }
    }
  }

  /// Whether there is room for more than a small write, which finds a place on a disk that is all but full.
  private var hasRoom: Bool { freeBytes.map { $0 >= Self.roomBytes } ?? true }

  /// What kept a write from the disk; `nil` once a later one got there and there is room for more.
  public var trouble: Trouble? { lastTrouble.withLock { $0 } }

  /// Tries whether the disk takes a write, where there is room, and forgets the trouble when it does.
  public func probe() async throws {
    guard hasRoom else { return }
    try await write { db in
      // A page is written, whatever is in it.
      try db.execute(sql: "UPDATE store_owner SET generation = generation")
    }
  }

  /// The moment at which something is written down: the clock's, and never before one that this store was given or
  /// has on record. What was known at a moment stays so, even when the clock is set back.
  public func moment(_ clock: Date) -> Date {
    let millis = Int64((clock.timeIntervalSince1970 * 1000).rounded(.down))
    return lastMoment.withLock { last in
      last = max(last, millis)
      return last == millis ? clock : Date(timeIntervalSince1970: Double(last) / 1000)
    }
  }

  /// How far a clock is behind the last moment that was written down, seconds; 0 when it is not.
  public func secondsAhead(of clock: Date) -> Double {
    max(0, Double(lastMoment.withLock { $0 }) / 1000 - clock.timeIntervalSince1970)
  }

  /// The size of the write-ahead log's file, bytes: it grows while a snapshot holds it.
  public var walBytes: Int64 { FileSpace.size(path + "-wal") }

  /// What is free on the store's disk for this process, bytes; `nil` when the system does not say.
  public var freeBytes: Int64? { FileSpace.free(at: path) }

  /// Whether this process still owns the file, asked within a read of something that is about to be acted on.
  public func isCurrent(_ db: Database) throws -> Bool { try Self.currentGeneration(db) == generation }

  /// Closes all connections and lets another process open the file. Reads and writes throw from then on.
  public func close() throws {
    try pool.close()
    lock.release()
  }

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
    let expected = [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("secure_delete", "1")]
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
