/// How long to wait before trying again: doubling from a first pause to a longest one, with jitter.
public struct Backoff: Hashable, Sendable {
  /// The first pause, milliseconds.
  public let firstMillis: Int64
  /// The longest pause, milliseconds.
  public let longestMillis: Int64

  public init(firstMillis: Int64, longestMillis: Int64) {
    self.firstMillis = max(1, firstMillis)
    self.longestMillis = max(self.firstMillis, longestMillis)
  }

  /// The pause before an attempt, from 1 on: between half the doubled pause and the whole of it.
  public func pauseMillis(attempt: Int, using generator: inout some RandomNumberGenerator) -> Int64 {
    let doublings = min(max(0, attempt - 1), 30)
    let (doubled, isTooLong) = firstMillis.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let whole = isTooLong ? longestMillis : min(longestMillis, doubled)
    return Int64.random(in: whole - whole / 2...whole, using: &generator)
  }
}
