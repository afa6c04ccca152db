/// Decides when what a store has on its schedule is run, so that each row runs once: not before its moment, and as soon
/// after it as the program is there.
///
/// A value without clock or store: give it what happened, do what it answers. The rows lie in the store; running one
/// takes it out in the transaction of its effects. So neither a restart nor a clock that jumps runs one twice or leaves
/// one out: after every failure and every run the store is asked again what comes first.
public struct Schedule: Hashable, Sendable {
  /// What happened.
  public enum Input: Hashable, Sendable {
    /// The program has started.
    case started
    /// The earliest moment on the schedule, as the store has it; `nil` when there is none.
    case found(earliestMillis: Int64?)
    /// A transaction has put something on the schedule, or taken something off.
    case changed
    /// What the clock says. Given at every turn, and when an alarm goes off.
    case time(millis: Int64)
    /// What was due has run, or the store has taken it off.
    case ran
    /// The store could not be read or written.
    case failed
  }

  /// What to do.
  public enum Action: Hashable, Sendable {
    /// Ask the store for the earliest moment.
    case find
    /// Run what is due until this moment, no more than a batch, each taken out in the transaction of its effects.
    case run(untilMillis: Int64)
    /// Look at the clock again after this pause, or when the schedule changes.
    case sleep(millis: Int64)
    /// Look at the clock after a pause that grows with the attempt.
    case pause(attempt: Int)
  }

  private enum Phase: Hashable, Sendable { case idle, finding, waiting, running }

  /// The longest sleep, milliseconds: a clock that jumps is noticed after that.
  public let longestSleepMillis: Int64
  /// Failures since something last went right.
  public private(set) var attempt = 0
  private var phase = Phase.idle
  private var earliest: Int64?
  /// Whether the schedule changed while the store was being read or written: what was found may be late.
  private var isStale = false

  public init(longestSleepMillis: Int64 = 30_000) { self.longestSleepMillis = max(1, longestSleepMillis) }

  /// Takes one input and answers what to do, in order.
  public mutating func step(_ input: Input) -> [Action] {
    switch input {
    case .started: return find()
    case .changed:
      guard phase != .finding, phase != .running else {
        isStale = true
        return []
      }
      return find()
    case .found(let earliest):
      guard phase == .finding else { return [] }
      attempt = 0
      guard !isStale else { return find() }
      self.earliest = earliest
      phase = .waiting
      return [.sleep(millis: 0)]
    case .time(let now): return look(at: now)
    case .ran:
      guard phase == .running else { return [] }
      attempt = 0
      return find()
    case .failed:
      guard phase == .finding || phase == .running else { return [] }
      phase = .idle
      attempt += 1
      return [.pause(attempt: attempt)]
    }
  }

  private mutating func look(at now: Int64) -> [Action] {
    switch phase {
    case .idle: return find()
    case .finding, .running: return []
    case .waiting:
      guard let earliest else { return [.sleep(millis: longestSleepMillis)] }
      guard earliest <= now else { return [.sleep(millis: min(earliest - now, longestSleepMillis))] }
      phase = .running
      return [.run(untilMillis: now)]
    }
  }

  private mutating func find() -> [Action] {
    phase = .finding
    isStale = false
    return [.find]
  }
}
