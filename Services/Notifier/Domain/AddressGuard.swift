/// Keeps webhooks away from the authority's own network: judges an address after its name was resolved.
public enum AddressGuard {
  /// What an address is for.
  public enum Class: String, Hashable, Sendable, CaseIterable {
    case `public`, unspecified, loopback, `private`, linkLocal, carrierGradeNAT, multicast, documentation, benchmarking
    case reserved, broadcast
  }

  /// Whether a webhook may be sent to the address.
  ///
  /// - Parameter allowsLoopback: the demo switch.
  public static func permits(_ address: IPAddress, allowsLoopback: Bool) -> Bool {
    switch classify(address) {
    case .public: true
    case .loopback: allowsLoopback
    default: false
    }
  }

  /// The class of an address. An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo,
  /// ISATAP) is public only when both are: a gateway on the way may unpack it.
  public static func classify(_ address: IPAddress) -> Class {
    switch address {
    case .v4(let number): fourRanges.first { $0.contains(number) }?.means ?? .public
    case .v6(let high, let low):
      embedded(high, low).map { classify(.v4($0)) }.first { $0 != .public }
        ?? sixRanges.first { $0.contains(high, low) }?.means ?? .reserved
    }
  }

  /// The IPv4 addresses that an IPv6 address carries.
  private static func embedded(_ high: UInt64, _ low: UInt64) -> [UInt32] {
    let lowest = UInt32(truncatingIfNeeded: low)
    if high == 0, low >> 32 == 0xFFFF || (low >> 32 == 0 && low > 1) { return [lowest] }  // mapped, compatible
    if high == 0, low >> 32 == 0xFFFF_0000 { return [lowest] }  // translated, RFC 2765
    if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return [lowest] }  // NAT64, RFC 6052
    if high >> 48 == 0x2002 { return [UInt32(truncatingIfNeeded: high >> 16)] }  // 6to4, RFC 3056
    if high >> 32 == 0x2001_0000 { return [UInt32(truncatingIfNeeded: high), ~lowest] }  // Teredo, RFC 4380
    if low >> 32 & 0xFDFF_FFFF == 0x0000_5EFE { return [lowest] }  // ISATAP, RFC 5214
    return []
  }

  private struct FourRange {
    let prefix: UInt32, bits: Int
    let means: Class

    init(_ prefix: UInt32, _ bits: Int, _ means: Class) {
      self.prefix = prefix
      self.bits = bits
      self.means = means
    }

    func contains(_ number: UInt32) -> Bool { number >> UInt32(32 - bits) == prefix >> UInt32(32 - bits) }
  }

  private struct SixRange {
    let high: UInt64, low: UInt64
    let bits: Int
    let means: Class

    init(_ high: UInt64, _ low: UInt64 = 0, _ bits: Int, _ means: Class) {
      self.high = high
      self.low = low
      self.bits = bits
      self.means = means
    }

    func contains(_ high: UInt64, _ low: UInt64) -> Bool {
      func equal(_ a: UInt64, _ b: UInt64, _ bits: Int) -> Bool { bits == 0 || (a ^ b) >> UInt64(64 - bits) == 0 }
      return equal(high, self.high, min(bits, 64)) && equal(low, self.low, max(bits - 64, 0))
    }
  }

  /// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates).
  private static let fourRanges: [FourRange] = [
    FourRange(0x0000_0000, 32, .unspecified),  // 0.0.0.0/32
    FourRange(0x0000_0000, 8, .reserved),  // 0.0.0.0/8, this network
    FourRange(0x0A00_0000, 8, .private),  // 10.0.0.0/8
    FourRange(0x6440_0000, 10, .carrierGradeNAT),  // 100.64.0.0/10
    FourRange(0x7F00_0000, 8, .loopback),  // 127.0.0.0/8
    FourRange(0xA9FE_0000, 16, .linkLocal),  // 169.254.0.0/16, cloud metadata among them
    FourRange(0xAC10_0000, 12, .private),  // 172.16.0.0/12
    FourRange(0xC000_0000, 24, .reserved),  // 192.0.0.0/24, protocol assignments
    FourRange(0xC000_0200, 24, .documentation),  // 192.0.2.0/24
    FourRange(0xC01F_C400, 24, .reserved),  // 192.31.196.0/24, AS112
    FourRange(0xC034_C100, 24, .reserved),  // 192.52.193.0/24, AMT
    FourRange(0xC058_6300, 24, .reserved),  // 192.88.99.0/24, 6to4 relay
    FourRange(0xC0A8_0000, 16, .private),  // 192.168.0.0/16
    FourRange(0xC0AF_3000, 24, .reserved),  // 192.175.48.0/24, AS112
    FourRange(0xC612_0000, 15, .benchmarking),  // 198.18.0.0/15
    FourRange(0xC633_6400, 24, .documentation),  // 198.51.100.0/24
    FourRange(0xCB00_7100, 24, .documentation),  // 203.0.113.0/24
    FourRange(0xE000_0000, 4, .multicast),  // 224.0.0.0/4
    FourRange(0xFFFF_FFFF, 32, .broadcast),  // 255.255.255.255/32
    FourRange(0xF000_0000, 4, .reserved),  // 240.0.0.0/4
  ]

  /// IANA IPv6 Special-Purpose Address Registry; what is not in 2000::/3 is not global unicast.
  private static let sixRanges: [SixRange] = [
    SixRange(0, 0, 128, .unspecified),  // ::
    SixRange(0, 1, 128, .loopback),  // ::1
    SixRange(0x0000_0000_0000_0000, 0x0000_FFFF_0000_0000, 96, .public),  // mapped; the IPv4 address was judged
    SixRange(0x0064_FF9B_0000_0000, 0, 96, .public),  // 64:ff9b::/96, NAT64; the IPv4 address was judged
    SixRange(0x0064_FF9B_0001_0000, 0, 48, .private),  // 64:ff9b:1::/48, local NAT64
    SixRange(0x0100_0000_0000_0000, 0, 64, .reserved),  // 100::/64, discard
    SixRange(0xFC00_0000_0000_0000, 0, 7, .private),  // fc00::/7, unique local
    SixRange(0xFE80_0000_0000_0000, 0, 10, .linkLocal),  // fe80::/10
    SixRange(0xFEC0_0000_0000_0000, 0, 10, .private),  // fec0::/10, site local, deprecated
    SixRange(0xFF00_0000_0000_0000, 0, 8, .multicast),  // ff00::/8
    SixRange(0x2001_0000_0000_0000, 0, 32, .public),  // 2001::/32, Teredo; both IPv4 addresses were judged
    SixRange(0x2001_0002_0000_0000, 0, 48, .benchmarking),  // 2001:2::/48
    SixRange(0x2001_0DB8_0000_0000, 0, 32, .documentation),  // 2001:db8::/32
    SixRange(0x2001_0000_0000_0000, 0, 23, .reserved),  // 2001::/23, protocol assignments
    SixRange(0x3FFF_0000_0000_0000, 0, 20, .documentation),  // 3fff::/20
    SixRange(0x2000_0000_0000_0000, 0, 3, .public),  // 2000::/3
  ]
}
