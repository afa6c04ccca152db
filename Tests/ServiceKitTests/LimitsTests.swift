import Foundation
import NIOCore
import Schemas
import Testing

@testable import ServiceKit

/// The parts that limits are made of, each by itself.
@Suite("Limits") struct LimitsTests {
  private static let pace = Transfer.Pace(deadline: .seconds(60), leastRate: 100, window: .seconds(10))

  @Test(
    "a transfer is too slow when a window brings too little or its time is over",
    arguments: [
      // Seconds, bytes that came by then, whether it is the caller's turn; the second at which it is too slow.
      ([(5, 0, true), (10, 999, true)], 10), ([(5, 0, true), (10, 1_000, true)], nil),
      ([(10, 1_000_000, true), (20, 0, true)], 20), ([(9, 0, true)], nil),
      // A window in which we did not read counts for nothing.
      ([(10, 0, false), (20, 0, false), (30, 0, true)], 30),
      (
        [
          (10, 5_000, true), (20, 5_000, true), (30, 5_000, true), (40, 5_000, true), (50, 5_000, true),
          (60, 5_000, true),
        ],
        60
      ),
    ] as [([(Int, Int, Bool)], Int?)])
  func transfers(steps: [(Int, Int, Bool)], expected: Int?) {
    var transfer = Transfer(Self.pace, at: .zero)
    var found: Int?
    for (second, bytes, isCallers) in steps where found == nil {
      transfer.moved(bytes)
      if transfer.isTooSlow(at: .seconds(second), waitsForCaller: isCallers) { found = second }
    }
    #expect(found == expected)
  }

  @Test("a caller has a share of requests, and gives it back however a request ends")
  func shares() {
    let shares = Shares(bytes: 100)
    var first = shares.enter("a", atMost: 2)
    let second = shares.enter("a", atMost: 2)
    #expect(first != nil && second != nil && shares.enter("a", atMost: 2) == nil)
    #expect(shares.enter("b", atMost: 2) != nil)
    #expect(shares.inHand.requests == 2)
    first = nil
    #expect(shares.enter("a", atMost: 2) != nil)
    withExtendedLifetime(second) {}
  }

  @Test("a caller has half of all bytes; all together have no more than all")
  func bytes() throws {
    let shares = Shares(bytes: 100)
    let a = try #require(shares.enter("a", atMost: 9))
    let b = try #require(shares.enter("b", atMost: 9))
    let c = try #require(shares.enter("c", atMost: 9))
    try a.add(bytes: 50)
    #expect(throws: Problem.tooManyOfCaller) { try a.add(bytes: 1) }
    try b.add(bytes: 50)
    #expect(throws: Problem.busy) { try c.add(bytes: 1) }
    #expect(shares.inHand == (3, 100))
    a.releaseBytes()
    try c.add(bytes: 50)
    a.releaseBytes()
    #expect(shares.inHand == (3, 100))
    withExtendedLifetime((a, b, c)) {}
  }

  @Test("all bodies together may always have two of the largest, whatever is configured")
  func bytesOfAll() async throws {
    let service = try await EdgeService(["HTTP_BODIES_LIMIT": "1048576", "HTTP_BODY_LIMIT": "33554432"])
    #expect(service.environment.configuration.edge.bodiesLimitBytes == 2 * 33_554_432)
  }

  @Test("an allowance fills evenly up to a minute's worth")
  func allowance() {
    let time = ManualTime()
    let allowance = Allowance(perMinute: 6, stopwatch: time.stopwatch)
    for _ in 0..<6 { #expect(allowance.take("a") == nil) }
    #expect(allowance.take("a") == 10 && allowance.take("b") == nil)
    time.pass(seconds: 9)
    #expect(allowance.take("a") == 1)
    time.pass(seconds: 1)
    #expect(allowance.take("a") == nil && allowance.take("a") == 10)
    time.pass(seconds: 3_600)
    for _ in 0..<6 { #expect(allowance.take("a") == nil) }
    #expect(allowance.take("a") == 10)
  }

  @Test("many names do not fill the memory, nor free one that is used up")
  func manyNames() {
    let time = ManualTime()
    let allowance = Allowance(perMinute: 2, stopwatch: time.stopwatch)
    for _ in 0..<2 { #expect(allowance.take("a") == nil) }
    for number in 0..<(2 * Allowance.maximumBuckets) { _ = allowance.take("\(number)") }
    #expect(allowance.take("a") == 30)
    // Those for whom there is no room share one.
    #expect(allowance.take("somebody new") != nil)
    time.pass(seconds: 60)
    #expect(allowance.take("somebody new") == nil && allowance.take("a") == nil)
  }

  @Test("for one connection too many, the one that waits longest of the peer with the most is closed")
  func connections() {
    let time = ManualTime()
    let connections = Connections(limit: 4, stopwatch: time.stopwatch)
    let closed = Locked<[String]>([])
    func open(_ name: String, _ peer: String) -> Int? {
      time.pass(seconds: 1)
      return connections.opened(by: peer) { closed.withLock { $0.append(name) } }
    }
    let first = open("a1", "a")
    _ = open("b1", "b")
    let third = open("b2", "b")
    _ = open("b3", "b")
    #expect(closed.withLock { $0 }.isEmpty && connections.count == 4)
    #expect(open("c1", "c") != nil && closed.withLock { $0 } == ["b1"])
    // One connection of each waits: the oldest goes.
    if let third { connections.set(third, isIdle: false) }
    #expect(open("c2", "c") != nil && closed.withLock { $0 } == ["b1", "a1"])
    if let first { connections.closed(first) }
    if let third { connections.closed(third) }
    #expect(open("c3", "c") != nil && closed.withLock { $0 }.count == 2 && connections.count == 4)
  }

  @Test("a connection is refused only when all others have a request in hand")
  func allBusy() {
    let connections = Connections(limit: 2, stopwatch: ManualTime().stopwatch)
    let numbers = (0..<2).compactMap { _ in connections.opened(by: "a") { Issue.record("closed") } }
    for number in numbers { connections.set(number, isIdle: false) }
    #expect(connections.opened(by: "b") {} == nil && connections.count == 2)
  }

  @Test(
    "a peer is an address, of IPv6 its first half",
    arguments: [
      ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
      ("2001:db8::1", "2001:db8:0:0"), ("::1", "0:0:0:0"), ("fe80::1", "fe80:0:0:0"),
    ])
  func peers(address: String, name: String) throws {
    #expect(Peer.name(try SocketAddress(ipAddress: address, port: 1)) == name)
    #expect(Peer.name(nil) == "local")
  }
}
