import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

@Suite("What a store needs of the system")
struct StoreResourceTests {
  let path = NSTemporaryDirectory() + "resources-\(UUID().uuidString).sqlite"

  func open(moments: [String] = []) throws -> Store {
    try Store(
      path: path, owner: "880.test",
      migrations: [
        Migration("test 0001 bytes", sql: "CREATE TABLE bytes (content BLOB NOT NULL, at_millis INTEGER) STRICT;")
      ], auditKeys: TestAuditKeys.keys, moments: moments)
  }

  static func write(_ count: Int, to store: Store) async throws {
    try await store.write { db in
      for _ in 0..<count { try db.execute(sql: "INSERT INTO bytes (content) VALUES (zeroblob(100000))") }
    }
  }

  @Test("A full disk is told as such, leaves nothing behind, and is forgotten once there is room")
  func fullDisk() async throws {
    let store = try open()
    try await Self.write(1, to: store)
    let pages = try await store.write { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 10)")
      return pages
    }
    await #expect(throws: StoreError.unavailable(.diskFull)) { try await Self.write(5, to: store) }
    #expect(store.trouble == .diskFull)
    #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM bytes") } == 1)
    // Small things still fit; a probe finds that out.
    try await store.probe()
    #expect(store.trouble == nil)
    await #expect(throws: StoreError.unavailable(.diskFull)) { try await Self.write(5, to: store) }
    let waiting = Task { try await Store.patiently { try await Self.write(5, to: store) } }
    // Reading goes on meanwhile.
    #expect(try await store.read { try Int.fetchOne($0, sql: "PRAGMA page_count") } ?? 0 >= pages)
    try await store.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
    try await waiting.value
    #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM bytes") } == 6)
    #expect(store.trouble == nil)
  }

  @Test("Files that others could use are closed to them at the opening, and named")
  func openFilesAreClosed() throws {
    try open().close()
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path + ".lock")
    let store = try open()
    #expect(Set(store.closedFiles) == [path, path + ".lock"])
    for suffix in ["", "-wal", "-shm", ".lock"] {
      #expect(FileMode.read(path + suffix).map { $0 & 0o077 } == 0, "\(suffix)")
    }
    try store.close()
    #expect(try open().closedFiles.isEmpty)
  }

  @Test("The moments that are given never go back, across openings too")
  func momentsDoNotGoBack() async throws {
    let question = "SELECT max(at_millis) FROM bytes"
    let noon = Date(timeIntervalSince1970: 1_790_000_000)
    let store = try open(moments: [question])
    #expect(store.moment(noon) == noon)
    #expect(store.moment(noon.addingTimeInterval(-3_600)) == noon)
    #expect(store.secondsAhead(of: noon.addingTimeInterval(-3_600)) == 3_600)
    #expect(store.moment(noon.addingTimeInterval(1)) == noon.addingTimeInterval(1))
    try await store.write { db in
      try db.execute(
        sql: "INSERT INTO bytes VALUES (x'00', ?)", arguments: [Int64(noon.timeIntervalSince1970 * 1_000) + 5_000])
    }
    try store.close()
    #expect(try open(moments: [question]).moment(noon) == noon.addingTimeInterval(5))
  }

  @Test("A snapshot that nobody reads from ends, gives up its place, and the log is cleared again")
  func unreadSnapshotsEnd() async throws {
    let store = try open()
    try await Self.write(1, to: store)
    let limits = StoreSnapshot.Limits(idle: .milliseconds(50), whole: .seconds(60), atOnce: 2)
    var snapshots = [
      try store.snapshot(limits, in: store.snapshotPlace(limits)),
      try store.snapshot(limits, in: store.snapshotPlace(limits)),
    ]
    #expect(throws: StoreError.tooManySnapshots) { _ = try store.snapshotPlace(limits) }
    let count = try await snapshots[0].read { try Int.fetchOne($0, sql: "SELECT count(*) FROM bytes") }
    #expect(count == 1)
    for snapshot in snapshots { await snapshot.ended() }
    await #expect(throws: StoreError.snapshotEnded) {
      try await snapshots[0].read { try Int.fetchOne($0, sql: "SELECT 1") }
    }
    _ = try store.snapshotPlace(limits)
    snapshots = []
    // What the snapshots held can be checkpointed away: the file does not grow with what is written.
    try await Self.write(30, to: store)
    let size = store.walBytes
    for _ in 0..<10 { try await Self.write(10, to: store) }
    #expect(store.walBytes < size * 3)
  }

  @Test(
    "A snapshot that is kept for too long ends and gives up its place, however busily it is read",
    .timeLimit(.minutes(5)))
  func longSnapshotEnds() async throws {
    let store = try open()
    let limits = StoreSnapshot.Limits(idle: .milliseconds(100), whole: .milliseconds(10), atOnce: 1)
    // Whether it is being read when its time is over is chance.
    for _ in 0..<20 {
      let snapshot = try store.snapshot(limits, in: store.snapshotPlace(limits))
      await #expect(throws: StoreError.snapshotEnded) {
        while true { _ = try await snapshot.read { try Int.fetchOne($0, sql: "SELECT 1") } }
      }
      await snapshot.ended()
    }
  }

  @Test("A snapshot that nobody reads gives up its place when its whole time is over", .timeLimit(.minutes(5)))
  func longSnapshotGivesUpItsPlace() async throws {
    let store = try open()
    let limits = StoreSnapshot.Limits(idle: .seconds(600), whole: .milliseconds(50), atOnce: 1)
    let snapshot = try store.snapshot(limits, in: store.snapshotPlace(limits))
    await snapshot.ended()
    _ = try store.snapshotPlace(limits)
  }
}
