import Foundation
import GRDB
import ServiceKit
import Store
import Testing

@testable import Messaging

/// What a program is short of is an alarm while it is so, and keeps it from being ready where nothing can be served.
@Suite("Shortages") struct ResourceWatchTests {
  private static let noon = Date(timeIntervalSince1970: 1_790_000_000)

  /// Limits that nothing here can cross, with one that is crossed at once.
  private static func watch(
    _ store: Store, _ alarms: Alarms, free: Int64 = 0, wal: Int64 = .max, now: Date = noon
  ) -> ResourceWatch {
    ResourceWatch(
      store: store, clock: ManualClock(now), alarms: alarms, freeWarningBytes: free, walWarningBytes: wal,
      clockBackSeconds: 60, everyMillis: 1)
  }

  /// The alarms of this test: how many files are open is the whole test run's.
  private static func names(_ alarms: Alarms) -> [String] { alarms.active.map(\.name).filter { $0 != "descriptors" } }

  @Test func eachShortageIsAnAlarmUntilItPasses() async throws {
    let store = try Pair().source
    try await store.write { try $0.execute(sql: "UPDATE store_owner SET generation = generation") }
    _ = store.moment(Self.noon)
    let alarms = Alarms(logger: quietLogger)
    let (late, later) = (Self.noon.addingTimeInterval(-60), Self.noon.addingTimeInterval(-61))
    for (watch, expected, isReady) in [
      (Self.watch(store, alarms), nil, true), (Self.watch(store, alarms, free: .max), "free-space", true),
      (Self.watch(store, alarms, wal: 0), "write-ahead-log", true), (Self.watch(store, alarms, now: late), nil, true),
      (Self.watch(store, alarms, now: later), "clock", false),
    ] as [(ResourceWatch, String?, Bool)] {
      let reason = await watch.look()
      #expect(Self.names(alarms) == (expected.map { [$0] } ?? []))
      #expect((reason?.contains("clock (61 s behind") == true) == !isReady, "\(reason ?? "ready")")
      _ = await Self.watch(store, alarms).look()
      #expect(Self.names(alarms).isEmpty)
    }
  }

  /// A disk that takes nothing is found out by trying, and so is that it takes something again.
  @Test func aFullDiskKeepsTheProgramFromBeingReadyUntilAWriteSucceeds() async throws {
    let store = try Pair().source
    try await store.write { db in
      try db.execute(sql: "CREATE TABLE bytes (content BLOB NOT NULL)")
      try db.execute(
        sql: """
          CREATE TRIGGER full BEFORE UPDATE ON store_owner
            BEGIN INSERT INTO bytes VALUES (zeroblob(1000000)); END
          """)
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 10)")
    }
    let alarms = Alarms(logger: quietLogger)
    await #expect(throws: StoreError.unavailable(.diskFull)) {
      try await store.write { try $0.execute(sql: "INSERT INTO bytes VALUES (zeroblob(1000000))") }
    }
    let reason = await Self.watch(store, alarms).look()
    #expect(reason?.hasPrefix("store (disk-full") == true && Self.names(alarms) == ["store"])
    try await store.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
    _ = await Self.watch(store, alarms).look()
    #expect(store.trouble == nil && Self.names(alarms).isEmpty)
  }
}
