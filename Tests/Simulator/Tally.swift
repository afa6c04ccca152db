/// What is worth seeing in a run: a simulator that never sees it proves nothing about it.
public enum Sight: Hashable, Sendable, CustomStringConvertible {
  /// A fault struck.
  case struck(Fault)
  /// A way through the machines was taken.
  case seen(Passage)

  /// A way through the machines.
  public enum Passage: Int, CaseIterable, Sendable {
    /// An event was applied from the feed.
    case appliedFromFeed
    /// An event came from the feed that the quiet topic had lost.
    case foundWhenQuiet
    /// A reader found that its offset is gone and began again.
    case logReplaced
    /// A reader dropped what it had already.
    case duplicateDropped
    /// A relay filled an empty or unknown log again.
    case refilled
    /// A relay sent an event without its data.
    case pointerSent
    /// A relay threw its client away.
    case clientReplaced
    /// An instance that had lost the store wrote to the log all the same.
    case staleInstanceAppended
    /// An instance stopped because it had lost the store.
    case staleInstanceStopped
    /// An event was parked behind another.
    case parkedBehind
    /// A parked event was applied later.
    case released
    /// A parked event was given up.
    case discarded
    /// A person's retry failed again.
    case retriedInVain
  }

  static let count = Fault.allCases.count + Passage.allCases.count

  /// All of them.
  public static var all: [Sight] { Fault.allCases.map(struck) + Passage.allCases.map(seen) }

  public var description: String {
    switch self {
    case .struck(let fault): "fault \(fault)"
    case .seen(let passage): "seen \(passage)"
    }
  }

  fileprivate var index: Int {
    switch self {
    case .struck(let fault): fault.rawValue
    case .seen(let passage): Fault.allCases.count + passage.rawValue
    }
  }
}

/// How often each was seen.
public struct Tally: Hashable, Sendable {
  private var counts = Array(repeating: 0, count: Sight.count)

  /// How often it was seen.
  public subscript(_ sight: Sight) -> Int { counts[sight.index] }

  mutating func add(_ sight: Sight) { counts[sight.index] += 1 }

  mutating func add(_ other: Tally) { for index in counts.indices { counts[index] += other.counts[index] } }
}
