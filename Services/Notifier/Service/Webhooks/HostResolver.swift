import Foundation
public import NIOPosix
public import NotifierDomain

/// Turns a host name into addresses.
public protocol HostResolver: Sendable {
  /// The addresses of a host in the order of preference; empty when it has none.
  func addresses(of host: String) async -> [IPAddress]
}

/// The system's resolver, on threads of its own because it blocks. A host is looked up once at a time, so that one whose
/// name server does not answer holds one thread, however often it is asked for.
public actor SystemResolver: HostResolver {
  private let threads: NIOThreadPool
  private var running: [String: Task<[IPAddress], Never>] = [:]

  public init(threads: NIOThreadPool) { self.threads = threads }

  public func addresses(of host: String) async -> [IPAddress] {
    if let literal = IPAddress(host) { return [literal] }
    if let task = running[host] { return await task.value }
    let task = Task { [threads] in
      // A pool that has been shut down resolves nothing: the attempt fails and is made again after the next start.
      (try? await threads.runIfActive { Self.lookUp(host) }) ?? []
    }
    running[host] = task
    defer { running[host] = nil }
    return await task.value
  }

  private static func lookUp(_ host: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var found: [IPAddress] = []
    var next = first
    while let entry = next?.pointee {
      if let address = address(entry), !found.contains(address) { found.append(address) }
      next = entry.ai_next
    }
    return found
  }

  private static func address(_ entry: addrinfo) -> IPAddress? {
    guard let pointer = UnsafeRawPointer(entry.ai_addr) else { return nil }
    switch entry.ai_family {
    case AF_INET:
      let address = pointer.load(as: sockaddr_in.self)
      return withUnsafeBytes(of: address.sin_addr) { IPAddress(bytes: Array($0)) }
    case AF_INET6:
      let address = pointer.load(as: sockaddr_in6.self)
      return withUnsafeBytes(of: address.sin6_addr) { IPAddress(bytes: Array($0)) }
    default: return nil
    }
  }
}
