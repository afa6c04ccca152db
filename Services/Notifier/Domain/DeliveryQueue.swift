import Contracts

/// Decides which message goes to which receiver when. One queue a receiver, in order, one message in flight; neither a
/// dead receiver nor one that drips its answers delays anybody else.
///
/// Receivers that answered promptly the last time come first, then those that are not known yet, then those that failed
/// or were slow. The slow share half of the places, and an eighth is kept for the prompt. An attempt that takes longer
/// than ``slowMillis`` counts as slow from then on; when the slow hold more than their half and others wait for a place,
/// the one that has taken longest is ended.
///
/// A value without clock, socket or store: give it what happened, do what it answers, in order. The store holds the
/// queues; this value knows only each queue's first message, so it is as small after three days of outage as before.
public struct DeliveryQueue: Sendable {
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

  /// How a receiver's messages share the places with others', best first.
  private enum Rank: Int, CaseIterable { case prompt, unknown, slow, suspect }

  private struct Receiver: Hashable, Sendable {
    var state: State
    var endMillis: Int64
    /// Closed while in flight: the answer is still recorded, nothing follows.
    var isClosing = false
    /// Whether it answered promptly the last time; `nil` when it was not asked since the start.
    var isPrompt: Bool?
  }

  private struct Flight: Hashable, Sendable {
    let rank: Rank
    let sinceMillis: Int64
    var isCut = false

    var slowFromMillis: Int64 { sinceMillis + DeliveryQueue.slowMillis }
    func isSlow(_ now: Int64) -> Bool { rank == .slow || rank == .suspect || now >= slowFromMillis }
  }

  private let schedule: RetrySchedule
  private let seed: UInt64
  /// The most messages in flight at once.
  public let places: Int
  private var receivers: [ReceiverID: Receiver] = [:]
  /// Those whose time has come, by rank, the longest waiting first.
  private var ready: [Rank: [ReceiverID]] = [:]
  private var flights: [ReceiverID: Flight] = [:]
  private var lastStepMillis: Int64 = .min
  /// How many messages are in flight.
  public var inFlight: Int { flights.count }

  /// From when on an attempt counts as slow, milliseconds.
  public static let slowMillis: Int64 = 1_000

  /// - Parameters:
  ///   - places: the most messages in flight at once, at least 2.
  ///   - seed: for the jitter of retries.
  public init(schedule: RetrySchedule, places: Int, seed: UInt64) {
    self.schedule = schedule
    self.places = max(2, places)
    self.seed = seed
  }

  /// The next moment at which ``Input/tick`` has something to do, milliseconds since 1970.
  public var nextWakeMillis: Int64? {
    let receiver = receivers.values.compactMap { receiver in
      switch receiver.state {
      case .waiting(let head): min(head.dueMillis, receiver.endMillis)
      case .inFlight: nil
      case .idle, .loading, .ready: receiver.endMillis
      }
    }.min()
    // Somebody waits for a place: look again when the next attempt becomes slow.
    let slow = waitingForPlace == 0 ? nil : flights.values.map(\.slowFromMillis).filter { $0 > lastStepMillis }.min()
    return [receiver, slow].compactMap { $0 }.min()
  }

  /// How many receivers that are not known to be slow wait for a place.
  private var waitingForPlace: Int { (ready[.prompt]?.count ?? 0) + (ready[.unknown]?.count ?? 0) }

  /// Takes one input at a moment and answers what to do, in order.
  public mutating func step(_ input: Input, nowMillis now: Int64) -> [Action] {
    lastStepMillis = now
    return switch input {
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
    forget(id)
    return []
  }

  private mutating func forget(_ id: ReceiverID) {
    receivers[id] = nil
    for rank in Rank.allCases { ready[rank]?.removeAll { $0 == id } }
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
      forget(id)
      return [.suspend(id, .agreementExpired)]
    }
    guard case .waiting(let head) = receiver.state, head.dueMillis <= now else { return [] }
    receivers[id]?.state = .ready(head)
    ready[Self.rank(receiver, head), default: []].append(id)
    return []
  }

  private static func rank(_ receiver: Receiver, _ head: Head) -> Rank {
    if head.isSuspect { return .suspect }
    if head.failures > 0 || receiver.isPrompt == false { return .slow }
    return receiver.isPrompt == true ? .prompt : .unknown
  }

  private mutating func startReady(_ now: Int64) -> [Action] {
    var actions: [Action] = []
    while let rank = nextRank(now), let id = ready[rank]?.removeFirst() {
      guard case .ready(let head) = receivers[id]?.state else { continue }
      receivers[id]?.state = .inFlight(head)
      flights[id] = Flight(rank: rank, sinceMillis: now)
      actions.append(.send(id, head.message, failures: head.failures))
    }
    return actions + cutSlowest(now)
  }

  /// From which of the ready to take the next; `nil` when none may start.
  private func nextRank(_ now: Int64) -> Rank? {
    guard flights.count < places else { return nil }
    let slow = flights.values.count { $0.isSlow(now) }
    let others = flights.values.count { $0.rank != .prompt || $0.isSlow(now) }
    let hasSuspect = flights.values.contains { $0.rank == .suspect }
    // However busy the prompt are, the others get a few places, and the other way round.
    let order: [Rank] =
      others < max(1, places / 8) ? [.unknown, .suspect, .slow, .prompt] : [.prompt, .unknown, .suspect, .slow]
    return order.first { rank in
      guard ready[rank]?.isEmpty == false else { return false }
      return switch rank {
      case .prompt: true
      case .unknown: others < places - places / 8
      case .slow: slow < max(1, places / 2)
      case .suspect: slow < max(1, places / 2) && !hasSuspect
      }
    }
  }

  /// Ends the longest attempts while the slow hold more than their half and others wait.
  private mutating func cutSlowest(_ now: Int64) -> [Action] {
    var actions: [Action] = []
    var wanted = waitingForPlace - flights.values.count(where: \.isCut)
    var tooMany = flights.values.count { $0.isSlow(now) && !$0.isCut } - places / 2
    while wanted > 0, tooMany > 0 {
      let oldest = flights.filter { !$0.value.isCut && now >= $0.value.slowFromMillis }
        .min { ($0.value.sinceMillis, $0.key) < ($1.value.sinceMillis, $1.key) }
      guard let oldest else { break }
      flights[oldest.key]?.isCut = true
      actions.append(.cut(oldest.key))
      wanted -= 1
      tooMany -= 1
    }
    return actions
  }

  private mutating func finished(_ id: ReceiverID, _ outcome: Outcome, _ now: Int64) -> [Action] {
    guard let receiver = receivers[id], case .inFlight(let head) = receiver.state,
      let flight = flights.removeValue(forKey: id)
    else { return [] }
    receivers[id]?.isPrompt = now < flight.slowFromMillis
    var actions = settle(id, head, outcome, now)
    if receiver.isClosing { forget(id) }
    if receivers[id] == nil { actions.removeAll { $0 == .load(id) } }
    actions += makeReady(id, now)
    return actions + startReady(now)
  }

  private mutating func settle(_ id: ReceiverID, _ head: Head, _ outcome: Outcome, _ now: Int64) -> [Action] {
    switch outcome {
    case .accepted: return next(id, head, .delivered)
    case .withheld(let reason): return next(id, head, .withheld(reason))
    case .gone:
      forget(id)
      let due = Fate.waiting(failures: 0, dueMillis: now)
      return [.record(id, head.message, due), .suspend(id, .gone)]
    case .failed(_, let retryAfter):
      let failures = head.failures + 1
      let jitterSeed = seed &+ UInt64(bitPattern: head.message) &* 31
      guard
        let pause = schedule.pauseMillis(afterFailures: failures, retryAfterMillis: retryAfter, seed: jitterSeed)
      else {
        forget(id)
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
