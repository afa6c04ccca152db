import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import ServiceKit

/// Hostile callers over real sockets: slow, many, never reading, never ending. Each with what must go on beside it.
@Suite("Edge", .timeLimit(.minutes(10))) struct EdgeTests {
  private static let marks = "Content-Type: text/csv"

  /// A request of a small body by another caller, and the health of the program.
  private func expectOpen(_ service: EdgeService, _ port: Int, _ source: SourceLocation = #_sourceLocation) async throws
  {
    let health = try await service.exchange(port, try await service.head("GET", "/health/live", as: nil))
    #expect(health.hasPrefix("HTTP/1.1 200"), "\(health)", sourceLocation: source)
    let other = try await service.exchange(
      port, try await service.head("POST", "/files", as: "another", Self.marks, "Content-Length: 3") + "abc")
    #expect(other.hasPrefix("HTTP/1.1 200") && other.hasSuffix("3"), "\(other)", sourceLocation: source)
  }

  @Test("bodies that drip take no place, and are given up")
  func slowBodies() async throws {
    let time = ManualTime()
    let service = try await EdgeService(
      ["HTTP_CONCURRENCY": "2", "HTTP_SHARE": "100", "HTTP_RATE_SECONDS": "1", "HTTP_RATE": "1000000"], time: time)
    try await service.serve { port in
      var wires: [Wire] = []
      for number in 0..<20 {
        let wire = try await Wire(port)
        let length = number % 2 == 0 ? "Content-Length: 50000" : "Transfer-Encoding: chunked"
        try await wire.send(try await service.head("POST", "/files", Self.marks, length))
        wire.drip(everyMillis: 100)
        wires.append(wire)
      }
      try await expectOpen(service, port)
      // From now on time passes, for whoever has begun and for whoever has not yet.
      let clock = time.run()
      for (number, wire) in wires.enumerated() {
        let answer = try await wire.answer()
        // In chunks an `a` is a chunk of ten bytes that does not end its line.
        #expect(answer.hasPrefix("HTTP/1.1 408") || number % 2 == 1 && answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
        _ = await wire.rest()
      }
      clock.cancel()
      try await expectOpen(service, port)
      #expect(service.received.withLock { $0 } == [3, 3] && service.shares.inHand == (0, 0))
      #expect(service.log.security.contains { $0.contains("event=too-slow") })
    }
  }

  @Test("a body has a time for all of it, however fast it comes")
  func longBodies() async throws {
    let time = ManualTime()
    let service = try await EdgeService(
      ["HTTP_BODY_SECONDS": "20", "HTTP_RATE": "0", "HTTP_RATE_SECONDS": "1"], time: time)
    try await service.serve { port in
      let wire = try await Wire(port)
      try await wire.send(try await service.head("POST", "/files", Self.marks, "Content-Length: 50000"))
      wire.drip(everyMillis: 10)
      await service.wait { $0.shares.inHand.bytes > 3 }
      time.pass(seconds: 19)
      await service.wait { $0.shares.inHand.bytes > 10 }
      time.pass(seconds: 1)
      #expect(try await wire.answer().hasPrefix("HTTP/1.1 408"))
      #expect(await wire.rest() == 0)
    }
  }

  @Test("a caller has a share, told by 429; others are not touched")
  func shares() async throws {
    let service = try await EdgeService(["HTTP_SHARE": "3"])
    try await service.serve { port in
      var wires: [Wire] = []
      for _ in 0..<3 {
        let wire = try await Wire(port)
        try await wire.send(try await service.head("POST", "/files", Self.marks, "Content-Length: 5"))
        wires.append(wire)
      }
      await service.wait { $0.shares.inHand.requests == 3 }
      let refused = try await service.exchange(
        port, try await service.head("POST", "/files", Self.marks, "Content-Length: 3") + "abc")
      #expect(refused.hasPrefix("HTTP/1.1 429") && refused.contains("\r\nRetry-After: 1\r\n"), "\(refused)")
      #expect(refused.contains("/problems/too-many-requests"))
      try await expectOpen(service, port)
      for wire in wires {
        try await wire.send("abcde")
        #expect(try await wire.answer().hasSuffix("5"))
      }
      let again = try await service.exchange(
        port, try await service.head("POST", "/files", Self.marks, "Content-Length: 3") + "abc")
      #expect(again.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("heads that do not come and connections that send nothing keep nobody out")
  func idleConnections() async throws {
    let service = try await EdgeService(["HTTP_CONNECTIONS": "8"])
    try await service.serve { port in
      var wires: [Wire] = []
      for number in 0..<20 {
        let wire = try await Wire(port)
        if number % 2 == 0 { try? await wire.send("GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ") }
        wires.append(wire)
      }
      try await expectOpen(service, port)
      for wire in wires.prefix(10) { #expect(await wire.rest() == 0) }
    }
  }

  @Test("a connection whose answer was fetched makes room for another")
  func answeredConnections() async throws {
    let service = try await EdgeService(["HTTP_CONNECTIONS": "8"])
    try await service.serve { port in
      var wires: [Wire] = []
      for _ in 0..<8 {
        let wire = try await Wire(port)
        try await wire.send(try await service.head("GET", "/health/live", as: nil))
        #expect(try await wire.answer().hasPrefix("HTTP/1.1 200"))
        wires.append(wire)
      }
      try await expectOpen(service, port)
      withExtendedLifetime(wires) {}
    }
  }

  @Test("a connection too many is closed when all others have a request in hand, and costs them nothing")
  func tooManyConnections() async throws {
    let service = try await EdgeService(["HTTP_CONNECTIONS": "8", "HTTP_SHARE": "100"])
    try await service.serve { port in
      var wires: [Wire] = []
      for _ in 0..<8 {
        let wire = try await Wire(port)
        try await wire.send(try await service.head("POST", "/files", Self.marks, "Content-Length: 5") + "ab")
        wires.append(wire)
      }
      await service.wait { $0.shares.inHand.requests == 8 }
      let more = try await Wire(port)
      #expect(await more.rest() == 0)
      for wire in wires {
        try await wire.send("cde")
        #expect(try await wire.answer().hasSuffix("5"))
      }
      try await expectOpen(service, port)
    }
  }

  @Test("an answer that nobody fetches is given up, with what it holds")
  func unreadAnswers() async throws {
    let time = ManualTime()
    let service = try await EdgeService(
      ["HTTP_RATE_SECONDS": "10", "HTTP_RATE": "1000", "HTTP_SHARE": "4"], time: time)
    try await service.serve { port in
      var wires: [Wire] = []
      for number in 0..<4 {
        let wire = try await Wire(port, reads: false)
        try await wire.send(try await service.head("GET", "/large/\(number)"))
        wires.append(wire)
      }
      await service.wait { $0.shares.inHand.requests == 4 }
      let refused = try await service.exchange(port, try await service.head("GET", "/large/x"))
      #expect(refused.hasPrefix("HTTP/1.1 429"))
      await service.wait(time) { $0.shares.inHand.requests == 0 }
      try await expectOpen(service, port)
      // One that fetches gets all of it.
      let whole = try await Wire(port)
      try await whole.send(try await service.head("GET", "/large/x"))
      #expect(await whole.bytes(upTo: 30_000_000) >= 30_000_000)
      whole.close()
      withExtendedLifetime(wires) {}
    }
  }

  @Test("a body that was worked on takes none of its caller's bytes, though the answer is still to be fetched")
  func bytesOfAnsweredBodies() async throws {
    let service = try await EdgeService()
    try await service.serve { port in
      let wire = try await Wire(port, reads: false)
      try await wire.send(try await service.head("POST", "/large", Self.marks, "Content-Length: 5") + "abcde")
      await service.wait { $0.received.withLock { $0 } == [5] && $0.shares.inHand == (1, 0) }
      wire.close()
    }
  }

  @Test("a connection on which no whole head comes is closed in its time")
  func headsThatNeverEnd() async throws {
    let service = try await EdgeService(["HTTP_IDLE_SECONDS": "1"])
    try await service.serve { port in
      let wire = try await Wire(port)
      try await wire.send("GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ")
      #expect(await wire.rest() == 0)
    }
  }

  @Test("a body in chunks is read like any other, and limited like any other")
  func chunks() async throws {
    let service = try await EdgeService()
    try await service.serve { port in
      func send(_ path: String, _ fields: String..., body: String) async throws -> String {
        let head = try await service.head("POST", path, "REST").replacing(
          "REST", with: fields.joined(separator: "\r\n"))
        return try await service.exchange(port, head + body)
      }
      let chunked = "Transfer-Encoding: chunked"
      let json = "Content-Type: application/json"
      #expect(
        try await send("/files", Self.marks, chunked, body: "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").hasSuffix("5"))
      #expect(try await send("/files", Self.marks, "Content-Length: 5", body: "abcde").hasSuffix("5"))
      #expect(try await send("/files", Self.marks, chunked, body: "0\r\n\r\n").hasSuffix("0"))
      #expect(
        try await send("/forms", json, chunked, body: "6\r\n{\"a\":[\r\n3\r\n1]}\r\n0\r\n\r\n").hasSuffix("1"))
      let most = String(repeating: "a", count: 100_000)
      #expect(try await send("/files", Self.marks, chunked, body: "186A0\r\n\(most)\r\n0\r\n\r\n").hasSuffix("100000"))
      for body in ["186A1\r\na\(most)\r\n0\r\n\r\n", "186A0\r\n\(most)\r\n1\r\na\r\n0\r\n\r\n"] {
        let answer = try await send("/files", Self.marks, chunked, body: body)
        #expect(answer.hasPrefix("HTTP/1.1 413") && answer.contains("/problems/too-large"), "\(answer.prefix(300))")
      }
      let declared = try await send("/files", Self.marks, "Content-Length: 100001", body: "a\(most)")
      #expect(declared.hasPrefix("HTTP/1.1 413") && declared.contains("At most 100000 bytes"))
      #expect(service.received.withLock { $0 } == [5, 5, 0, 100_000])
    }
  }

  @Test(
    "a body that is too large is refused as soon as that is known, not when all of it has come",
    arguments: [("Content-Length: 100001", ""), ("Transfer-Encoding: chunked", "30D40\r\n")])
  func tooLargeAtOnce(field: String, chunk: String) async throws {
    let service = try await EdgeService()
    try await service.serve { port in
      let wire = try await Wire(port)
      let body = chunk.isEmpty ? "" : chunk + String(repeating: "a", count: 150_000)
      try await wire.send(try await service.head("POST", "/files", Self.marks, field) + body)
      // Nothing more comes: who waits for it finds that the body ended early.
      try? await wire.channel.close(mode: .output)
      let answer = try await wire.answer()
      #expect(answer.hasPrefix("HTTP/1.1 413"), "\(answer)")
      #expect(service.received.withLock { $0 }.isEmpty)
    }
  }

  @Test("a body whose length is not the declared one is none, whoever hands it over")
  func lengthsThatDiffer() async throws {
    var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")
    head.headerFields[.contentLength] = "10"
    let request = Request(head: head, body: .init(buffer: ByteBuffer(string: "abc")))
    let ticket = try #require(Shares(bytes: 100).enter("a", atMost: 1))
    await #expect(throws: Problem.incompleteBody) { try await Edge.body(of: request, upTo: 100, counting: ticket) }
  }

  @Test(
    "a length that is not the body's is refused, and nothing of it is worked on",
    arguments: [
      ["Content-Length: 10"], ["Content-Length: -1"], ["Content-Length: 1e3"],
      ["Content-Length: 3", "Content-Length: 4"],
      ["Content-Length: 3", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked"], ["Transfer-Encoding: gzip"],
      ["Content-Length: 99999999999999999999999"],
    ])
  func wrongLengths(fields: [String]) async throws {
    let service = try await EdgeService()
    try await service.serve { port in
      let wire = try await Wire(port)
      let head = try await service.head("POST", "/files", Self.marks, "REST")
      try await wire.send(head.replacing("REST", with: fields.joined(separator: "\r\n")) + "3\r\nab")
      try? await wire.channel.close(mode: .output)
      let answer = try await wire.answer()
      #expect(answer.hasPrefix("HTTP/1.1 400") || answer.hasPrefix("HTTP/1.1 501"), "\(answer)")
      #expect(answer.lowercased().contains("\r\nx-content-type-options: nosniff\r\n"))
      _ = await wire.rest()
      #expect(service.received.withLock { $0 }.isEmpty)
      try await expectOpen(service, port)
    }
  }

  @Test("what follows a refused body is thrown away, to a limit")
  func endlessBodies() async throws {
    let service = try await EdgeService(["HTTP_BODY_LIMIT": "1024"])
    try await service.serve { port in
      let wire = try await Wire(port)
      try await wire.send(try await service.head("POST", "/files", as: nil, Self.marks, "Transfer-Encoding: chunked"))
      #expect(try await wire.answer().hasPrefix("HTTP/1.1 401"))
      let chunk = "400\r\n" + String(repeating: "a", count: 1_024) + "\r\n"
      var sent = 0
      while sent < 100_000, (try? await wire.send(chunk)) != nil { sent += 1 }
      #expect(sent < 100_000)
      try await expectOpen(service, port)
    }
  }
}
