import Contracts
import Foundation
import GRDB
import Logging
import Messaging
import ServiceKit
import Store
import TestKit
import Testing

/// The loop on a real store, with a clock that stands until a test moves it.
@Suite("The schedule's loop", .timeLimit(.minutes(10))) struct ScheduleLoopTests {
  private struct Unlucky: Error {}

  private struct World {
    let store: Store
    let timetable = Timetable()
    let transactions: Transactions
    let clock = ManualClock(Date(timeIntervalSince1970: 1_796_032_800))
    let alarms: Alarms
    let ran: AsyncStream<String>
    let loop: ScheduleLoop

    init() throws {
      let path = NSTemporaryDirectory() + "schedule-\(UUID().uuidString).sqlite"
      store = try Store(
        path: path, owner: "880.registers", migrations: MessagingSchema.migrations + Timetable.migrations,
        auditKeys: TestAuditKeys.keys)
      let outbox = Outbox(service: .registers, authority: "880", store: store)
      transactions = Transactions(store: store, outbox: outbox, clock: clock)
      var logger = Logger(label: "schedule")
      logger.logLevel = .critical
      alarms = Alarms(logger: logger)
      let (ran, tell) = AsyncStream<String>.makeStream()
      self.ran = ran
      loop = ScheduleLoop(timetable, transactions: transactions, alarms: alarms, logger: logger) { name, unit in
        unit.db.afterNextTransaction { _ in tell.yield(name) }
        if name == "unlucky" { throw Unlucky() }
      }
    }

    func plan(_ name: String, inSeconds seconds: Double) async throws {
      let moment = Timestamp(clock.now().addingTimeInterval(seconds))
      try await transactions.write(by: .program(.registers)) { [timetable] unit in
        try timetable.plan(name, at: moment, in: unit.db)
      }
    }

    func rows() async throws -> [String] {
      try await store.read {
        try String.fetchAll($0, sql: "SELECT name || ' ' || failures FROM timetable ORDER BY name")
      }
    }
  }

  @Test("It wakes when something is planned, runs what is due in order, and leaves the rest")
  func running() async throws {
    let world = try World()
    let running = Task { try await world.loop.run() }
    var ran = world.ran.makeAsyncIterator()
    try await world.plan("first", inSeconds: 0)
    #expect(await ran.next() == "first")
    try await world.plan("later", inSeconds: 3_600)
    try await world.plan("never", inSeconds: 1_000_000)
    world.clock.set(world.clock.now().addingTimeInterval(7_200))
    try await world.plan("now", inSeconds: 0)
    #expect(await ran.next() == "later")
    #expect(await ran.next() == "now")
    running.cancel()
    _ = await running.result
    #expect(try await world.rows() == ["never 0"])
  }

  @Test("A row that fails leaves nothing behind, raises the alarm, lets the others run and is tried again")
  func failing() async throws {
    let world = try World()
    try await world.plan("unlucky", inSeconds: -1)
    try await world.plan("lucky", inSeconds: 0)
    #expect(try await world.loop.runDue() == 2)
    #expect(try await world.rows() == ["unlucky 1"])
    #expect(world.alarms.active.map(\.name) == ["schedule"])
    #expect(try await world.loop.runDue() == 0)
    world.clock.set(world.clock.now().addingTimeInterval(60))
    #expect(try await world.loop.runDue() == 1)
    #expect(try await world.rows() == ["unlucky 2"])
    try await world.transactions.write(by: .program(.registers)) { unit in
      try world.timetable.cancel("unlucky", in: unit.db)
    }
    #expect(try await world.loop.runDue() == 0)
    #expect(world.alarms.active.isEmpty)
  }
}
