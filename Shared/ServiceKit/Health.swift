/// Whether a program is alive and ready. `live` asks nothing; `ready` asks the parts.
public final class Health: Sendable {
  /// A part's own answer.
  public typealias Check = @Sendable () async -> Bool

  private let checks = Locked<[(name: String, check: Check)]>([])
  private let isStopping = Locked(false)

  public init() {}

  /// Adds a part that must be ready.
  public func require(_ name: String, _ check: @escaping Check) { checks.withLock { $0.append((name, check)) } }

  /// Turns `ready` false for good: the first thing a shutdown does.
  public func beginStopping() { isStopping.withLock { $0 = true } }

  /// The names of the parts that are not ready; empty when all are.
  public func notReady() async -> [String] {
    if isStopping.withLock({ $0 }) { return ["stopping"] }
    var names: [String] = []
    for (name, check) in checks.withLock({ $0 }) where await !check() { names.append(name) }
    return names
  }
}
