import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Seeded
import ServiceKit
import TestKit
import Testing

/// The program's own HTTP client against servers that mean harm.
@Suite(.timeLimit(.minutes(10))) struct OutgoingHTTPTests {
  /// Asks a server and says what came of it.
  static func ask(_ port: Int, with client: HTTPClient) async -> HostileAnswers.Outcome {
    do {
      let response = try await client.execute(
        HTTPClientRequest(url: "http://127.0.0.1:\(port)/"), timeout: .seconds(300))
      return .status(Int(response.status.code))
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      return .ended
    } catch {
      return .refused
    }
  }

  static func withClient(_ body: (HTTPClient) async throws -> Void) async throws {
    let client = OutgoingHTTP.client { $0.connectionPool.retryConnectionEstablishment = false }
    do { try await body(client) } catch {
      try await client.shutdown()
      throw error
    }
    try await client.shutdown()
  }

  @Test func noAnswerEndsTheProgramAndEachIsJudgedByItsHead() async throws {
    try await Self.withClient { client in
      for hostile in HostileAnswers.all {
        let server = RawServer { _ in hostile.answer }
        let outcome = try await server.serve { await Self.ask($0, with: client) }
        #expect(outcome == hostile.outcome, "\(hostile)")
      }
    }
  }

  @Test func anAnswerBeforeTheRequestIsNoAnswer() async throws {
    try await Self.withClient { client in
      for hostile in HostileAnswers.all {
        // Read before or after the request went out: any outcome but the program's end.
        _ = try await RawServer(.atOnce) { _ in hostile.answer }.serve { port in
          try? await withDeadline(.milliseconds(300)) { await Self.ask(port, with: client) }
        }
      }
    }
  }

  /// Good answers with bytes changed, cut, doubled and put together, by seed.
  @Test func damagedAnswersNeverEndTheProgram() async throws {
    let seed = SeededGenerator.chosenSeed
    let texts = HostileAnswers.all.compactMap { hostile -> [UInt8]? in
      switch hostile.answer {
      case .bytes(let bytes), .last(let bytes): bytes.count < 2_000 ? bytes : nil
      default: nil
      }
    }
    let answers = (0..<1_500).map { number in Self.damaged(texts, seed: seed &+ UInt64(number)) }
    let server = RawServer { .last(answers[$0 % answers.count]) }
    try await Self.withClient { client in
      let judged = try await server.serve { port in
        var count = 0
        for _ in answers {
          _ = await Self.ask(port, with: client)
          count += 1
        }
        return count
      }
      #expect(judged == answers.count)
    }
  }

  private static func damaged(_ texts: [[UInt8]], seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...3, using: &generator) { bytes += texts.randomElement(using: &generator) ?? [] }
    for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(bytes[Int.random(in: bytes.indices, using: &generator)], at: place)
      default: bytes.removeLast(bytes.count - place)
      }
    }
    return bytes
  }

  @Test func oneDeadlineHoldsForTheWholeAnswer() async throws {
    let drips: [RawServer.Answer] = [
      .drip(Array("HTTP/1.1 200 OK\r\nx: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".utf8), everyMillis: 20),
      .nothing,
    ]
    for drip in drips {
      try await RawServer { _ in drip }.serve { port in
        await #expect(throws: DeadlinePassed.self) {
          try await OutgoingHTTP.answer(
            to: HTTPClientRequest(url: "http://127.0.0.1:\(port)/"), within: .milliseconds(200), atMost: 1_000_000)
        }
      }
    }
    let head = Array("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".utf8)
    try await RawServer { _ in .bytes(head) }.serve { port in
      await #expect(throws: DeadlinePassed.self) {
        try await OutgoingHTTP.answer(
          to: HTTPClientRequest(url: "http://127.0.0.1:\(port)/"), within: .milliseconds(200), atMost: 1_000_000)
      }
    }
  }

  @Test func aLongBodyIsReadToItsLimitOnly() async throws {
    let answer = RawServer.Answer.text(
      "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + String(repeating: "a", count: 5_000))
    try await RawServer { _ in answer }.serve { port in
      let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/")
      let whole = try await OutgoingHTTP.answer(to: request, within: .seconds(300), atMost: 5_000)
      #expect(whole.body.readableBytes == 5_000)
      await #expect(throws: NIOTooManyBytesError.self) {
        try await OutgoingHTTP.answer(to: request, within: .seconds(300), atMost: 4_999)
      }
    }
  }

  @Test func workThatDoesNotHeedItsCancellationIsNotWaitedFor() async throws {
    let (never, neverEnd) = AsyncStream<Void>.makeStream()
    await #expect(throws: DeadlinePassed.self) {
      try await withDeadline(.milliseconds(50)) {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
          Task.detached {
            for await _ in never {}
            continuation.resume()
          }
        }
      }
    }
    neverEnd.finish()
    #expect(try await withDeadline(.seconds(300)) { 7 } == 7)
  }

  /// What the guard is for: without it, this answer ends the program. When a release of async-http-client mends that,
  /// this test says so.
  @Test func withoutTheGuardALowStatusEndsTheProgram() async throws {
    await #expect(processExitsWith: .failure) {
      let answer = RawServer.Answer.text("HTTP/1.1 042 X\r\ncontent-length: 5\r\n\r\nhello")
      try await RawServer { _ in answer }.serve { port in
        _ = try await HTTPClient.shared.execute(
          HTTPClientRequest(url: "http://127.0.0.1:\(port)/"), timeout: .seconds(300))
      }
    }
  }
}
