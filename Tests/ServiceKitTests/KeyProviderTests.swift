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
@Suite("Key provider", .timeLimit(.minutes(10))) struct KeyProviderTests {
  private static let maker = TokenMaker()

  /// A ring that has the keys of a set already, and then reads a place under a short deadline.
  private static func ring(_ first: String, _ place: String, _ time: ManualTime) -> KeyRing {
    var settings = KeyRingSettings()
    settings.deadline = .milliseconds(300)
    let isFirst = Locked(true)
    return KeyRing(
      settings, stopwatch: time.stopwatch, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
      let first = isFirst.withLock { isFirst in
        defer { isFirst = false }
        return isFirst ? first : nil
      }
      if let first { return first }
      return try await KeySet.read(place, within: .seconds(600))
    }
  }

  @Test(
    "an issuer that misbehaves is given up in time, and its last keys are used",
    arguments: [
      .hang, .drip, .status(500), .status(404), .status(204), .set("<html>"), .set("{"), .flood(1_100_000),
    ] as [Provider.Answer])
  private func misbehaves(answer: Provider.Answer) async throws {
    let set = try TokenMaker.set(Self.maker.published("RSA", name: "a"))
    let provider = Provider(answer)
    try await provider.serve { place in
      let time = ManualTime()
      let ring = Self.ring(set, place, time)
      let isThere = try await ring.has("a")
      #expect(isThere)
      time.pass(seconds: 250)
      // Whoever comes first waits for the attempt, whoever comes next does not, and both have the last keys.
      #expect(try await ring.has("a"))
      time.pass(seconds: 60)
      #expect(try await ring.has("a"))
      _ = await ring.refresh()
      #expect(try await ring.has("a"))
    }
  }

  @Test("two thousand junk tokens cost the issuer one request")
  func junk() async throws {
    let provider = Provider(.set(try TokenMaker.set(Self.maker.published("RSA", name: "a"))))
    try await provider.serve { place in
      var rules = TokenMaker.rules
      rules.keyDeadline = .seconds(600)
      let verifier = TokenVerifier(rules, clock: ManualClock(TokenMaker.now), stopwatch: ManualTime().stopwatch) {
        try await KeySet.read(place, within: .seconds(600))
      }
      let good = try await Self.maker.token("RSA")
      let head = try await Self.maker.token("RSA").split(separator: ".")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<2_000 {
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
          if number % 500 == 0 { #expect(try await verifier.role(of: good) == .manager) }
        }
        try await group.waitForAll()
      }
      #expect(try await verifier.role(of: good) == .manager)
      #expect(provider.asked.withLock { $0 } == 1)
    }
  }
}
