import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One client's connection to one node, through the proxy.
///
/// Sendable because what waits for an answer is under a lock, and each direction is read by one thread.
final class Connection: @unchecked Sendable {
  private let proxy: KafkaProxy
  private let node: Int
  private let client, upstream: Int32
  private let lock = NSLock()
  private var waiting: [UInt32: KafkaProxy.Request] = [:]
  private var isSignedIn: Bool

  init(proxy: KafkaProxy, node: Int, client: Int32, upstream: Int32) {
    (self.proxy, self.node, self.client, self.upstream) = (proxy, node, client, upstream)
    isSignedIn = proxy.users == nil
  }

  /// Serves the connection until either side ends it.
  func run() {
    let answers = DispatchGroup()
    answers.enter()
    Thread.detachNewThread {
      self.passAnswers()
      self.shut()
      answers.leave()
    }
    passRequests()
    shut()
    answers.wait()
    proxy.ended(node, [client, upstream])
    for descriptor in [client, upstream] { close(descriptor) }
  }

  private func shut() { for descriptor in [client, upstream] { shutdown(descriptor, Int32(SHUT_RDWR)) } }

  private func passRequests() {
    while var frame = Sockets.readFrame(client), frame.count >= 8 {
      guard proxy.waitWhileSilent(node) else { return }
      let version = Frame.number(frame, at: 2, bytes: 2)
      let correlation = Frame.number(frame, at: 4, bytes: 4)
      if let request = KafkaProxy.Request(rawValue: Int16(truncatingIfNeeded: Frame.number(frame, at: 0, bytes: 2))) {
        switch proxy.admit(request, at: node) {
        case .cut: return
        case .drop: continue
        case .pass: break
        }
        if let users = proxy.users {
          switch signIn(request, version, frame, correlation, users) {
          case .answer(let body):
            guard Sockets.writeFrame(Frame.bytes(correlation) + body, to: client) else { return }
            continue
          case .end: return
          case .pass: break
          }
        }
        lock.withLock { waiting[correlation] = request }
      }
      guard Sockets.writeFrame(frame, to: upstream) else { return }
      frame.removeAll()
    }
  }

  private func passAnswers() {
    while var frame = Sockets.readFrame(upstream), frame.count >= 4 {
      guard proxy.waitWhileSilent(node) else { return }
      let request = lock.withLock { waiting.removeValue(forKey: Frame.number(frame, at: 0, bytes: 4)) }
      if request == .metadata || request == .findCoordinator { frame = proxy.renamed(frame) }
      if request == .apiVersions, proxy.users != nil { frame = Self.withSigningIn(frame) }
      guard Sockets.writeFrame(frame, to: client) else { return }
    }
  }

  private enum Reply {
    case pass, end
    case answer([UInt8])
  }

  /// Kafka's error numbers.
  private enum Code {
    static let unsupportedMechanism: UInt16 = 33
    static let illegalState: UInt16 = 34
    static let unsupportedVersion: UInt16 = 35
    static let authenticationFailed: UInt16 = 58
  }

  /// What a broker that wants clients to sign in answers; only the first version of each request is spoken.
  private func signIn(
    _ request: KafkaProxy.Request, _ version: UInt32, _ frame: [UInt8], _ correlation: UInt32, _ users: [String: String]
  ) -> Reply {
    switch request {
    case .apiVersions:
      return version == 0 ? .pass : .answer(Frame.bytes(Code.unsupportedVersion) + Frame.bytes(UInt32(0)))
    case .saslHandshake:
      let wanted = Frame.lastString(frame)
      let code = wanted == "PLAIN" ? 0 : Code.unsupportedMechanism
      return .answer(Frame.bytes(code) + Frame.bytes(UInt32(1)) + Frame.bytes(UInt16(5)) + Array("PLAIN".utf8))
    case .saslAuthenticate:
      let parts = frame.split(separator: 0, omittingEmptySubsequences: false).suffix(2).map {
        String(decoding: $0, as: UTF8.self)
      }
      isSignedIn = parts.count == 2 && users[parts[0]] == parts[1]
      let text = Array("Authentication failed".utf8)
      return .answer(
        isSignedIn
          ? Frame.bytes(UInt16(0)) + Frame.bytes(UInt16.max) + Frame.bytes(UInt32(0))
          : Frame.bytes(Code.authenticationFailed) + Frame.bytes(UInt16(text.count)) + text + Frame.bytes(UInt32(0)))
    default: return isSignedIn ? .pass : .end
    }
  }

  /// Adds what signing in needs to what the broker says that it knows (version 0).
  private static func withSigningIn(_ frame: [UInt8]) -> [UInt8] {
    let count = Frame.number(frame, at: 6, bytes: 4)
    let more: [UInt16] = [17, 0, 1, 36, 0, 0]
    return Array(frame[..<6]) + Frame.bytes(count + 2) + Array(frame[10...]) + more.flatMap { Frame.bytes($0) }
  }
}

/// Numbers as Kafka writes them: the highest byte first.
enum Frame {
  static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  static func number(_ frame: [UInt8], at place: Int, bytes count: Int) -> UInt32 {
    frame[place..<place + count].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The string that ends a frame.
  static func lastString(_ frame: [UInt8]) -> String? {
    for length in stride(from: min(frame.count - 2, 100), through: 1, by: -1)
    where number(frame, at: frame.count - length - 2, bytes: 2) == UInt32(length) {
      return String(decoding: frame.suffix(length), as: UTF8.self)
    }
    return nil
  }
}
