public import Contracts

/// Decides which message goes to which receiver when. One queue a receiver, in order, one message in flight; a dead
/// receiver delays nobody.
///
/// A value without clock, socket or store: give it what happened, do what it answers, in order. The store holds the
/// queues; this value knows only each queue's first message, so it is as small after three days of outage as before.
public struct DeliveryQueue: Sendable {
  /// A receiver: a subscription that can get messages.
  public typealias ReceiverID = String
  /// A message's place in its receiver's queue; grows with every message queued.
  public typealias MessageNumber = Int64

  /// The first waiting message of a receiver as the store has it.
  public struct Head: Hashable, Sendable {
    /// Its place in the queue.
    public let message: MessageNumber
    /// How many attempts failed.
    public let failures: Int
    /// Not before this moment, milliseconds since 1970.
    public let dueMillis: Int64

    public init(message: MessageNumber, failures: Int, dueMillis: Int64) {
      self.message = message
      self.failures = failures
      self.dueMillis = dueMillis
    }
  }

  /// What happened.
  public enum Input: Hashable, Sendable {
    /// A receiver may get messages until the moment its agreement ends: at the start, when created, when resumed.
    case opened(ReceiverID, endMillis: Int64)
    /// A person suspended or deleted the subscription.
    case closed(ReceiverID)
    /// The store has new messages for it.
    case queued(ReceiverID)
    /// The answer to ``Action/load(_:)``; `nil` when the queue is empty.
    case loaded(ReceiverID, Head?)
    /// The attempt ended.
    case finished(ReceiverID, Outcome)
    /// Time passed.
    case tick
  }

  /// What to do.
  public enum Action: Hashable, Sendable {
    /// Read the receiver's first waiting message from the store.
    case load(ReceiverID)
    /// Send it and report how it ended.
    case send(ReceiverID, MessageNumber, failures: Int)
    /// Keep what became of the message, in the store, before the next action.
    case record(ReceiverID, MessageNumber, Fate)
    /// Suspend the subscription; its messages wait.
    case suspend(ReceiverID, ReceiverDisabled.Reason)
  }

  /// What became of a message.
  public enum Fate: Hashable, Sendable {
    case delivered
    /// It waits for its next attempt.
    case waiting(failures: Int, dueMillis: Int64)
    /// It is given up; only a replay sends it again.
    case abandoned
    /// It is not sent.
    case withheld(Decision.Reason)
  }

  private enum State: Hashable, Sendable {
    /// Nothing waits.
    case idle
    /// The store was asked; `again` when something was queued meanwhile.
    case loading(again: Bool)
    /// The first message waits for its time.
    case waiting(Head)
    /// The first message waits for a place.
    case ready(Head)
    case inFlight(Head)
  }

  private struct Receiver: Hashable, Sendable {
    var state: State
    var endMillis: Int64
    /// Closed while in flight: the answer is still recorded, nothing follows.
    var isClosing = false
  }

  private let schedule: RetrySchedule
  private let seed: UInt64
  /// The most messages in flight at once.
  public let places: Int
  private var receivers: [ReceiverID: Receiver] = [:]
  private var readyFirst: [ReceiverID] = []
  private var readyAgain: [ReceiverID] = []
  /// How many messages are in flight.
  public private(set) var inFlight = 0
  private var retryingInFlight = 0

  /// - Parameters:
  ///   - places: the most messages in flight at once, at least 2. Receivers that failed share half of them, so that
  ///     those that time out leave room for the others.
  ///   - seed: for the jitter of retries.
  public init(schedule: RetrySchedule, places: Int, seed: UInt64) {
    self.schedule = schedule
    self.places = max(2, places)
    self.seed = seed
  }

  /// The next moment at which ``Input/tick`` has something to do, milliseconds since 1970.
  public var nextWakeMillis: Int64? {
    receivers.values.compactMap { receiver in
      switch receiver.state {
      case .waiting(let head): min(head.dueMillis, receiver.endMillis)
      case .inFlight: nil
      case .idle, .loading, .ready: receiver.endMillis
      }
    }.min()
  }

  /// Takes one input at a moment and answers what to do, in order.
  public mutating func step(_ input: Input, nowMillis now: Int64) -> [Action] {
    switch input {
    case .opened(let id, let end): opened(id, end)
    case .closed(let id): close(id)
    case .queued(let id): queued(id)
    case .loaded(let id, let head): loaded(id, head, now)
    case .finished(let id, let outcome): finished(id, outcome, now)
    case .tick: tick(now)
    }
  }

  private mutating func opened(_ id: ReceiverID, _ end: Int64) -> [Action] {
    if receivers[id] != nil {
      receivers[id]?.endMillis = end
      receivers[id]?.isClosing = false
      return []
    }
    receivers[id] = Receiver(state: .loading(again: false), endMillis: end)
    return [.load(id)]
  }

  private mutating func close(_ id: ReceiverID) -> [Action] {
    if case .inFlight = receivers[id]?.state {
      receivers[id]?.isClosing = true
      return []
    }
    receivers[id] = nil
    return []
  }

  private mutating func queued(_ id: ReceiverID) -> [Action] {
    switch receivers[id]?.state {
    case .idle:
      receivers[id]?.state = .loading(again: false)
      return [.load(id)]
    case .loading:
      receivers[id]?.state = .loading(again: true)
      return []
    default: return []
    }
  }

  private mutating func loaded(_ id: ReceiverID, _ head: Head?, _ now: Int64) -> [Action] {
    guard case .loading(let again) = receivers[id]?.state else { return [] }
    guard let head else {
      receivers[id]?.state = again ? .loading(again: false) : .idle
      return again ? [.load(id)] : []
    }
    receivers[id]?.state = .waiting(head)
    return makeReady(id, now) + startReady(now)
  }

  private mutating func tick(_ now: Int64) -> [Action] {
    var actions: [Action] = []
    for id in receivers.keys.sorted() { actions += makeReady(id, now) }
    return actions + startReady(now)
  }

  /// Moves a receiver whose time has come to the ready ones, or ends it with its agreement.
  private mutating func makeReady(_ id: ReceiverID, _ now: Int64) -> [Action] {
    guard let receiver = receivers[id] else { return [] }
    if case .inFlight = receiver.state { return [] }
    if now >= receiver.endMillis {
      receivers[id] = nil
      return [.suspend(id, .agreementExpired)]
    }
    guard case .waiting(let head) = receiver.state, head.dueMillis <= now else { return [] }
    receivers[id]?.state = .ready(head)
    if head.failures == 0 { readyFirst.append(id) } else { readyAgain.append(id) }
    return []
  }

  private mutating func startReady(_ now: Int64) -> [Action] {
    var actions: [Action] = []
    while inFlight < places, let id = nextReady() {
      guard case .ready(let head) = receivers[id]?.state else { continue }
      receivers[id]?.state = .inFlight(head)
      inFlight += 1
      if head.failures > 0 { retryingInFlight += 1 }
      actions.append(.send(id, head.message, failures: head.failures))
    }
    return actions
  }

  /// Those that never failed come first; those that failed share half of the places.
  private mutating func nextReady() -> ReceiverID? {
    if !readyFirst.isEmpty { return readyFirst.removeFirst() }
    guard !readyAgain.isEmpty, retryingInFlight < places / 2 else { return nil }
    return readyAgain.removeFirst()
  }

  private mutating func finished(_ id: ReceiverID, _ outcome: Outcome, _ now: Int64) -> [Action] {
    guard let receiver = receivers[id], case .inFlight(let head) = receiver.state else { return [] }
    inFlight -= 1
    if head.failures > 0 { retryingInFlight -= 1 }
    var actions = settle(id, head, outcome, now)
    if receiver.isClosing { receivers[id] = nil }
    if receivers[id] == nil { actions.removeAll { $0 == .load(id) } }
    actions += makeReady(id, now)
    return actions + startReady(now)
  }

  private mutating func settle(_ id: ReceiverID, _ head: Head, _ outcome: Outcome, _ now: Int64) -> [Action] {
    switch outcome {
    case .accepted: return next(id, head, .delivered)
    case .withheld(let reason): return next(id, head, .withheld(reason))
    case .gone:
      receivers[id] = nil
      let due = Fate.waiting(failures: 0, dueMillis: now)
      return [.record(id, head.message, due), .suspend(id, .gone)]
    case .failed(_, let retryAfter):
      let failures = head.failures + 1
      let jitterSeed = seed &+ UInt64(bitPattern: head.message) &* 31
      guard
        let pause = schedule.pauseMillis(afterFailures: failures, retryAfterMillis: retryAfter, seed: jitterSeed)
      else {
        receivers[id] = nil
        return [.record(id, head.message, .abandoned), .suspend(id, .exhausted)]
      }
      let due = now + pause
      receivers[id]?.state = .waiting(Head(message: head.message, failures: failures, dueMillis: due))
      return [.record(id, head.message, .waiting(failures: failures, dueMillis: due))]
    }
  }

  private mutating func next(_ id: ReceiverID, _ head: Head, _ fate: Fate) -> [Action] {
    receivers[id]?.state = .loading(again: false)
    return [.record(id, head.message, fate), .load(id)]
  }
}
