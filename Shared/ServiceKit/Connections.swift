import Foundation
import NIOCore

/// The open connections. When there are too many, one that waits for a request is closed, so that a caller who opens many
/// and sends nothing keeps nobody out.
final class Connections: Sendable {
  private struct Entry {
    let close: @Sendable () -> Void
    let peer: String
    var idleSince: Duration?
  }
  private struct State {
    var entries: [Int: Entry] = [:]
    var last = 0
  }

  private let limit: Int
  private let stopwatch: Stopwatch
  private let state = Locked(State())

  init(limit: Int, stopwatch: Stopwatch) {
    self.limit = limit
    self.stopwatch = stopwatch
  }

  /// How many there are.
  var count: Int { state.withLock { $0.entries.count } }

  /// Counts a new connection; another is closed where there are too many.
  ///
  /// - Returns: its number; `nil` when all others have a request in hand, so that this one must go.
  func opened(by peer: String, close: @escaping @Sendable () -> Void) -> Int? {
    let (number, victim) = state.withLock { state -> (Int?, Entry?) in
      var victim: Entry?
      if state.entries.count >= limit {
        guard let chosen = Self.victim(state.entries) else { return (nil, nil) }
        victim = state.entries.removeValue(forKey: chosen)
      }
      state.last += 1
      state.entries[state.last] = Entry(close: close, peer: peer, idleSince: stopwatch.elapsed())
      return (state.last, victim)
    }
    victim?.close()
    return number
  }

  /// A request came, or its answer is written.
  func set(_ number: Int, isIdle: Bool) {
    let since = isIdle ? stopwatch.elapsed() : nil
    state.withLock { $0.entries[number]?.idleSince = since }
  }

  func closed(_ number: Int) { state.withLock { $0.entries[number] = nil } }

  /// The one to close: of the peers with the most connections that wait, the one that has waited longest.
  private static func victim(_ entries: [Int: Entry]) -> Int? {
    var counts: [String: Int] = [:]
    for entry in entries.values where entry.idleSince != nil { counts[entry.peer, default: 0] += 1 }
    let most = counts.values.max()
    return entries.filter { $0.value.idleSince != nil && counts[$0.value.peer] == most }
      .min { ($0.value.idleSince ?? .zero, $0.key) < ($1.value.idleSince ?? .zero, $1.key) }?.key
  }
}

/// Who a connection is from, as far as an address says: an IPv4 address, or the first half of an IPv6 address, which is
/// one household's or machine's.
enum Peer {
  static func name(_ address: SocketAddress?) -> String {
    guard let address, let text = address.ipAddress else { return "local" }
    guard case .v6 = address else { return text }
    if text.hasPrefix("::ffff:") { return String(text.dropFirst(7)) }
    let halves = text.split(separator: "%")[0].components(separatedBy: "::")
    let front = halves[0].split(separator: ":").map(String.init)
    let back = halves.count > 1 ? halves[1].split(separator: ":").map(String.init) : []
    let groups = front + Array(repeating: "0", count: max(0, 8 - front.count - back.count)) + back
    return groups.prefix(4).joined(separator: ":")
  }
}
