import Crypto
import Foundation
import GRDB
import Messaging
import Store

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A sealed copy of one program's store.
struct Backup: Sendable {
  /// What a backup says of itself, sealed with it.
  struct Head: Codable, Hashable, Sendable {
    /// Whose store it is, for example `880.registers`.
    let owner: String
    /// Milliseconds since 1970.
    let takenMillis: Int64
    /// The copy's size and SHA-256 digest, in hexadecimal digits.
    let bytes: Int64
    let sha256: String
    /// How many rows each table has.
    let rows: [String: Int64]
  }

  /// What the name of a backup's file ends with.
  static let ending = "esdbackup"

  /// The sealed file.
  let path: String

  /// Copies a store as it is now, while its program runs, and seals the copy.
  ///
  /// - Parameter folder: where `<owner>.esdbackup` is written; there once it is whole.
  static func make(
    of store: String, to key: Curve25519.KeyAgreement.PublicKey, in folder: String, now: Date
  ) throws -> (Backup, Head) {
    try files.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let copy = folder + "/\(UUID().uuidString).copy"
    defer { try? files.removeItem(atPath: copy) }
    try StoreFile.copy(of: store, to: copy)
    let (owner, rows) = try read(copy) { db in
      (try String.fetchOne(db, sql: "SELECT owner FROM store_owner") ?? "", try counts(in: db))
    }
    let (bytes, digest) = try digest(copy)
    let head = Head(
      owner: owner, takenMillis: Int64(now.timeIntervalSince1970 * 1_000), bytes: bytes, sha256: digest, rows: rows)
    let backup = Backup(path: "\(folder)/\(owner).\(ending)")
    try SealedFile.seal(try JSONEncoder().encode(head), copy, to: key, into: backup.path + ".new")
    try move(backup.path + ".new", backup.path)
    return (backup, head)
  }

  /// Opens it into a file and proves that it is the copy that was made.
  func open(with key: Curve25519.KeyAgreement.PrivateKey, into target: String) throws -> Head {
    let data = try SealedFile.open(path, with: key, into: target)
    guard let head = try? JSONDecoder().decode(Head.self, from: data) else {
      throw SuiteError.invalid("\(path) is a backup that this release cannot read")
    }
    let (bytes, digest) = try Self.digest(target)
    guard bytes == head.bytes, digest == head.sha256 else {
      throw SuiteError.invalid("\(path) does not hold the copy that was made")
    }
    return head
  }

  /// Opens it beside nothing and proves all of it: the copy, SQLite's own checks, the events' chain, the audit chain, the
  /// number of rows.
  ///
  /// - Parameter auditKeys: the program's; `nil` to leave the audit chain out.
  func verify(
    with key: Curve25519.KeyAgreement.PrivateKey, auditKeys: (String) throws -> AuditKeys?
  ) throws -> (head: Head, proof: StoreProof, faults: [String]) {
    let copy = path + ".\(UUID().uuidString).open"
    defer { try? Self.files.removeItem(atPath: copy) }
    let head = try open(with: key, into: copy)
    let keys = try auditKeys(head.owner)
    return try Self.read(copy) { db in
      let proof = try StoreProof(owner: head.owner, auditKeys: keys, in: db)
      let rows = try Self.counts(in: db)
      return (head, proof, proof.faults + (rows == head.rows ? [] : ["a table has another number of rows"]))
    }
  }

  /// Puts the copy in the place of a store. What was there is kept beside it.
  ///
  /// The program begins another epoch when it starts, because the lock file beside the store stays.
  ///
  /// - Parameter owner: whose store it must be.
  /// - Returns: where the store that was there is now; `nil` when there was none.
  /// - Throws: ``StoreError/inUse(path:)`` while the program runs.
  func restore(
    to store: String, owner: String, with key: Curve25519.KeyAgreement.PrivateKey, now: Date
  ) throws -> String? {
    let hold = try StoreFile.Hold(store)
    defer { hold.release() }
    let copy = store + ".restoring"
    defer { try? Self.files.removeItem(atPath: copy) }
    let head = try open(with: key, into: copy)
    guard head.owner == owner else {
      throw SuiteError.invalid("\(path) is a backup of \(head.owner), not of \(owner)")
    }
    var kept: String?
    if Self.files.fileExists(atPath: store) {
      let aside = "\(store).before-\(Int64(now.timeIntervalSince1970 * 1_000))"
      // With its log: it may hold what the file does not have yet.
      for suffix in ["-wal", ""] where Self.files.fileExists(atPath: store + suffix) {
        try Self.move(store + suffix, aside + suffix)
      }
      kept = aside
    }
    for suffix in ["-wal", "-shm"] { try? Self.files.removeItem(atPath: store + suffix) }
    try Self.move(copy, store)
    return kept
  }

  private static var files: FileManager { .default }

  private static func move(_ from: String, _ to: String) throws {
    guard rename(from, to) == 0 else { throw SuiteError.unexpected("\(to) cannot be written") }
  }

  private static func read<T>(_ path: String, _ body: (Database) throws -> T) throws -> T {
    let queue = try StoreFile.open(path)
    defer { try? queue.close() }
    return try queue.read(body)
  }

  /// How many rows each table has.
  private static func counts(in db: Database) throws -> [String: Int64] {
    let names = try String.fetchAll(
      db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return Dictionary(
      uniqueKeysWithValues: try names.map { name in
        (name, try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(name.quotedDatabaseIdentifier)") ?? 0)
      })
  }

  private static func digest(_ path: String) throws -> (Int64, String) {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw SuiteError.unexpected("\(path) cannot be read")
    }
    defer { try? file.close() }
    var hash = SHA256()
    var bytes: Int64 = 0
    while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
      hash.update(data: part)
      bytes += Int64(part.count)
    }
    return (bytes, Data(hash.finalize()).hex)
  }
}
