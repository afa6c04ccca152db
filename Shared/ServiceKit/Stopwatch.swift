/// Time that has passed since some moment. It never goes back, whatever happens to the clock on the wall.
public struct Stopwatch: Sendable {
  /// The time since the moment.
  public let elapsed: @Sendable () -> Duration

  public init(_ elapsed: @escaping @Sendable () -> Duration) { self.elapsed = elapsed }

  /// The machine's own, which also runs while the machine sleeps.
  public static func machine() -> Stopwatch {
    let began = ContinuousClock.now
    return Stopwatch { began.duration(to: .now) }
  }
}
