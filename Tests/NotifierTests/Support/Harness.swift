import Contracts
import Crypto
import Foundation
import GRDB
import Logging
import Messaging
import NIOPosix
import NotifierDomain
import Rulebook
import ServiceKit
import Store
import TestKit
import Testing

@testable import NotifierService

extension ManualClock {
  func advance(millis: Int64) { set(now().addingTimeInterval(Double(millis) / 1000)) }
}

/// The notifier's parts around a real store file, without topics: events are handed to the intake's handlers.
struct Harness: Sendable {
  let store: Store
  let transactions: Transactions
  let loop: DeliveryLoop
  let manage: ManageSubscriptions
  let tests: TestMessage
  let clock: ManualClock
  let keys: SigningKeys
  private let reports: ReportQueue
  private let settled: AsyncStream<DeliveryQueue.Action>

  static let officer = Caller(subject: "user-1", role: .integration)

  /// Runs the notifier on the store in a folder while the body runs.
  static func run<T: Sendable>(
    in folder: URL, clock: ManualClock = ManualClock(Sample.time.date), schedule: RetrySchedule = .standard,
    attemptMillis: Int64 = 300_000, places: Int = 8, allowsLoopback: Bool = true, resolver: (any HostResolver)? = nil,
    _ body: @Sendable @escaping (Harness) async throws -> T
  ) async throws -> T {
    let threads = NIOThreadPool(numberOfThreads: 1)
    threads.start()
    let harness = try Harness(
      folder, clock, schedule, attemptMillis, places, allowsLoopback, resolver ?? SystemResolver(threads: threads))
    let result: T = try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask {
        try await harness.loop.run()
        return nil
      }
      group.addTask { try await body(harness) }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result {
          group.cancelAll()
          // The loop ends with the cancellation; only then may the store be closed.
          while (try? await group.next()) != nil {}
          return result
        }
      }
      throw CancellationError()
    }
    try harness.store.close()
    try await threads.shutdownGracefully()
    return result
  }

  private init(
    _ folder: URL, _ clock: ManualClock, _ schedule: RetrySchedule, _ attemptMillis: Int64, _ places: Int,
    _ allowsLoopback: Bool, _ resolver: any HostResolver
  ) throws {
    var logger = Logger(label: "notifier")
    logger.logLevel = .critical
    let store = try Store(
      path: folder.appending(path: "notifier.sqlite").path, owner: "880.notifier",
      migrations: MessagingSchema.migrations + NotifierSchema.migrations, auditKeys: TestAuditKeys.keys)
    let keys = SigningKeys(
      seal: try SecretSeal(path: folder.appending(path: "notifier.key").path, mayCreate: true))
    transactions = Transactions(
      store: store, outbox: Outbox(service: .notifier, authority: "880", store: store), clock: clock)
    var limits = WebhookClient.Limits()
    limits.attemptMillis = attemptMillis
    let client = WebhookClient(
      resolver: resolver, group: .singleton, limits: limits, allowsLoopback: allowsLoopback, mostConnections: 64)
    let (settled, settledEnd) = AsyncStream<DeliveryQueue.Action>.makeStream()
    let loop = DeliveryLoop(
      attempt: Attempt(
        transactions: transactions, keys: keys, client: client, policy: .standard, authority: "880",
        receiversClock: clock),
      schedule: schedule, places: places, seed: 1, telemetry: Telemetry(factory: PrometheusMetrics()),
      alarms: Alarms(logger: logger), logger: logger, firstPauseMillis: 10, observe: { settledEnd.yield($0) })
    tests = TestMessage(
      transactions: transactions, keys: keys, client: client, authority: "880", receiversClock: clock,
      limit: TestLimit())
    self.store = store
    self.loop = loop
    self.keys = keys
    self.clock = clock
    self.settled = settled
    manage = ManageSubscriptions(
      transactions: transactions, keys: keys, loop: loop, policy: .standard, allowsLoopback: allowsLoopback)
    reports = ReportQueue(queued: { loop.queued($0) })
  }

  /// Takes one event as the intake would.
  func take(_ data: some EventData, id: String, at time: Timestamp = Sample.time) async throws {
    try await take(raw: try data.encoded(), type: type(of: data).type, id: id, at: time)
  }

  /// Takes one event whose data may be anything.
  func take(raw data: [UInt8], type: EventType, id: String, at time: Timestamp = Sample.time) async throws {
    let event = Self.event(raw: data, type: type, id: id, at: time)
    let handlers: [any EventHandler] = [
      RegistersHandler(reports: reports), ReportHandler(of: .enforcement, reports: reports),
      ReportHandler(of: .casework, reports: reports),
    ]
    guard let handler = handlers.first(where: { $0.handledTypes.contains(event.type) }) else {
      throw PermanentFailure("unhandled-type")
    }
    try await transactions.write(by: .program(type.service)) { try handler.handle(event, in: $0) }
  }

  static func event(raw data: [UInt8], type: EventType, id: String, at time: Timestamp = Sample.time) -> Event {
    Event(
      id: id, source: "/880/test", type: type.name, subject: "s", time: time, recordedTime: time, sequence: 1,
      traceparent: nil, classification: .pseudonymous, data: data)
  }

  func recordSchool(_ urn: URN = Sample.school) async throws {
    try await take(
      SchoolRecorded(urn: urn, name: "Larkspur Academy", phase: .secondary, kind: .academy), id: "school-\(urn)")
  }

  func enrol(_ pupil: PupilID = Sample.pupil, addressProtected: Bool = false) async throws {
    try await recordSchool()
    try await take(
      PupilEnrolled(
        pupil: pupil, school: Sample.school, upn: nil, givenName: "Zephyrine", familyName: "Quillfeather",
        dateOfBirth: Day(year: 2013, month: 5, day: 4)!, yearGroup: "8",
        enrolledOn: Day(year: 2024, month: 9, day: 2)!, addressProtected: addressProtected), id: "enrol-\(pupil)")
  }

  func propose(_ id: String, pupil: PupilID = Sample.pupil, at time: Timestamp = Sample.time) async throws {
    try await take(
      PenaltyNoticeProposed(proposal: id, pupil: pupil, school: Sample.school, grounds: Sample.grounds), id: id,
      at: time)
  }

  /// Subscribes a receiver of the sample school or of others, which become known.
  func subscribe(
    _ address: String, _ change: (inout SubscriptionRequest) -> Void = { _ in }
  ) async throws -> Opened {
    var request = Sample.request()
    request.address = address
    change(&request)
    for urn in request.urns { try await recordSchool(urn) }
    return try Opened(await manage.create(request, by: Edit(by: Self.officer)))
  }

  /// A subscription and what its receiver verifies signatures with.
  struct Opened: Sendable {
    let subscription: SubscriptionView
    let key: String

    init(_ answer: Remembered<SubscriptionView>) throws {
      subscription = try #require(answer.new)
      key = try #require(subscription.secret ?? subscription.publicKey)
    }
  }

  /// Waits until the loop has done an action that fits, however long ago that was.
  func wait(until fits: @Sendable (DeliveryQueue.Action) -> Bool) async {
    for await action in settled where fits(action) { return }
  }

  /// Waits until the loop has looked for a receiver's first message: it has settled what was begun before the start.
  func waitForLoad() async { await wait { if case .load = $0 { true } else { false } } }

  /// Moves the clock to a moment and tells the loop.
  func advance(toMillis due: Int64) {
    clock.advance(millis: due - Timestamp(clock.now()).millis)
    loop.clockMoved()
  }

  func waitForRecords(_ count: Int) async -> [DeliveryQueue.Fate] {
    var fates: [DeliveryQueue.Fate] = []
    for await action in settled {
      if case .record(_, _, let fate) = action { fates.append(fate) }
      if fates.count == count { break }
    }
    return fates
  }

  func disclosures() async throws -> [Disclosures.Record] {
    try await store.read { try Disclosures.page(subscription: nil, after: 0, limit: 1000, in: $0) }
  }

  func events() async throws -> [Event] {
    try await store.read { [transactions] in
      try transactions.outbox.events(after: 0, limit: 1000, maximumBytes: 1_000_000, in: $0)
    }
  }

  func status(of id: String) async throws -> Subscription.Status? {
    try await store.read { try Subscriptions.find(id, in: $0)?.status }
  }
}

/// A folder that is gone afterwards.
func withFolder<T>(_ body: (URL) async throws -> T) async throws -> T {
  let folder = FileManager.default.temporaryDirectory.appending(path: "notifier-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
