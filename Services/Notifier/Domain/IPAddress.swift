import Foundation

/// An IPv4 or IPv6 address.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// The four bytes, most significant first.
  case v4(UInt32)
  /// The sixteen bytes as two halves, most significant first.
  case v6(UInt64, UInt64)

  /// Reads dotted-decimal IPv4 or any RFC 4291 form of IPv6 without a zone; `nil` for anything else.
  public init?(_ text: String) {
    guard text.utf8.count <= 45 else { return nil }
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self = withUnsafeBytes(of: &four) { .v4(Self.number($0)) }
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      self = withUnsafeBytes(of: &six) { Self.v6(bytes: $0) }
    } else {
      return nil
    }
  }

  /// From the bytes as they travel: 4 or 16 of them, most significant first.
  public init?(bytes: [UInt8]) {
    switch bytes.count {
    case 4: self = bytes.withUnsafeBytes { .v4(Self.number($0)) }
    case 16: self = bytes.withUnsafeBytes { Self.v6(bytes: $0) }
    default: return nil
    }
  }

  private static func v6(bytes: UnsafeRawBufferPointer) -> IPAddress {
    .v6(number(UnsafeRawBufferPointer(rebasing: bytes[..<8])), number(UnsafeRawBufferPointer(rebasing: bytes[8...])))
  }

  private static func number<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Number {
    bytes.reduce(0) { $0 << 8 | Number($1) }
  }

  /// The address in the system's canonical form.
  public var description: String {
    switch self {
    case .v4(let number):
      return (0..<4).map { String(number >> (24 - 8 * UInt32($0)) & 0xFF) }.joined(separator: ".")
    case .v6(let high, let low):
      var address = in6_addr()
      withUnsafeMutableBytes(of: &address) { bytes in
        for index in 0..<8 {
          bytes[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(index)))
          bytes[index + 8] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(index)))
        }
      }
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return "::" }
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
