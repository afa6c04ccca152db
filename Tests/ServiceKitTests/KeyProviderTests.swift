import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Schemas
import Testing

@testable import ServiceKit

/// A token issuer over real HTTP that counts who asks for its keys, and answers as it is told.
private final class Provider: Sendable {
  enum Answer: Sendable {
    case set(String)
    case status(Int)
    /// No head.
    case hang
    /// A head, a byte, and no more.
    case drip
    /// So many bytes.
    case flood(Int)
  }

  let answer: Locked<Answer>
  let asked = Locked(0)

  init(_ answer: Answer) { self.answer = Locked(answer) }

  func serve(_ body: @Sendable @escaping (String) async throws -> Void) async throws {
    let (ports, portsEnd) = AsyncStream<Int>.makeStream()
    let router = Router()
    router.get("keys") { [self] _, _ in
      asked.withLock { $0 += 1 }
      return await response(answer.withLock { $0 })
    }
    var logger = Logger(label: "provider")
    logger.logLevel = .critical
    let app = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { portsEnd.yield($0.localAddress?.port ?? 0) }, logger: logger)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await app.run()
        return false
      }
      group.addTask {
        for await port in ports {
          try await body("http://127.0.0.1:\(port)/keys")
          return true
        }
        return false
      }
      while let isDone = try await group.next(), !isDone {}
      group.cancelAll()
    }
  }

  private func response(_ answer: Answer) async -> Response {
    switch answer {
    case .set(let json): return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: json)))
    case .status(let code): return Response(status: .init(code: code))
    case .hang:
      await Self.never()
      return Response(status: .ok)
    case .drip:
      return Response(
        status: .ok,
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: "{"))
          await Self.never()
        })
    case .flood(let count):
      return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 32, count: count)))
    }
  }

  /// Until whoever waits is cancelled.
  private static func never() async {
    let (nothing, end) = AsyncStream<Void>.makeStream()
    for await _ in nothing {}
    end.finish()
  }
}

/// Hostile answers of the issuer, and floods of hostile tokens, over real HTTP.
@Suite("Key provider", .timeLimit(.minutes(5))) struct KeyProviderTests {
  private static let maker = TokenMaker()

  private static func ring(_ place: String, _ time: ManualTime) -> KeyRing {
    var settings = KeyRingSettings()
    settings.deadline = .milliseconds(300)
    return KeyRing(
      settings, stopwatch: time.stopwatch, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { try await KeySet.read(place) }
  }

  @Test(
    "an issuer that misbehaves is given up in time, and its last keys are used",
    arguments: [
      .hang, .drip, .status(500), .status(404), .status(204), .set("<html>"), .set("{"), .flood(1_100_000),
    ] as [Provider.Answer])
  private func misbehaves(answer: Provider.Answer) async throws {
    let provider = Provider(.set(try TokenMaker.set(Self.maker.published("RSA", name: "a"))))
    try await provider.serve { place in
      let time = ManualTime()
      let ring = Self.ring(place, time)
      let isThere = try await ring.has("a")
      #expect(isThere)
      provider.answer.withLock { $0 = answer }
      time.pass(seconds: 250)
      let began = ContinuousClock.now
      let isThere1 = try await ring.has("a")
      #expect(isThere1)
      #expect(began.duration(to: .now) < .seconds(20))
      #expect(provider.asked.withLock { $0 } == 2)
      // Whoever comes next does not wait for it again.
      time.pass(seconds: 60)
      let isThere2 = try await ring.has("a")
      #expect(isThere2)
      provider.answer.withLock { $0 = .set(#"{"keys":[]}"#) }
      _ = await ring.refresh()
      time.pass(seconds: 10)
      _ = await ring.refresh()
      let isThere3 = try await ring.has("a")
      #expect(!isThere3)
    }
  }

  @Test("ten thousand junk tokens cost the issuer one request")
  func junk() async throws {
    let provider = Provider(.set(try TokenMaker.set(Self.maker.published("RSA", name: "a"))))
    try await provider.serve { place in
      let verifier = TokenVerifier(
        TokenMaker.rules, clock: ManualClock(TokenMaker.now), stopwatch: ManualTime().stopwatch
      ) { try await KeySet.read(place) }
      let good = try await Self.maker.token("RSA")
      let head = try await Self.maker.token("RSA").split(separator: ".")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<10_000 {
          let junk =
            switch number % 4 {
            case 0: try await Self.maker.token("OKP", name: "junk-\(number)")
            case 1: try await Self.maker.token("OKP", name: "a")
            case 2: "\(head[0]).\(head[1]).AAAA"
            default: "a.b.c"
            }
          group.addTask {
            await #expect(throws: Problem.unauthorized) { try await verifier.role(of: junk) }
          }
          if number % 1_000 == 0 { #expect(try await verifier.role(of: good) == .manager) }
        }
        try await group.waitForAll()
      }
      #expect(try await verifier.role(of: good) == .manager)
      #expect(provider.asked.withLock { $0 } == 1)
    }
  }
}
