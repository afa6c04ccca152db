#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Chooses loopback ports that stay free while a program restarts: below those that the system gives to outgoing
/// connections, so that none of these takes it meanwhile.
struct Ports {
  private static let range = 20_000...31_999
  private static let attempts = 1_000

  private var taken: Set<Int> = []

  /// The port wanted, when nobody has it; else another.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` when none is found.
  mutating func next(preferring wanted: Int? = nil) throws -> Int {
    if let wanted, !taken.contains(wanted), Self.isFree(wanted) {
      taken.insert(wanted)
      return wanted
    }
    for _ in 0..<Self.attempts {
      let port = Int.random(in: Self.range)
      if !taken.contains(port), Self.isFree(port) {
        taken.insert(port)
        return port
      }
    }
    throw SuiteError.unexpected(
      "no free port on 127.0.0.1 between \(Self.range.lowerBound) and \(Self.range.upperBound)")
  }

  private static func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
