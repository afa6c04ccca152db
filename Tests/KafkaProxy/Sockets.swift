import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Blocking sockets of loopback, and Kafka's frames on them.
enum Sockets {
  /// The largest frame that is passed on, bytes.
  private static let largestFrame: UInt32 = 64_000_000

  static func listen() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = try make()
    var place = address(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && Glibc.listen(descriptor, 64) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    return (descriptor, UInt16(bigEndian: place.sin_port))
  }

  static func connect(to port: UInt16) throws -> Int32 {
    let descriptor = try make()
    var place = address(port)
    let isThere = withUnsafeMutablePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isThere else {
      close(descriptor)
      throw POSIXError(.ECONNREFUSED)
    }
    return descriptor
  }

  private static func make() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    return place
  }

  /// A frame without its length; `nil` when the connection has ended.
  static func readFrame(_ descriptor: Int32) -> [UInt8]? {
    guard let head = read(4, from: descriptor), case let size = Frame.number(head, at: 0, bytes: 4),
      size <= largestFrame
    else { return nil }
    return read(Int(size), from: descriptor)
  }

  private static func read(_ count: Int, from descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let more = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress?.advanced(by: got), count - got, 0) }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { return nil }
      got += more
    }
    return bytes
  }

  static func writeFrame(_ frame: [UInt8], to descriptor: Int32) -> Bool {
    let bytes = Frame.bytes(UInt32(frame.count)) + frame
    var written = 0
    while written < bytes.count {
      let more = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written, Int32(MSG_NOSIGNAL))
      }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { return false }
      written += more
    }
    return true
  }
}
