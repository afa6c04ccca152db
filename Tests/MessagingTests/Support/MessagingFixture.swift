import Contracts
import EmbeddedBroker
import Foundation
import GRDB
import Kafka
import Logging
import Rulebook
import ServiceKit
import Store
import TestKit

@testable import Messaging

/// Applies calendar events by writing down what it saw, in the transaction; refuses subjects that are told to be bad.
struct RecordingHandler: EventHandler {
  let handledTypes: Set<String> = [SchoolRecorded.type.name]
  let applied = Progress<Int64>()
  let names = Progress<String>()

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    let db = unit.db
    let school = try SchoolRecorded.decode(event)
    if school.name.hasPrefix("refused"), try Bool.fetchOne(db, sql: "SELECT refuse FROM switch") ?? false {
      throw PermanentFailure("told-to-refuse")
    }
    try db.execute(
      sql: "INSERT INTO effect (sequence, subject, name) VALUES (?, ?, ?)",
      arguments: [event.sequence, event.subject, school.name])
    let (sequence, name) = (event.sequence, school.name)
    db.afterNextTransaction { _ in
      applied.reached(sequence)
      names.reached(name)
    }
  }

  static let migration = Migration(
    "test 0001 effects",
    sql: """
      CREATE TABLE effect (number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, subject TEXT NOT NULL,
        name TEXT NOT NULL) STRICT;
      CREATE TABLE switch (refuse INTEGER NOT NULL) STRICT;
      INSERT INTO switch VALUES (1);
      """)
}

/// Lets a test wait for a value to be reached, without looking again and again.
final class Progress<Value: Comparable & Sendable>: Sendable {
  private let stream: AsyncStream<Value>
  private let continuation: AsyncStream<Value>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func reached(_ value: Value) { continuation.yield(value) }
}

extension Progress<Int64> {
  /// Returns when the number, or a higher one, was reached. What never comes ends with the time limit of its suite.
  func wait(for number: Int64) async throws {
    for await reached in stream where reached >= number { return }
    throw CancellationError()
  }
}

extension Progress<String> {
  /// Returns when this very text was reached.
  func wait(for text: String) async throws {
    for await reached in stream where reached == text { return }
    throw CancellationError()
  }
}

/// The feed of an outbox in the same process.
struct LocalFeed: EventFeed {
  let outbox: Outbox
  let store: Store
  let served = Progress<Int64>()

  func page(after sequence: Int64, link: EventDigest?) async throws -> FeedPage {
    let page = try await store.read { [outbox, epoch = store.epoch] db in
      try outbox.page(after: sequence, link: link, limit: 100, maximumBytes: 1_000_000, epoch: epoch, in: db)
    }
    served.reached(sequence)
    return page
  }

  func chain(through sequence: Int64, limit: Int) async throws -> SourceChain {
    try await store.read { [outbox, epochs = store.epochNames] db in
      try outbox.chain(through: sequence, limit: limit, epochs: epochs, in: db)
    }
  }
}

/// One source and one reader with real files, to be connected through a broker.
struct Pair {
  let source: Store
  let sink: Store
  let outbox: Outbox
  /// Of the source and of the reader.
  let writing, reading: Transactions
  let handler = RecordingHandler()
  let feed: LocalFeed
  var settings = MessagingSettings()

  private init(source: Store, sink: Store) {
    (self.source, self.sink) = (source, sink)
    outbox = Outbox(service: .registers, authority: "880", store: source)
    let clock = ManualClock(Date(timeIntervalSince1970: 1_790_000_000))
    writing = Transactions(store: source, outbox: outbox, clock: clock)
    reading = Transactions(
      store: sink, outbox: Outbox(service: .enforcement, authority: "880", store: sink), clock: clock)
    feed = LocalFeed(outbox: outbox, store: source)
    settings.tailCheckMillis = 200
    settings.longestPauseMillis = 200
    (settings.quietMillis, settings.pollMillis) = (100, 50)
  }

  /// The same reader with another file as its source.
  func withSource(at path: String, keys: AuditKeys = TestAuditKeys.keys) throws -> Pair {
    Pair(source: try Self.source(at: path, keys: keys), sink: sink)
  }

  private static func source(at path: String, keys: AuditKeys = TestAuditKeys.keys) throws -> Store {
    try Store(path: path, owner: "880.registers", migrations: MessagingSchema.migrations, auditKeys: keys)
  }

  init() throws {
    let directory = NSTemporaryDirectory() + "messaging-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    self.init(
      source: try Self.source(at: directory + "/source.sqlite"),
      sink: try Store(
        path: directory + "/sink.sqlite", owner: "880.enforcement",
        migrations: MessagingSchema.migrations + [RecordingHandler.migration], auditKeys: TestAuditKeys.keys))
  }

  func append(_ range: ClosedRange<Int>, namePrefix: String = "School", filler: Int = 0) async throws {
    try await writing.write(by: .program(.registers)) { unit in
      for number in range {
        let urn = try URN(String(100_000 + number % 7))
        let name = "\(namePrefix) \(number)" + String(repeating: "x", count: filler)
        try unit.publish(SchoolRecorded(urn: urn, name: name, phase: .primary, kind: .academy), subject: urn.text)
      }
    }
  }

  func relay(_ log: any EventLog) -> RelayLoop {
    RelayLoop(outbox: outbox, store: source, log: log, settings: settings, logger: quietLogger)
  }

  func intake(_ log: any EventLog, alarms: Alarms? = nil) -> IntakeLoop {
    IntakeLoop(
      service: .registers, authority: "880", handler: handler, transactions: reading, log: log, feed: feed,
      settings: settings, logger: quietLogger, alarms: alarms)
  }

  /// Runs both loops while the body runs.
  func running(
    _ log: any EventLog, alarms: Alarms? = nil, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let (relay, intake) = (relay(log), intake(log, alarms: alarms))
    try await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      group.addTask { try await intake.run() }
      group.addTask(operation: body)
      defer { group.cancelAll() }
      // The loops only end when they are cancelled: whatever ends first is the body or a failure.
      try await group.next()
    }
  }

  /// The names of schools in the order in which they took effect.
  func handled() async throws -> [String] {
    try await sink.read { try String.fetchAll($0, sql: "SELECT name FROM effect ORDER BY number") }
  }

  /// Sequences in the order in which they took effect.
  func effects() async throws -> [Int64] {
    try await sink.read { try Int64.fetchAll($0, sql: "SELECT sequence FROM effect ORDER BY number") }
  }
}

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
