/// How often something may happen for each of many: a bucket each, which fills evenly up to a minute's worth.
///
/// The number of buckets is limited. When all are in use, those that nobody is known by any more share one.
final class Allowance: Sendable {
  private struct Bucket {
    var left: Double
    var at: Duration
  }

  static let maximumBuckets = 4_096

  private let perMinute: Double
  private let stopwatch: Stopwatch
  private let buckets = Locked<[String: Bucket]>([:])

  init(perMinute: Int, stopwatch: Stopwatch) {
    self.perMinute = Double(perMinute)
    self.stopwatch = stopwatch
  }

  /// Takes one; `nil` when one was left, else the seconds until there is one.
  func take(_ key: String) -> Int? {
    let now = stopwatch.elapsed()
    return buckets.withLock { buckets in
      let name = Self.name(for: key, in: &buckets) { self.left($0, now) >= self.perMinute }
      var bucket = buckets[name] ?? Bucket(left: perMinute, at: now)
      bucket.left = left(bucket, now)
      bucket.at = now
      defer { buckets[name] = bucket }
      guard bucket.left >= 1 else { return max(1, Int(((1 - bucket.left) * 60 / perMinute).rounded(.up))) }
      bucket.left -= 1
      return nil
    }
  }

  private func left(_ bucket: Bucket, _ now: Duration) -> Double {
    let passed = now - bucket.at
    let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
    return min(perMinute, bucket.left + max(0, seconds) * perMinute / 60)
  }

  /// The bucket of a key: its own where there is room, after full ones were thrown away, else that of all others.
  private static func name(for key: String, in buckets: inout [String: Bucket], isFull: (Bucket) -> Bool) -> String {
    guard buckets[key] == nil, buckets.count >= maximumBuckets else { return key }
    buckets = buckets.filter { !isFull($0.value) }
    return buckets.count < maximumBuckets ? key : ""
  }
}
