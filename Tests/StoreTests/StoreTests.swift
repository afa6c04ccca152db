import Foundation
import GRDB
import Testing

@testable import Store

@Suite("Opening a store")
struct StoreTests {
  let path = NSTemporaryDirectory() + "store-\(UUID().uuidString).sqlite"
  let pupils = Migration("test 0001 pupils", sql: "CREATE TABLE pupil (id TEXT PRIMARY KEY) STRICT;")

  func open(_ migrations: [Migration]? = nil, owner: String = "880.registers") throws -> Store {
    try Store(path: path, owner: owner, migrations: migrations ?? [pupils])
  }

  @Test func everyCommitReachesTheDisk() async throws {
    let store = try open()
    let settings = try await store.write { db in
      try (
        Int.fetchOne(db, sql: "PRAGMA synchronous"), String.fetchOne(db, sql: "PRAGMA journal_mode"),
        Int.fetchOne(db, sql: "PRAGMA foreign_keys")
      )
    }
    #expect(settings == (2, "wal", 1))
  }

  @Test func aSecondProcessIsRefused() throws {
    let store = try open()
    #expect(throws: StoreError.inUse(path: path + ".lock")) { _ = try open() }
    _ = store
  }

  @Test func aFileOfAnotherAuthorityIsRefused() throws {
    try open().close()
    #expect(throws: StoreError.otherOwner(expected: "383.registers", found: "880.registers")) {
      _ = try open(owner: "383.registers")
    }
  }

  @Test func aNewerFileIsRefused() throws {
    try open([pupils, Migration("test 0002 later", sql: "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;")]).close()
    #expect(throws: StoreError.newerThanProgram) { _ = try open() }
  }

  @Test func aChangedMigrationIsRefused() throws {
    try open().close()
    #expect(throws: StoreError.migrationChanged(name: pupils.name)) {
      _ = try open([Migration(pupils.name, sql: pupils.sql + " ")])
    }
  }

  @Test func aSupersededProcessCannotWrite() async throws {
    let stale = try open()
    try FileManager.default.removeItem(atPath: path + ".lock")
    let current = try open()
    #expect(current.generation == stale.generation + 1)
    #expect(current.identity == stale.identity)
    await #expect(throws: StoreError.superseded) {
      try await stale.write { try $0.execute(sql: "INSERT INTO pupil VALUES ('p000000001')") }
    }
    #expect(try await stale.read { try stale.isCurrent($0) } == false)
    #expect(try await current.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM pupil") } == 0)
  }

  @Test func aThrownErrorLeavesNothingBehind() async throws {
    struct Stop: Error {}
    let store = try open()
    await #expect(throws: Stop.self) {
      try await store.write { db in
        try db.execute(sql: "INSERT INTO pupil VALUES ('p000000001')")
        throw Stop()
      }
    }
    #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM pupil") } == 0)
  }
}

@Suite("Audit log")
struct AuditLogTests {
  let store: Store
  let path = NSTemporaryDirectory() + "audit-\(UUID().uuidString).sqlite"

  init() throws { store = try Store(path: path, owner: "880.test", migrations: AuditLog.migrations) }

  func entry(_ number: Int) -> AuditLog.Entry {
    AuditLog.Entry(
      at: Date(timeIntervalSince1970: 1_790_000_000 + Double(number)), actor: "actor-\(number)", role: "manager",
      action: "pupil.read", subject: "p00000000\(number)")
  }

  func fill(_ count: Int) async throws {
    for number in 1...count {
      let entry = entry(number)
      try await store.write { try AuditLog.append(entry, in: $0) }
    }
  }

  @Test func aWrittenChainIsSound() async throws {
    try await fill(5)
    #expect(try await store.read { try AuditLog.firstBreak(in: $0) } == nil)
  }

  @Test(arguments: ["UPDATE audit_log SET actor = 'x' WHERE number = 3", "DELETE FROM audit_log WHERE number = 3"])
  func theTableRefusesChanges(sql: String) async throws {
    try await fill(4)
    await #expect(throws: DatabaseError.self) { try await store.write { try $0.execute(sql: sql) } }
  }

  @Test(
    arguments: [
      ("UPDATE audit_log SET actor = 'x' WHERE number = 3", 3), ("DELETE FROM audit_log WHERE number = 3", 3),
      ("UPDATE audit_log SET action = action || 'x', role = substr(role, 2) WHERE number = 2", 2),
    ] as [(String, Int64)])
  func tamperingBehindTheTriggersIsFound(sql: String, firstBreak: Int64) async throws {
    try await fill(4)
    try await store.write { db in
      try db.execute(sql: "DROP TRIGGER audit_log_no_update; DROP TRIGGER audit_log_no_delete")
      try db.execute(sql: sql)
    }
    #expect(try await store.read { try AuditLog.firstBreak(in: $0) } == firstBreak)
  }
}
