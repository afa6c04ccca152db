import Contracts
import EmbeddedBroker
import Foundation
import GRDB
import Kafka
import Logging
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit

/// Applies calendar events by writing down what it saw, in the transaction; refuses subjects that are told to be bad.
struct RecordingHandler: EventHandler {
  let handledTypes: Set<String> = [SchoolRecorded.type.name]
  let applied = Progress()

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    let db = unit.db
    let school = try SchoolRecorded.decode(event)
    if school.name.hasPrefix("refused"), try Bool.fetchOne(db, sql: "SELECT refuse FROM switch") ?? false {
      throw PermanentFailure("told-to-refuse")
    }
    try db.execute(
      sql: "INSERT INTO effect (sequence, subject) VALUES (?, ?)", arguments: [event.sequence, event.subject])
    let sequence = event.sequence
    db.afterNextTransaction { _ in applied.reached(sequence) }
  }

  static let migration = Migration(
    "test 0001 effects",
    sql: """
      CREATE TABLE effect (number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, subject TEXT NOT NULL) STRICT;
      CREATE TABLE switch (refuse INTEGER NOT NULL) STRICT;
      INSERT INTO switch VALUES (1);
      """)
}

/// Lets a test wait for a number to be reached, without looking again and again.
final class Progress: Sendable {
  private let stream: AsyncStream<Int64>
  private let continuation: AsyncStream<Int64>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func reached(_ number: Int64) { continuation.yield(number) }

  /// Returns when the number, or a higher one, was reached. What never comes ends with the time limit of its suite.
  func wait(for number: Int64) async throws {
    for await reached in stream where reached >= number { return }
    throw CancellationError()
  }
}

/// The feed of an outbox in the same process.
struct LocalFeed: EventFeed {
  let outbox: Outbox
  let store: Store
  let served = Progress()

  func page(after sequence: Int64) async throws -> FeedPage {
    let (events, last) = try await store.read { db in
      (
        try outbox.events(after: sequence, limit: 100, maximumBytes: 1_000_000, in: db),
        try Outbox.lastSequence(in: db)
      )
    }
    served.reached(sequence)
    return FeedPage(events: events, isLast: (events.last?.sequence ?? sequence) >= last)
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

  init() throws {
    let directory = NSTemporaryDirectory() + "messaging-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    source = try Store(
      path: directory + "/source.sqlite", owner: "880.registers", migrations: MessagingSchema.migrations,
      auditKeys: TestAuditKeys.keys)
    sink = try Store(
      path: directory + "/sink.sqlite", owner: "880.enforcement",
      migrations: MessagingSchema.migrations + [RecordingHandler.migration], auditKeys: TestAuditKeys.keys)
    outbox = Outbox(service: .registers, authority: "880", store: source)
    let clock = ManualClock(Date(timeIntervalSince1970: 1_790_000_000))
    writing = Transactions(store: source, outbox: outbox, clock: clock)
    reading = Transactions(
      store: sink, outbox: Outbox(service: .enforcement, authority: "880", store: sink), clock: clock)
    feed = LocalFeed(outbox: outbox, store: source)
    settings.tailCheckMillis = 200
    settings.longestPauseMillis = 200
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

  func relay(_ kafka: KafkaConfiguration) -> RelayLoop {
    RelayLoop(outbox: outbox, store: source, kafka: kafka, settings: settings, logger: quietLogger)
  }

  func intake(_ kafka: KafkaConfiguration) -> IntakeLoop {
    IntakeLoop(
      service: .registers, authority: "880", handler: handler, transactions: reading, kafka: kafka, feed: feed,
      settings: settings, logger: quietLogger)
  }

  /// Runs both loops while the body runs.
  func running(_ kafka: KafkaConfiguration, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let (relay, intake) = (relay(kafka), intake(kafka))
    try await withThrowingTaskGroup { group in
      group.addTask { try await relay.run() }
      group.addTask { try await intake.run() }
      group.addTask(operation: body)
      defer { group.cancelAll() }
      // The loops only end when they are cancelled: whatever ends first is the body or a failure.
      try await group.next()
    }
  }

  /// Sequences in the order in which they took effect.
  func effects() async throws -> [Int64] {
    try await sink.read { try Int64.fetchAll($0, sql: "SELECT sequence FROM effect ORDER BY number") }
  }
}

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
