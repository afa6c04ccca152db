import Contracts
import Foundation
import NIOPosix
import NotifierDomain
import ServiceKit
import TestKit
import Testing

@testable import NotifierService

/// Receivers that mean harm.
@Suite(.timeLimit(.minutes(10))) struct HostileReceiverTests {
  struct Loopback: HostResolver {
    func addresses(of host: String) async -> [IPAddress] { [IPAddress("127.0.0.1")!] }
  }

  static func withClient(
    attemptMillis: Int64 = 300_000, answerMillis: Int64? = nil, _ body: (WebhookClient) async throws -> Void
  ) async throws {
    var limits = WebhookClient.Limits()
    limits.attemptMillis = attemptMillis
    limits.answerMillis = answerMillis ?? limits.answerMillis
    let client = WebhookClient(
      resolver: Loopback(), group: .singleton, limits: limits, allowsLoopback: true, mostConnections: 64)
    do { try await body(client) } catch {
      await client.shutdown()
      throw error
    }
    await client.shutdown()
  }

  static func post(_ client: WebhookClient, to address: String) async throws -> Outcome {
    let body = Array(#"{"type":"test"}"#.utf8)
    let headers = try WebhookHeaders(
      messageID: "msg_1", timestampSeconds: 1, body: body, keys: [.generate(.hmac)])
    return await client.post(
      body, headers: headers, to: try ReceiverAddress(address, allowsLoopback: true),
      clock: ManualClock(Sample.time.date))
  }

  private static func expected(_ outcome: HostileAnswers.Outcome) -> Outcome {
    switch outcome {
    case .status(let code): Outcome(status: code, retryAfter: nil, now: Sample.time.date)
    case .refused: .failed(.invalidAnswer, retryAfterMillis: nil)
    case .ended: .failed(.unreachable, retryAfterMillis: nil)
    }
  }

  @Test func everyAnswerIsAnOutcome() async throws {
    try await Self.withClient { client in
      for hostile in HostileAnswers.all {
        let outcome = try await RawServer { _ in hostile.answer }.serve { port in
          try await Self.post(client, to: "http://127.0.0.1:\(port)/hook")
        }
        #expect(outcome == Self.expected(hostile.outcome), "\(hostile)")
      }
    }
  }

  @Test func whatIsNoTLSIsUnreachable() async throws {
    try await Self.withClient { client in
      for answer: RawServer.Answer in [
        .text("HTTP/1.1 204 X\r\n\r\n"), .bytes([UInt8](repeating: 0x16, count: 5_000)), .last([]),
        .last([0x15, 3, 3, 0, 2, 2, 40]),
      ] {
        try await RawServer { _ in answer }.serve { port in
          let outcome = try await Self.post(client, to: "https://127.0.0.1:\(port)/hook")
          #expect(outcome == .failed(.unreachable, retryAfterMillis: nil))
        }
      }
    }
  }

  /// Nothing of an attempt is waited for longer than its one deadline: not the TLS handshake, not the head.
  @Test func oneDeadlineHoldsForTheWholeAttempt() async throws {
    let head = Array("HTTP/1.1 200 OK\r\nx: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".utf8)
    try await Self.withClient(attemptMillis: 200) { client in
      for (scheme, answer) in [
        ("http", RawServer.Answer.drip(head, everyMillis: 20)), ("http", .nothing), ("https", .nothing),
      ] {
        try await RawServer { _ in answer }.serve { port in
          let outcome = try await Self.post(client, to: "\(scheme)://127.0.0.1:\(port)/hook")
          #expect(outcome == .failed(.timeout, retryAfterMillis: nil))
        }
      }
    }
  }

  @Test func aNameThatNeverResolvesIsGivenUp() async throws {
    struct Silent: HostResolver {
      let never: AsyncStream<Void>
      func addresses(of host: String) async -> [IPAddress] {
        // As the system's own lookup, which heeds no cancellation.
        await Task.detached { for await _ in never {} }.value
        return []
      }
    }
    let (never, neverEnd) = AsyncStream<Void>.makeStream()
    var limits = WebhookClient.Limits()
    limits.attemptMillis = 100
    let client = WebhookClient(
      resolver: Silent(never: never), group: .singleton, limits: limits, allowsLoopback: true, mostConnections: 4)
    #expect(try await Self.post(client, to: "http://localhost:1/") == .failed(.timeout, retryAfterMillis: nil))
    neverEnd.finish()
    await client.shutdown()
  }

  @Test func theHeadDecidesAndADrippedBodyIsNotWaitedFor() async throws {
    let server = RawServer { _ in
      .drip(Array("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n".utf8), everyMillis: 10)
    }
    try await withFolder { folder in
      try await server.serve { port in
        // The attempt's own deadline is an hour: the message is settled by its head alone.
        try await Harness.run(in: folder, attemptMillis: 3_600_000) { harness in
          _ = try await harness.subscribe("http://127.0.0.1:\(port)/hook")
          try await harness.enrol()
          try await harness.propose("prop1")
          #expect(await harness.waitForRecords(1) == [.delivered])
        }
      }
    }
  }

  /// Once more has come than is read of a body, the rest is not waited for, however long it might be.
  @Test func aLongBodyIsNotReadToItsEnd() async throws {
    let head = Array("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n".utf8)
    try await Self.withClient(answerMillis: 3_600_000) { client in
      try await RawServer { _ in .bytes(head + [UInt8](repeating: 0x20, count: 200_000)) }.serve { port in
        let outcome = try await Self.post(client, to: "http://127.0.0.1:\(port)/hook")
        #expect(outcome == .accepted)
      }
    }
  }

  @Test func fortyReceiversThatDripDelayAGoodOneByNothing() async throws {
    let drip = RawServer { _ in .drip(Array("HTTP/1.1 200 OK\r\nx: y".utf8), everyMillis: 1_000) }
    let good = Receiver()
    try await withFolder { folder in
      try await drip.serve { port in
        try await good.serve { goodAddress in
          // An hour for an attempt and 16 places: without a remedy the first sixteen hold them all.
          try await Harness.run(in: folder, attemptMillis: 3_600_000, places: 16) { harness in
            for _ in 0..<40 { _ = try await harness.subscribe("http://127.0.0.1:\(port)/hook") }
            _ = try await harness.subscribe(goodAddress)
            try await harness.enrol()
            try await harness.propose("prop1")
            // Nobody is known yet: the good one waits for its turn among the new ones, a second a round.
            var arrived = drip.requests.makeAsyncIterator()
            for count in [14, 6, 6, 6, 6] {
              for _ in 0..<count { _ = await arrived.next() }
              harness.advance(toMillis: Timestamp(harness.clock.now()).millis + DeliveryQueue.slowMillis)
            }
            // Its turn is now, beside the last two. The clock stands: what is answered after a second counts as slow.
            #expect(await good.next(1).count == 1)
            await harness.wait { if case .record(_, _, .delivered) = $0 { true } else { false } }
            // From now on it is known to be prompt: while the others hold their places no time passes for it at all.
            for number in 2...20 {
              try await harness.propose("prop\(number)")
              #expect(await good.next(1).count == 1)
            }
          }
        }
      }
    }
  }
}
