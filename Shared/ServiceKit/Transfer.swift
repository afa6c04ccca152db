/// Bytes on their way between a caller and the program: how many, since when, and whether they are too slow.
struct Transfer: Sendable {
  /// What a transfer must keep to.
  struct Pace: Sendable {
    /// The longest that all of it may take.
    let deadline: Duration
    /// The least bytes a second, in every window.
    let leastRate: Int
    let window: Duration
  }

  private let pace: Pace
  private let begun: Duration
  private var windowBegun: Duration
  private var windowBytes = 0

  init(_ pace: Pace, at now: Duration) {
    self.pace = pace
    begun = now
    windowBegun = now
  }

  mutating func moved(_ bytes: Int) { windowBytes += bytes }

  /// Whether it is over its time, or a window has passed with too few bytes.
  ///
  /// - Parameter waitsForCaller: whether it is the caller that nothing comes from. A window in which we were not ready
  ///   counts for nothing.
  mutating func isTooSlow(at now: Duration, waitsForCaller: Bool) -> Bool {
    if now - begun >= pace.deadline { return true }
    guard now - windowBegun >= pace.window else { return false }
    let isSlow = waitsForCaller && windowBytes < Int(pace.window.components.seconds) * pace.leastRate
    windowBegun = now
    windowBytes = 0
    return isSlow
  }
}
