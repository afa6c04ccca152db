import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

/// A store with an audit log, and ways to attack its file while no program runs.
struct AuditedStore {
  let path = NSTemporaryDirectory() + "audit-\(UUID().uuidString).sqlite"

  static let migrations = AuditLog.migrations + AuditLog.chainMigrations

  func open(
    keys: AuditKeys = TestAuditKeys.keys, migrations: [Migration] = AuditedStore.migrations
  ) throws -> Store {
    try Store(path: path, owner: "880.test", migrations: migrations, auditKeys: keys)
  }

  static func entry(_ number: Int) -> AuditLog.Entry {
    AuditLog.Entry(
      at: Date(timeIntervalSince1970: 1_790_000_000 + Double(number)), actor: "actor-\(number)", role: "manager",
      action: "pupil.read", subject: "p00000000\(number)")
  }

  /// Opens, writes entries, closes.
  func fill(_ range: ClosedRange<Int>, keys: AuditKeys = TestAuditKeys.keys) async throws {
    let store = try open(keys: keys)
    for number in range { try await store.write { _ = try AuditLog.append(Self.entry(number), in: $0) } }
    try store.close()
  }

  /// Changes the closed file as somebody can who has it and not the key.
  func attack(_ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { db in
      let triggers = try String.fetchAll(
        db, sql: "SELECT name || char(10) || sql FROM sqlite_schema WHERE type = 'trigger'")
      let parts = triggers.map { $0.split(separator: "\n", maxSplits: 1).map(String.init) }
      for part in parts { try db.execute(sql: "DROP TRIGGER \(part[0])") }
      try db.execute(sql: sql)
      for part in parts { try db.execute(sql: part[1]) }
    }
    try queue.close()
  }

  /// Opens, verifies everything, closes.
  func breaks(keys: AuditKeys = TestAuditKeys.keys) async throws -> [String] {
    let store = try open(keys: keys)
    defer { try? store.close() }
    return try await store.read { db in
      var walk = AuditWalk()
      while try walk.step(limit: 3, keys: keys, in: db) {}
      try walk.finish(keys: keys, in: db)
      return try walk.breaks.map(\.name) + AuditLog.noted(limit: 100, keys: keys, in: db).map(\.name)
    }
  }
}
