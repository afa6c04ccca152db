/// Decides what an outbox's sender does next. The log is the truth about what was sent: nothing else is remembered.
///
/// A value without clock, socket or store: give it what happened, do what it answers. The service's loop and the
/// simulator drive the same code.
public struct Relay: Hashable, Sendable {
  /// What happened.
  public enum Input: Hashable, Sendable {
    /// A client is there: at the start, and after every ``Action/replaceClient(attempt:)``.
    case clientReady
    /// The last record of the topic, read from the broker.
    case tail(Tail)
    /// The broker did not answer when asked for the tail or the refill start was not found.
    case tailUnavailable
    /// Where to begin filling an empty or unknown log: the answer to ``Action/findRefillStart``.
    case refillStart(Int64)
    /// The highest sequence committed to the outbox.
    case outboxGrew(through: Int64)
    /// The broker holds this sequence at this offset.
    case acknowledged(sequence: Int64, offset: Int64)
    /// The broker refused this one for its size.
    case tooLarge(sequence: Int64)
    /// A delivery failed, or the client said that it cannot go on.
    case failed
    /// Time to look whether the log still ends where it should.
    case tick
    /// Another process has taken the outbox over.
    case superseded
  }

  /// What to do.
  public enum Action: Hashable, Sendable {
    /// Read the last record of the topic and compare it with the outbox's row of the same sequence.
    case readTail
    /// Find the sequence from which an empty or unknown log is filled: as far back as the setting allows, 1 at the least.
    case findRefillStart
    /// Send these rows in order; those named in `pointers` without their data, pointing at the feed.
    case publish(first: Int64, last: Int64, pointers: Set<Int64>)
    /// Throw the client away with all it has in flight, make another after a pause that grows with the attempt.
    case replaceClient(attempt: Int)
    /// Never publish again: a person must look.
    case stop(StopReason)
  }

  /// How the topic ends.
  public enum Tail: Hashable, Sendable {
    /// There is no record.
    case empty
    /// The last record. `isOurs` is `false` when the outbox has another event under that sequence, or none that high.
    case last(sequence: Int64, offset: Int64, isOurs: Bool)
    /// The last record is no event at all: somebody wrote what does not belong here, or a record was damaged. What lies
    /// before it is not known; readers drop what they have already.
    case unreadable
  }

  /// Why a relay must not go on.
  public enum StopReason: Hashable, Sendable {
    /// The log holds an event that this outbox never wrote: the store is not the one that filled the log.
    case forked(sequence: Int64)
    /// Another process owns the outbox now.
    case superseded
  }

  enum Phase: Hashable, Sendable {
    case waitingForClient, readingTail, findingRefillStart, sending, stopped
  }

  /// The most records in flight.
  public let window: Int
  /// The highest sequence committed to the outbox, as far as is known.
  public private(set) var outboxLast: Int64 = 0
  /// The highest sequence that the log is known to hold, with everything before it.
  public private(set) var acknowledged: Int64 = 0
  /// Failures since the last acknowledgement.
  public private(set) var attempt = 0

  private(set) var phase = Phase.waitingForClient
  private var nextToSend: Int64 = 1
  private var acknowledgedAhead: Set<Int64> = []
  private var pointers: Set<Int64> = []
  /// A sequence and the offset it lies at: while nobody else writes, both grow together. Unknown in an empty log.
  private var anchor: Anchor?

  private struct Anchor: Hashable, Sendable { var sequence, offset: Int64 }

  /// - Parameter window: the most records in flight, at least 1.
  public init(window: Int) { self.window = max(1, window) }

  /// Whether the log holds everything that the outbox has.
  public var isDrained: Bool { phase == .sending && acknowledged == outboxLast }

  /// Whether the relay is where it can publish.
  public var isSending: Bool { phase == .sending }

  /// Takes one input and answers what to do, in order.
  public mutating func step(_ input: Input) -> [Action] {
    if phase == .stopped { return [] }
    switch input {
    case .clientReady:
      phase = .readingTail
      return [.readTail]
    case .tail(let tail): return located(tail)
    case .tailUnavailable: return phase == .readingTail || phase == .findingRefillStart ? replaceClient() : []
    case .refillStart(let first):
      guard phase == .findingRefillStart else { return [] }
      return beginSending(after: max(1, first) - 1, anchor: nil)
    case .outboxGrew(let last):
      outboxLast = max(outboxLast, last)
      return publishMore()
    case .acknowledged(let sequence, let offset): return acknowledge(sequence, offset)
    case .tooLarge(let sequence):
      pointers.insert(sequence)
      return phase == .sending ? replaceClient() : []
    case .failed: return phase == .waitingForClient ? [] : replaceClient()
    case .tick:
      guard phase == .sending, acknowledged == nextToSend - 1 else { return [] }
      phase = .readingTail
      return [.readTail]
    case .superseded: return stop(.superseded)
    }
  }

  private mutating func located(_ tail: Tail) -> [Action] {
    guard phase == .readingTail else { return [] }
    switch tail {
    case .empty, .unreadable:
      guard outboxLast > 0 else { return beginSending(after: 0, anchor: nil) }
      phase = .findingRefillStart
      return [.findRefillStart]
    case .last(let sequence, _, isOurs: false): return stop(.forked(sequence: sequence))
    case .last(let sequence, let offset, isOurs: true):
      outboxLast = max(outboxLast, sequence)
      return beginSending(after: sequence, anchor: Anchor(sequence: sequence, offset: offset))
    }
  }

  private mutating func beginSending(after sequence: Int64, anchor: Anchor?) -> [Action] {
    phase = .sending
    acknowledged = sequence
    nextToSend = sequence + 1
    acknowledgedAhead = []
    self.anchor = anchor
    return publishMore()
  }

  private mutating func publishMore() -> [Action] {
    guard phase == .sending else { return [] }
    let last = min(outboxLast, acknowledged + Int64(window))
    guard last >= nextToSend else { return [] }
    // Half a window at least, unless it is all there is: few large sends instead of one for every acknowledgement.
    guard last == outboxLast || last - nextToSend + 1 >= Int64(window + 1) / 2 else { return [] }
    defer { nextToSend = last + 1 }
    let range = nextToSend...last
    return [.publish(first: nextToSend, last: last, pointers: pointers.filter(range.contains))]
  }

  private mutating func acknowledge(_ sequence: Int64, _ offset: Int64) -> [Action] {
    guard phase == .sending, sequence > acknowledged, sequence < nextToSend else { return [] }
    if let anchor {
      // Somebody else wrote in between: an old client's late records, or a program that must not. Look again.
      guard offset == anchor.offset + (sequence - anchor.sequence) else { return replaceClient() }
    } else {
      anchor = Anchor(sequence: sequence, offset: offset)
    }
    attempt = 0
    acknowledgedAhead.insert(sequence)
    while acknowledgedAhead.remove(acknowledged + 1) != nil {
      acknowledged += 1
      pointers.remove(acknowledged)
    }
    return publishMore()
  }

  private mutating func replaceClient() -> [Action] {
    phase = .waitingForClient
    attempt += 1
    acknowledgedAhead = []
    anchor = nil
    return [.replaceClient(attempt: attempt)]
  }

  private mutating func stop(_ reason: StopReason) -> [Action] {
    phase = .stopped
    return [.stop(reason)]
  }
}
