public import Foundation
public import Rulebook

/// Says what time it is; every part takes it from here, so that tests and the demo can say it.
public protocol WallClock: Sendable {
  func now() -> Date
}

extension WallClock {
  /// The civil date in England now.
  public func today() -> Day { CivilTime.day(at: now()) }
}

/// The machine's clock, moved by an offset for demo and tests.
public struct SystemClock: WallClock {
  private let offsetSeconds: Double

  public init(offsetSeconds: Double = 0) { self.offsetSeconds = offsetSeconds }

  public func now() -> Date { Date(timeIntervalSinceNow: offsetSeconds) }
}

/// A clock that stands until it is moved.
public final class ManualClock: WallClock {
  private let moment: Locked<Date>

  public init(_ moment: Date) { self.moment = Locked(moment) }

  public func now() -> Date { moment.withLock { $0 } }

  /// Moves the clock, backwards too.
  public func set(_ moment: Date) { self.moment.withLock { $0 = moment } }
}
