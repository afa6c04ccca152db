import NotifierDomain
import Testing

/// Where a webhook may not go, whatever a name resolves to.
@Suite struct AddressGuardTests {
  static let table: [(String, AddressGuard.Class)] = [
    ("8.8.8.8", .public), ("1.1.1.1", .public), ("93.184.216.34", .public), ("9.255.255.255", .public),
    ("11.0.0.0", .public), ("100.63.255.255", .public), ("100.128.0.0", .public), ("172.15.255.255", .public),
    ("172.32.0.0", .public), ("192.167.255.255", .public), ("192.169.0.0", .public), ("223.255.255.255", .public),
    ("0.0.0.0", .unspecified), ("0.1.2.3", .reserved), ("10.0.0.1", .private), ("10.255.255.255", .private),
    ("100.64.0.0", .carrierGradeNAT), ("100.127.255.255", .carrierGradeNAT), ("127.0.0.1", .loopback),
    ("127.255.255.254", .loopback), ("169.254.169.254", .linkLocal), ("172.16.0.1", .private),
    ("172.31.255.255", .private), ("192.0.0.8", .reserved), ("192.0.2.1", .documentation),
    ("192.88.99.1", .reserved), ("192.168.1.1", .private), ("198.18.0.1", .benchmarking),
    ("198.19.255.255", .benchmarking), ("198.51.100.7", .documentation), ("203.0.113.9", .documentation),
    ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("240.0.0.1", .reserved),
    ("255.255.255.255", .broadcast),
    ("2606:4700:4700::1111", .public), ("2a00:1450:4009:81f::200e", .public), ("2001:4860:4860::8888", .public),
    ("::", .unspecified), ("::1", .loopback), ("fc00::1", .private), ("fdff:ffff::1", .private),
    ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .private), ("ff02::1", .multicast),
    ("100::1", .reserved), ("2001:db8::1", .documentation), ("3fff::1", .documentation),
    ("2001:2::1", .benchmarking), ("2001:10::1", .reserved), ("4000::1", .reserved), ("1::1", .reserved),
    ("::ffff:8.8.8.8", .public), ("::ffff:127.0.0.1", .loopback), ("::ffff:10.0.0.1", .private),
    ("::ffff:169.254.169.254", .linkLocal), ("::10.0.0.1", .private), ("::8.8.8.8", .reserved),
    ("::ffff:0:10.0.0.1", .private), ("::ffff:0:8.8.8.8", .reserved),
    ("64:ff9b::8.8.8.8", .public), ("64:ff9b::192.168.0.1", .private), ("64:ff9b::127.0.0.1", .loopback),
    ("64:ff9b:1::1", .private),
    ("2002:0808:0808::1", .public), ("2002:7f00:1::1", .loopback), ("2002:a9fe:a9fe::", .linkLocal),
    ("2002:c0a8:101::1", .private),
    // Teredo: server 65.54.227.120, then a client hidden by inversion: 192.0.2.45 and 8.8.8.8.
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", .documentation), ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", .public),
    ("2001:0:a00:1:8000:63bf:f7f7:f7f7", .private),
    ("2a00::5efe:192.168.0.1", .private), ("2a00::200:5efe:10.0.0.1", .private), ("fe80::5efe:8.8.8.8", .linkLocal),
  ]

  @Test(arguments: table.indices)
  func anAddressIsClassified(index: Int) throws {
    let (text, expected) = Self.table[index]
    let address = try #require(IPAddress(text))
    #expect(AddressGuard.classify(address) == expected)
    #expect(AddressGuard.permits(address, allowsLoopback: false) == (expected == .public))
    #expect(AddressGuard.permits(address, allowsLoopback: true) == (expected == .public || expected == .loopback))
    #expect(IPAddress(address.description) == address)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0x7f.1", "017700000001", "2130706433", "::g", "fe80::1%eth0", "[::1]",
    "localhost", "1.2.3.4 ",
  ])
  func onlyStrictFormsAreAddresses(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func bytesAndTextAgree() throws {
    #expect(IPAddress(bytes: [10, 0, 0, 1]) == IPAddress("10.0.0.1"))
    #expect(IPAddress(bytes: Array(repeating: 0, count: 15) + [1]) == IPAddress("::1"))
    #expect(IPAddress(bytes: [1, 2, 3]) == nil)
  }
}
