public import Logging

/// What a person must look at, while it is so: in `/status`, in the metrics, and in the log when it begins and ends. No
/// text holds anything of a person.
public final class Alarms: Sendable {
  /// One of them.
  public struct Alarm: Codable, Hashable, Sendable {
    /// Under which `docs/running.md` says what to do, for example `audit-chain`.
    public let name: String
    /// What it is about.
    public let detail: String

    public init(name: String, detail: String) {
      self.name = name
      self.detail = detail
    }
  }

  private let raised = Locked<[String: String]>([:])
  private let logger: Logger

  public init(logger: Logger) { self.logger = logger }

  /// Says that something is so; said again with the same words it is nothing new.
  public func raise(_ name: String, _ detail: String) {
    let before = raised.withLock { raised in raised.updateValue(detail, forKey: name) }
    guard before != detail else { return }
    logger.critical("alarm", metadata: ["alarm": "\(name)", "detail": "\(detail)"])
  }

  /// Says that it is so no longer.
  public func clear(_ name: String) {
    guard raised.withLock({ $0.removeValue(forKey: name) }) != nil else { return }
    logger.notice("alarm is over", metadata: ["alarm": "\(name)"])
  }

  /// Raises it with the words that there are, and clears it when there are none.
  public func set(_ name: String, _ detail: String?) {
    if let detail { raise(name, detail) } else { clear(name) }
  }

  /// All of them, by name.
  public var active: [Alarm] {
    raised.withLock { $0 }.map { Alarm(name: $0, detail: $1) }.sorted { $0.name < $1.name }
  }
}
