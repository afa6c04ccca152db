import HTTPTypes

/// How much each caller has in hand, and all together: requests, and the bytes of their bodies.
///
/// A caller is a token's subject, or the peer's address until a token was accepted.
final class Shares: Sendable {
  private struct Held {
    var requests = 0
    var bytes = 0
  }
  private struct State {
    var held: [String: Held] = [:]
    var bytes = 0
  }

  private let state = Locked(State())
  private let bytesOfAll: Int
  private let bytesOfOne: Int

  /// - Parameter bytes: the most of all bodies; one caller may have half.
  init(bytes: Int) {
    bytesOfAll = bytes
    bytesOfOne = bytes / 2
  }

  /// Takes one of a caller's places; `nil` when all are taken. It is given back with the last reference to it.
  func enter(_ caller: String, atMost limit: Int) -> Ticket? {
    let isIn = state.withLock { state in
      guard state.held[caller, default: Held()].requests < limit else { return false }
      state.held[caller, default: Held()].requests += 1
      return true
    }
    return isIn ? Ticket(shares: self, caller: caller) : nil
  }

  /// How many requests and bytes are in hand.
  var inHand: (requests: Int, bytes: Int) {
    state.withLock { ($0.held.values.reduce(0) { $0 + $1.requests }, $0.bytes) }
  }

  fileprivate func take(_ bytes: Int, for caller: String) throws(Problem) {
    enum Outcome { case taken, callerHasAll, allTaken }
    let outcome: Outcome = state.withLock { state in
      guard state.held[caller, default: Held()].bytes + bytes <= bytesOfOne else { return .callerHasAll }
      guard state.bytes + bytes <= bytesOfAll else { return .allTaken }
      state.held[caller, default: Held()].bytes += bytes
      state.bytes += bytes
      return .taken
    }
    switch outcome {
    case .taken: return
    case .callerHasAll: throw .tooManyOfCaller
    case .allTaken: throw .busy
    }
  }

  fileprivate func give(back bytes: Int, of caller: String, leaving: Bool) {
    state.withLock { state in
      guard var held = state.held[caller] else { return }
      held.bytes -= bytes
      state.bytes -= bytes
      if leaving { held.requests -= 1 }
      state.held[caller] = held.requests == 0 && held.bytes == 0 ? nil : held
    }
  }

  /// A request of a caller in hand. Gives back what it took when it is no longer referred to, so that nothing that ends a
  /// request early can keep it.
  final class Ticket: Sendable {
    private let shares: Shares
    private let caller: String
    private let bytes = Locked(0)

    fileprivate init(shares: Shares, caller: String) {
      self.shares = shares
      self.caller = caller
    }

    deinit { shares.give(back: bytes.withLock { $0 }, of: caller, leaving: true) }

    /// Counts bytes of the body that arrived.
    ///
    /// - Throws: `Problem` 429 when they are more than the caller's share, 503 when all bodies together are too many.
    func add(bytes count: Int) throws(Problem) {
      try shares.take(count, for: caller)
      bytes.withLock { $0 += count }
    }

    /// Gives back what the body took: it was worked on and is gone.
    func releaseBytes() {
      let count = bytes.withLock { bytes in
        defer { bytes = 0 }
        return bytes
      }
      shares.give(back: count, of: caller, leaving: false)
    }
  }
}

/// The places of requests that are handled at once.
final class Places: Sendable {
  private let free: Locked<Int>

  init(_ count: Int) { free = Locked(count) }

  /// Does work in a place.
  ///
  /// - Throws: `Problem` 503 when there is none, else what the work throws.
  func inOne<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    let hasPlace = free.withLock { free in
      guard free > 0 else { return false }
      free -= 1
      return true
    }
    guard hasPlace else { throw Problem.busy }
    defer { free.withLock { $0 += 1 } }
    return try await work()
  }
}

extension Problem {
  /// All places are taken.
  static let busy = Problem("busy", "Too many requests at once", .serviceUnavailable, retryAfterSeconds: 1)
  /// The caller has more in hand than its share.
  static let tooManyOfCaller = Problem(
    "too-many-requests", "Too many requests of this caller at once", .tooManyRequests,
    detail: "Wait for the answers to earlier requests before sending more.", retryAfterSeconds: 1)
}
