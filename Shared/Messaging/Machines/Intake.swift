/// Decides what the reader of one topic does with each record, so that every event has exactly one effect.
///
/// The position is kept in the reader's own store and moves in the transaction of the effects. The sequence decides:
/// not above the last is a duplicate, above the next is a gap, and a gap is repaired from the source's feed.
public struct Intake: Hashable, Sendable {
  /// Where a reader is in one topic.
  public struct Position: Hashable, Sendable, Codable {
    /// The offset of the next record to read.
    public var nextOffset: Int64
    /// The sequence of the last event that took effect; 0 before the first.
    public var lastSequence: Int64

    public init(nextOffset: Int64, lastSequence: Int64) {
      self.nextOffset = nextOffset
      self.lastSequence = lastSequence
    }

    /// Before everything.
    public static let start = Position(nextOffset: 0, lastSequence: 0)
  }

  /// What a record turned out to be.
  public enum Arrival: Hashable, Sendable {
    /// An event with its data.
    case event(sequence: Int64)
    /// An event whose data is elsewhere or damaged: the feed has it.
    case withoutData(sequence: Int64)
    /// Not an event at all.
    case unreadable
  }

  /// What happened.
  public enum Input: Hashable, Sendable {
    /// A record, in the order of offsets.
    case record(offset: Int64, Arrival)
    /// One event of a feed page, in order.
    case feedEvent(sequence: Int64)
    /// The page is over; `isLast` when the feed has nothing after it now.
    case feedPageEnded(isLast: Bool)
    /// The feed did not answer.
    case feedUnavailable
    /// The log no longer has the offset, or it is another log: begin again and let the sequence decide.
    case logReplaced
    /// The topic has given nothing for a while. The log may have lost its end, or be another that ends at this offset:
    /// only the feed knows.
    case quiet
  }

  /// What to do.
  public enum Action: Hashable, Sendable {
    /// Apply the event just given; the effects and this position in one transaction.
    case apply(Position)
    /// Nothing to apply; the position may be kept with the next transaction.
    case skip(Position)
    /// Ask the feed for the events after this sequence, then give the same record again.
    case fetchFeed(after: Int64)
    /// The repair is done: give the same record again.
    case resume
    /// Read the topic from this offset.
    case consume(from: Int64)
    /// Something that a person should know of.
    case alarm(Alarm)
  }

  /// What a person should know of.
  public enum Alarm: Hashable, Sendable {
    /// A record is not an event.
    case unreadable(offset: Int64)
    /// The feed does not have what the log lost. The reader waits.
    case feedIncomplete(after: Int64)
  }

  /// The position after everything that was answered with apply or skip.
  public private(set) var position: Position
  /// How far the feed must be followed; `nil` when the topic is followed. `Int64.max` means to the feed's end.
  private var repairThrough: Int64?
  /// Whether the feed was only asked because the topic is quiet: without an answer the topic is followed all the same.
  private var isOnlyLooking = false
  /// The offset of an unreadable record for which the feed was already asked: it may have been an event once.
  private var unreadableSeen: Int64?

  public init(_ position: Position) { self.position = position }

  /// Whether a gap is being repaired.
  public var isRepairing: Bool { repairThrough != nil }

  /// Takes one input and answers what to do, in order.
  public mutating func step(_ input: Input) -> [Action] {
    switch input {
    case .record(let offset, let arrival): received(offset, arrival)
    case .feedEvent(let sequence): receivedFromFeed(sequence)
    case .feedPageEnded(let isLast): pageEnded(isLast)
    case .feedUnavailable: feedWasSilent()
    case .logReplaced: restart()
    case .quiet: lookAtFeed()
    }
  }

  private mutating func received(_ offset: Int64, _ arrival: Arrival) -> [Action] {
    guard repairThrough == nil, offset >= position.nextOffset else { return [] }
    switch arrival {
    case .event(let sequence) where sequence == position.lastSequence + 1:
      position = Position(nextOffset: offset + 1, lastSequence: sequence)
      return [.apply(position)]
    case .event(let sequence) where sequence > position.lastSequence:
      return repair(through: sequence - 1)
    case .withoutData(let sequence) where sequence > position.lastSequence:
      return repair(through: sequence)
    case .event, .withoutData:
      position.nextOffset = offset + 1
      return [.skip(position)]
    case .unreadable:
      if unreadableSeen != offset {
        unreadableSeen = offset
        return [.alarm(.unreadable(offset: offset))] + repair(through: .max)
      }
      position.nextOffset = offset + 1
      return [.skip(position)]
    }
  }

  private mutating func lookAtFeed() -> [Action] {
    guard repairThrough == nil else { return [] }
    defer { isOnlyLooking = true }
    return repair(through: .max)
  }

  private mutating func feedWasSilent() -> [Action] {
    guard repairThrough != nil else { return [] }
    guard isOnlyLooking else { return [.fetchFeed(after: position.lastSequence)] }
    repairThrough = nil
    return [.resume]
  }

  private mutating func repair(through sequence: Int64) -> [Action] {
    repairThrough = sequence
    isOnlyLooking = false
    return [.fetchFeed(after: position.lastSequence)]
  }

  private mutating func receivedFromFeed(_ sequence: Int64) -> [Action] {
    guard repairThrough != nil, sequence == position.lastSequence + 1 else { return [] }
    position.lastSequence = sequence
    return [.apply(position)]
  }

  private mutating func pageEnded(_ isLast: Bool) -> [Action] {
    guard let through = repairThrough else { return [] }
    if position.lastSequence >= through || (isLast && through == .max) {
      repairThrough = nil
      return [.resume]
    }
    let next = Action.fetchFeed(after: position.lastSequence)
    return isLast ? [.alarm(.feedIncomplete(after: position.lastSequence)), next] : [next]
  }

  private mutating func restart() -> [Action] {
    repairThrough = nil
    unreadableSeen = nil
    position.nextOffset = 0
    return [.consume(from: 0)]
  }
}
