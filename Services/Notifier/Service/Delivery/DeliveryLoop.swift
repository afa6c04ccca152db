import Contracts
import Foundation
import GRDB
import Logging
import Messaging
import NotifierDomain
import Rulebook
import ServiceKit
public import ServiceLifecycle
import Store
import Synchronization

/// Delivers what is queued: drives ``DeliveryQueue`` with the store, the clock and real receivers.
public actor DeliveryLoop: Service {
  private enum LoopInput: Sendable {
    /// Some subscriptions have new messages; which ones is in `woken`.
    case woken
    case queue(DeliveryQueue.Input)
    /// Of which run of the loop; `nil` when the attempt could not be made.
    case attempted(run: Int, DeliveryQueue.ReceiverID, Attempt.Result?)
    /// The service shuts down: nothing new is sent, answers on their way are still recorded.
    case stop
    /// The answers on their way took too long.
    case giveUp
  }

  private typealias InFlight = ThrowingDiscardingTaskGroup<any Error>

  let attempt: Attempt
  let schedule: RetrySchedule
  private let places: Int
  let seed: UInt64
  private let firstPauseMillis: Int64
  private let delivers: Bool
  let telemetry: Telemetry
  private let alarms: Alarms
  let logger: Logger
  let observe: @Sendable (DeliveryQueue.Action) -> Void
  private let inputs: AsyncStream<LoopInput>
  private nonisolated let inputsEnd: AsyncStream<LoopInput>.Continuation
  /// Subscriptions with new messages that the loop has not seen yet: at most all of them, however many messages.
  private nonisolated let woken = Mutex<Set<DeliveryQueue.ReceiverID>>([])
  private nonisolated let hasFailed = Mutex(false)
  private var queue: DeliveryQueue
  private var results: [DeliveryQueue.ReceiverID: Attempt.Result] = [:]
  /// Ends the attempt to a receiver that is in flight.
  private var cuts: [DeliveryQueue.ReceiverID: @Sendable () -> Void] = [:]
  /// Grows with every run: what an attempt of an earlier one says comes too late.
  private var runs = 0
  var hasTakenStock = false
  private var timer: Task<Void, Never>?
  private var timerMillis: Int64?
  var lastHousekeeping: Day?
  private var sent = 0
  private var isStopping = false

  /// Between two looks at agreements and replaced keys, at most, milliseconds.
  private static let longestSleepMillis: Int64 = 3_600_000
  /// How long a shutdown waits for answers on their way, milliseconds.
  private static let stopMillis: Int64 = 2_000
  private static let alarm = "delivery"
  /// The longest pause after a failure, milliseconds.
  private static let longestPauseMillis: Int64 = 30_000

  /// - Parameters:
  ///   - delivers: whether anything is sent; otherwise the loop only settles what was begun before the start.
  ///   - firstPauseMillis: how long the loop waits before it goes on after its first failure, milliseconds.
  ///   - observe: called after each action has taken effect.
  init(
    attempt: Attempt, schedule: RetrySchedule, places: Int, seed: UInt64, telemetry: Telemetry, alarms: Alarms,
    logger: Logger, delivers: Bool = true, firstPauseMillis: Int64 = 1_000,
    observe: @escaping @Sendable (DeliveryQueue.Action) -> Void = { _ in }
  ) {
    self.attempt = attempt
    self.schedule = schedule
    self.places = places
    self.seed = seed
    self.firstPauseMillis = firstPauseMillis
    self.delivers = delivers
    self.telemetry = telemetry
    self.alarms = alarms
    self.logger = logger
    self.observe = observe
    queue = DeliveryQueue(schedule: schedule, places: places, seed: seed)
    (inputs, inputsEnd) = AsyncStream.makeStream()
  }

  /// Tells the loop of new messages that are on disk.
  nonisolated func queued(_ subscriptions: Set<DeliveryQueue.ReceiverID>) {
    let isFirst = woken.withLock { woken in
      defer { woken.formUnion(subscriptions) }
      return woken.isEmpty
    }
    if isFirst { inputsEnd.yield(.woken) }
  }

  /// Tells the loop that a subscription is active from now on.
  nonisolated func opened(_ subscription: Subscription) {
    inputsEnd.yield(.queue(.opened(subscription.id, endMillis: subscription.agreement.end.millis)))
  }

  /// Tells the loop that a subscription gets nothing more.
  nonisolated func closed(_ subscription: String) { inputsEnd.yield(.queue(.closed(subscription))) }

  /// Tells the loop to look at its clock, where a clock was moved by hand.
  nonisolated func clockMoved() { inputsEnd.yield(.queue(.tick)) }

  /// Whether deliveries go out, as far as this program is concerned.
  nonisolated var isRunning: Bool { !hasFailed.withLock { $0 } }

  /// Runs until the service shuts down. What is in flight then and not answered soon is sent again after the next
  /// start, under the same id. After a failure it begins anew, so that subscriptions can be read and ended meanwhile.
  ///
  /// - Throws: `StoreError.superseded`: another process owns the store. While the disk is full it waits.
  public func run() async throws {
    let ended: Result<Void, any Error>
    do {
      try await withGracefulShutdownHandler {
        try await keepGoing()
      } onGracefulShutdown: {
        self.inputsEnd.yield(.stop)
      }
      ended = .success(())
    } catch is CancellationError {
      ended = .success(())
    } catch {
      ended = .failure(error)
    }
    timer?.cancel()
    await attempt.client.shutdown()
    // An end in order says nothing about what was in flight. A task of its own: this one may be cancelled.
    await Task { try? await write { try Attempts.forgetAll(in: $0.db) } }.value
    try ended.get()
  }

  private func keepGoing() async throws {
    var pauseMillis = firstPauseMillis
    while !Task.isShuttingDownGracefully {
      let began = ContinuousClock.now
      do {
        if delivers { return try await loop() }
        try await takeStock()
        hasFailed.withLock { $0 = false }
        alarms.raise(Self.alarm, "Delivery is switched off by webhook.delivery. Messages wait.")
        return try await gracefulShutdown()
      } catch let error where !(error is CancellationError) && error as? StoreError != .superseded {
        // A run that went well for a while starts the pauses again.
        if ContinuousClock.now - began > .milliseconds(Self.longestPauseMillis) { pauseMillis = firstPauseMillis }
        hasFailed.withLock { $0 = true }
        alarms.raise(Self.alarm, "Deliveries have stopped and begin anew: \(type(of: error)). Messages wait.")
        try await cancelWhenGracefulShutdown { [pauseMillis] in try await Task.sleep(for: .milliseconds(pauseMillis)) }
        pauseMillis = min(pauseMillis * 2, Self.longestPauseMillis)
      }
    }
  }

  private func loop() async throws {
    runs += 1
    queue = DeliveryQueue(schedule: schedule, places: places, seed: seed)
    (results, cuts, sent, lastHousekeeping, timerMillis) = ([:], [:], 0, nil, nil)
    try await withThrowingDiscardingTaskGroup { group in
      try await takeStock()
      let active = try await read { try Subscriptions.active(in: $0) }
      for id in active.unreadable {
        logger.critical(
          "a subscription in the store cannot be read: nothing is sent", metadata: ["subscription": "\(id)"])
      }
      for subscription in active.subscriptions {
        try await step(.opened(subscription.id, endMillis: subscription.agreement.end.millis), &group)
      }
      try await keepHouse()
      hasFailed.withLock { $0 = false }
      alarms.clear(Self.alarm)
      setTimer()
      for await input in inputs {
        try await take(input, &group)
        if isStopping, sent == 0 {
          group.cancelAll()
          return
        }
        try await keepHouse()
        setTimer()
      }
    }
  }

  private func take(_ input: LoopInput, _ group: inout InFlight) async throws {
    switch input {
    case .woken:
      let subscriptions = woken.withLock { woken in
        defer { woken = [] }
        return woken
      }
      for id in subscriptions.sorted() { try await step(.queued(id), &group) }
    case .queue(let input):
      if input == .tick { timerMillis = nil }
      try await step(input, &group)
    case .stop:
      isStopping = true
      group.addTask { [inputsEnd] in
        try? await Task.sleep(for: .milliseconds(Self.stopMillis))
        inputsEnd.yield(.giveUp)
      }
    case .giveUp: sent = 0
    case .attempted(let run, let id, let result):
      guard run == runs else { return }
      sent -= 1
      cuts[id] = nil
      results[id] = result
      let outcome = result?.outcome ?? .failed(.internalFault, retryAfterMillis: nil)
      telemetry.countAttempt(outcome)
      try await step(.finished(id, outcome), &group)
      results[id] = nil
    }
  }

  private func step(_ input: DeliveryQueue.Input, _ group: inout InFlight) async throws {
    var inputs = [input]
    while !inputs.isEmpty {
      for action in queue.step(inputs.removeFirst(), nowMillis: nowMillis) {
        switch action {
        case .load(let id):
          inputs.append(.loaded(id, try await read { try Messages.head(of: id, in: $0) }))
        case .send(let id, let place, _): send(id, place, &group)
        case .record(let id, let place, let fate): try await record(id, place, fate)
        case .cut(let id): cuts[id]?()
        case .suspend(let id, let reason): try await suspend(id, reason)
        }
        observe(action)
      }
    }
  }

  private func send(_ id: DeliveryQueue.ReceiverID, _ place: Int64, _ group: inout InFlight) {
    guard !isStopping else { return }
    sent += 1
    let work = Task { [attempt] in try await attempt.run(place: place) }
    cuts[id] = { work.cancel() }
    group.addTask { [inputsEnd, logger, runs] in
      var result: Attempt.Result?
      do {
        result = try await withTaskCancellationHandler {
          try await work.value
        } onCancel: {
          work.cancel()
        }
      } catch {
        logger.error("a message cannot be made", metadata: ["subscription": "\(id)", "error": "\(type(of: error))"])
      }
      // An attempt cut off by the shutdown says nothing about the receiver.
      if !Task.isCancelled { inputsEnd.yield(.attempted(run: runs, id, result)) }
    }
  }

  /// Keeps what became of a message, its disclosure, the audit entry and the event, in one transaction.
  private func record(
    _ id: DeliveryQueue.ReceiverID, _ place: Int64, _ fate: DeliveryQueue.Fate
  ) async throws {
    let result = results[id]
    try await write { unit in
      try Messages.settle(place: place, fate, in: unit.db)
      guard let result else { return }
      try Attempts.end(result.stored.id, of: id, in: unit.db)
      try Disclosures.record(.init(result), in: unit)
    }
    if let result, fate != .delivered {
      logger.info(
        "not delivered",
        metadata: [
          "subscription": "\(id)", "message": "\(result.stored.id)", "result": "\(result.outcome)",
          "attempt": "\(result.stored.failures + 1)",
        ])
    }
  }

  private var nowMillis: Int64 { Timestamp(attempt.transactions.clock.now()).millis }

  private func setTimer() {
    let now = nowMillis
    let wake = min(queue.nextWakeMillis ?? .max, now + Self.longestSleepMillis)
    if let timerMillis, timerMillis <= wake, timerMillis > now { return }
    timer?.cancel()
    timerMillis = wake
    timer = Task { [inputsEnd] in
      do {
        try await Task.sleep(for: .milliseconds(max(1, wake - now)))
        inputsEnd.yield(.queue(.tick))
      } catch {
        // Cancelled: another timer was set.
        return
      }
    }
  }
}
