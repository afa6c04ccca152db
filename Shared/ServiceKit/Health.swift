/// Whether a program is alive and ready. `live` asks nothing; `ready` asks the parts.
public final class Health: Sendable {
  /// A part's own answer.
  public typealias Check = @Sendable () async -> Bool
  /// A part's own answer with the reason; `nil` when it is ready.
  public typealias Reason = @Sendable () async -> String?

  private let checks = Locked<[Reason]>([])
  private let isStopping = Locked(false)

  public init() {}

  /// Adds a part that must be ready.
  public func require(_ name: String, _ check: @escaping Check) {
    requireNo { await check() ? nil : name }
  }

  /// Adds something that keeps the program from being ready, with the reason. It holds nothing of a person.
  public func requireNo(_ reason: @escaping Reason) { checks.withLock { $0.append(reason) } }

  /// Turns `ready` false for good: the first thing a shutdown does.
  public func beginStopping() { isStopping.withLock { $0 = true } }

  /// The names of the parts that are not ready; empty when all are.
  public func notReady() async -> [String] {
    if isStopping.withLock({ $0 }) { return ["stopping"] }
    var names: [String] = []
    for reason in checks.withLock({ $0 }) {
      if let name = await reason() { names.append(name) }
    }
    return names
  }
}
