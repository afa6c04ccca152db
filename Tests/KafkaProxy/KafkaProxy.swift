import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Kafka that misbehaves: a TCP proxy in front of each node of a well-behaved broker, for any Kafka client.
///
/// It reads the frames of both directions, so that it can hold, drop, delay or cut what belongs to one kind of request,
/// and it writes its own ports into the answers that tell clients where the nodes are. It signs clients in itself where it
/// is given users, because an embedded broker does not.
///
/// Sendable because all that changes is under one condition.
public final class KafkaProxy: @unchecked Sendable {
  /// Kinds of requests, by Kafka's numbers.
  public enum Request: Int16, Sendable, Hashable, CaseIterable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case findCoordinator = 10
    case saslHandshake = 17
    case apiVersions = 18
    case initProducerID = 22
    case saslAuthenticate = 36
  }

  /// What is done with requests of a kind.
  public enum Fault: Sendable, Hashable {
    /// They, and all behind them on their connection, wait until the fault is taken back.
    case stall
    /// They are never answered.
    case drop
    /// They go on later, milliseconds.
    case delay(Int)
    /// Their connection is closed.
    case cut
  }

  /// How a node is.
  public enum Condition: Sendable, Hashable {
    case well
    /// A machine that is gone: connections are taken and nothing is ever said.
    case silent
    /// A program that ended: connections are closed, and new ones at once.
    case down
  }

  struct Place: Hashable {
    let node: Int
    let request: Request
  }

  struct Node {
    let listener: Int32
    let port: UInt16
    let upstream: UInt16
  }

  let nodes: [Node]
  let users: [String: String]?
  let change = NSCondition()
  private var faults: [Place: Fault] = [:]
  private var conditions: [Int: Condition] = [:]
  private var seen: [Request: [ContinuousClock.Instant]] = [:]
  private var connections: [Int: [Int32]] = [:]
  private var isClosed = false

  /// How many moments of one kind of request are kept.
  private static let momentsKept = 100_000

  /// - Parameters:
  ///   - servers: `127.0.0.1:port` of each node, separated by commas.
  ///   - users: passwords by user; clients must sign in by PLAIN where it is given.
  public init(to servers: String, users: [String: String]? = nil) throws {
    self.users = users
    nodes = try servers.split(separator: ",").map { address in
      guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw POSIXError(.EINVAL) }
      let (listener, own) = try Sockets.listen()
      return Node(listener: listener, port: own, upstream: port)
    }
    for index in nodes.indices { Thread.detachNewThread { self.serve(index) } }
  }

  deinit { for node in nodes { Glibc.close(node.listener) } }

  /// Where clients find it: every node, separated by commas.
  public var bootstrapServers: String { nodes.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") }

  /// Ends every connection; nothing is answered any more.
  public func close() {
    change.withLock {
      isClosed = true
      for descriptor in connections.values.joined() { shutdown(descriptor, Int32(SHUT_RDWR)) }
      change.broadcast()
    }
    for node in nodes { shutdown(node.listener, Int32(SHUT_RDWR)) }
  }

  /// Has requests of a kind go wrong, at one node or at all; `nil` lets them pass again.
  ///
  /// - Parameter node: from 1 on, as Kafka numbers them.
  public func set(_ fault: Fault?, for request: Request, at node: Int? = nil) {
    change.withLock {
      for index in nodes.indices where node == nil || index + 1 == node {
        faults[Place(node: index, request: request)] = fault
      }
      change.broadcast()
    }
  }

  /// Changes how a node is, or all of them.
  public func set(_ condition: Condition, at node: Int? = nil) {
    change.withLock {
      for index in nodes.indices where node == nil || index + 1 == node {
        conditions[index] = condition
        guard condition == .down else { continue }
        for descriptor in connections[index] ?? [] { shutdown(descriptor, Int32(SHUT_RDWR)) }
      }
      change.broadcast()
    }
  }

  /// When requests of a kind came.
  public func moments(_ request: Request) -> [ContinuousClock.Instant] { change.withLock { seen[request] ?? [] } }

  /// Waits until so many requests of a kind have come.
  ///
  /// - Returns: whether they came in time.
  public func wait(for count: Int, _ request: Request, seconds: Double = 30) async -> Bool {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let deadline = Date(timeIntervalSinceNow: seconds)
        let isReached = self.change.withLock {
          while (self.seen[request]?.count ?? 0) < count {
            if !self.change.wait(until: deadline) { return false }
          }
          return true
        }
        continuation.resume(returning: isReached)
      }
    }
  }

  private func serve(_ index: Int) {
    while case let client = accept(nodes[index].listener, nil, nil), client >= 0 {
      let isWelcome = change.withLock { !isClosed && conditions[index] != .down }
      guard isWelcome, let upstream = try? Sockets.connect(to: nodes[index].upstream) else {
        Glibc.close(client)
        continue
      }
      change.withLock { connections[index, default: []] += [client, upstream] }
      Thread.detachNewThread { Connection(proxy: self, node: index, client: client, upstream: upstream).run() }
    }
  }

  /// Notes that a connection has ended. Its descriptors are closed by it afterwards.
  func ended(_ index: Int, _ descriptors: [Int32]) {
    change.withLock { connections[index]?.removeAll { descriptors.contains($0) } }
  }

  /// Lets a request pass when nothing holds it.
  func admit(_ request: Request, at index: Int) -> Verdict {
    change.withLock {
      seen[request, default: []].append(.now)
      if let count = seen[request]?.count, count > Self.momentsKept { seen[request]?.removeFirst(count / 2) }
      change.broadcast()
      let place = Place(node: index, request: request)
      if case .delay(let millis) = faults[place] {
        let end = Date(timeIntervalSinceNow: Double(millis) / 1_000)
        while !isClosed, change.wait(until: end) {}
      }
      while !isClosed, faults[place] == .stall { change.wait() }
      return isClosed || faults[place] == .cut ? .cut : faults[place] == .drop ? .drop : .pass
    }
  }

  enum Verdict { case pass, drop, cut }

  /// Waits while a node says nothing.
  ///
  /// - Returns: `false` when it does not go on.
  func waitWhileSilent(_ index: Int) -> Bool {
    change.withLock {
      while !isClosed, conditions[index] == .silent { change.wait() }
      return !isClosed && conditions[index] != .down
    }
  }

  /// Writes the proxy's ports into an answer that names the nodes.
  func renamed(_ answer: [UInt8]) -> [UInt8] {
    var answer = answer
    let host = Array("127.0.0.1".utf8)
    for node in nodes {
      let (old, new) = (host + Frame.bytes(UInt32(node.upstream)), Frame.bytes(UInt32(node.port)))
      var start = 0
      while let found = answer[start...].firstRange(of: old) {
        answer.replaceSubrange(found.upperBound - 4..<found.upperBound, with: new)
        start = found.upperBound
      }
    }
    return answer
  }
}

extension NSCondition {
  func withLock<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }
}
