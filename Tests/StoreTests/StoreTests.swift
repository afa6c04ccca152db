import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

@Suite("Opening a store")
struct StoreTests {
  let path = NSTemporaryDirectory() + "store-\(UUID().uuidString).sqlite"
  let pupils = Migration("test 0001 pupils", sql: "CREATE TABLE pupil (id TEXT PRIMARY KEY) STRICT;")

  func open(_ migrations: [Migration]? = nil, owner: String = "880.registers") throws -> Store {
    try Store(path: path, owner: owner, migrations: migrations ?? [pupils], auditKeys: TestAuditKeys.keys)
  }

  @Test func everyCommitReachesTheDisk() async throws {
    let store = try open()
    let settings = try await store.write { db in
      try (
        Int.fetchOne(db, sql: "PRAGMA synchronous"), String.fetchOne(db, sql: "PRAGMA journal_mode"),
        Int.fetchOne(db, sql: "PRAGMA foreign_keys"), Int.fetchOne(db, sql: "PRAGMA secure_delete")
      )
    }
    #expect(settings == (2, "wal", 1, 1))
  }

  @Test func readersAndSnapshotsCannotCheckpoint() async throws {
    let store = try open()
    let limits = StoreSnapshot.Limits(idle: .seconds(3_600), whole: .seconds(3_600))
    let snapshot = try store.snapshot(limits, in: store.snapshotPlace(limits))
    await #expect(throws: DatabaseError.self) { try await store.read { try $0.execute(sql: "DELETE FROM pupil") } }
    await #expect(throws: DatabaseError.self) { try await snapshot.read { try $0.execute(sql: "DELETE FROM pupil") } }
    await #expect(throws: DatabaseError.self) { try await store.read { _ = try $0.checkpoint(.truncate) } }
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
