/// When a message that was not accepted is tried again (Standard Webhooks 1.0.0, "Deliverability and reliability").
public struct RetrySchedule: Hashable, Sendable {
  /// The pause before each attempt, in seconds; the first is before the first attempt.
  public let pausesSeconds: [Int64]
  /// By how many hundredths a pause may be shorter or longer.
  public let jitterPercent: Int64
  /// The longest `Retry-After` that is obeyed, in seconds.
  public let longestRetryAfterSeconds: Int64
  /// Where the numbers come from.
  public let source: String

  public init(pausesSeconds: [Int64], jitterPercent: Int64, longestRetryAfterSeconds: Int64, source: String) {
    precondition(!pausesSeconds.isEmpty && (0..<100).contains(jitterPercent))
    self.pausesSeconds = pausesSeconds
    self.jitterPercent = jitterPercent
    self.longestRetryAfterSeconds = longestRetryAfterSeconds
    self.source = source
  }

  /// The standard's example schedule: ten attempts within 75 hours and 35 minutes.
  public static let standard = RetrySchedule(
    pausesSeconds: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400], jitterPercent: 10,
    longestRetryAfterSeconds: 86_400, source: "Standard Webhooks 1.0.0, Deliverability and reliability")

  /// How long to wait after a number of failed attempts; `nil` when the schedule is exhausted.
  ///
  /// - Parameters:
  ///   - failures: 1 or more.
  ///   - retryAfterMillis: what the receiver asked for; lengthens the pause up to the limit, never shortens it.
  ///   - seed: the same seed gives the same jitter.
  public func pauseMillis(afterFailures failures: Int, retryAfterMillis: Int64?, seed: UInt64) -> Int64? {
    guard failures >= 0, failures < pausesSeconds.count else { return nil }
    let pause = pausesSeconds[failures] * 1000
    let spread = pause * jitterPercent / 100
    let jitter = Int64(Self.mixed(seed &+ UInt64(failures)) % UInt64(2 * spread + 1)) - spread
    return max(pause + jitter, min(max(0, retryAfterMillis ?? 0), longestRetryAfterSeconds * 1000))
  }

  /// SplitMix64's finaliser: spreads neighbouring seeds over all numbers.
  private static func mixed(_ seed: UInt64) -> UInt64 {
    var z = seed &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
