/// How far a reader is behind the end of its topic, in events and in seconds, from looks at where the topic ends.
///
/// A reader is so many seconds behind as have passed since the topic was first seen to end beyond the reader's place.
public struct Lag: Hashable, Sendable {
  private struct Look: Hashable, Sendable {
    let end: Int64
    let seconds: Double
  }

  /// The most looks that are kept; then every second one goes, but never the oldest.
  static let most = 512

  /// Looks at ends that the reader may not have reached, each end higher than the one before.
  private var looks: [Look] = []
  /// The offset that the topic's next record will get; `nil` before the first look.
  public private(set) var end: Int64?

  public init() {}

  /// A look at the topic.
  ///
  /// - Parameters:
  ///   - end: the offset that the next record will get.
  ///   - next: the offset of the next record that the reader takes.
  ///   - seconds: the time of a clock that does not jump.
  public mutating func look(end: Int64, next: Int64, at seconds: Double) {
    // A log that ends earlier than before is another one.
    if let before = self.end, end < before { looks.removeAll() }
    self.end = end
    looks.removeAll { $0.end <= next }
    if end > next, looks.last?.end != end { looks.append(Look(end: end, seconds: seconds)) }
    guard looks.count > Self.most else { return }
    looks = looks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }

  /// Records that were not read yet; `nil` before the first look.
  public func events(next: Int64) -> Int64? { end.map { max(0, $0 - next) } }

  /// For how long the topic has been seen to end beyond the reader's place, seconds; 0 when it has not.
  public func seconds(next: Int64, now: Double) -> Double {
    looks.first { $0.end > next }.map { max(0, now - $0.seconds) } ?? 0
  }
}
