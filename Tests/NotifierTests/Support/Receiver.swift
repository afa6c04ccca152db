import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A real webhook receiver on loopback: answers as it is told and keeps what it got.
final class Receiver: Sendable {
  /// How it answers a request.
  enum Answer: Sendable {
    case status(Int, [String: String] = [:])
    /// An answer of this many bytes.
    case huge(Int)
    /// None until the connection is given up.
    case never
  }

  /// One request as it came.
  struct Request: Sendable {
    let headers: [String: String]
    let body: [UInt8]

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }
    var id: String { headers["webhook-id"] ?? "" }
  }

  /// Everything that arrived, in order.
  let requests: AsyncStream<Request>
  private let requestsEnd: AsyncStream<Request>.Continuation
  private let answers: Mutex<[Answer]>
  private let otherwise: Answer

  /// - Parameters:
  ///   - answers: the first answers, in order.
  ///   - otherwise: every answer after them.
  init(_ answers: [Answer] = [], otherwise: Answer = .status(204)) {
    self.answers = Mutex(answers)
    self.otherwise = otherwise
    (requests, requestsEnd) = AsyncStream.makeStream()
  }

  /// Listens while the body runs; gives it the address to send to.
  func serve<T: Sendable>(_ body: @Sendable @escaping (String) async throws -> T) async throws -> T {
    let (ports, portsEnd) = AsyncStream<Int>.makeStream()
    let router = Router()
    router.post("**") { request, _ in
      let bytes = try await request.body.collect(upTo: 1_000_000)
      var headers: [String: String] = [:]
      for field in request.headers { headers[field.name.canonicalName] = field.value }
      self.requestsEnd.yield(Request(headers: headers, body: Array(bytes.readableBytesView)))
      return try await self.answer()
    }
    var logger = Logger(label: "receiver")
    logger.logLevel = .critical
    let app = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in portsEnd.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    return try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask {
        try await app.run()
        return nil
      }
      group.addTask {
        for await port in ports { return try await body("http://127.0.0.1:\(port)/hook") }
        return nil
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  /// The next so many requests.
  func next(_ count: Int) async -> [Request] {
    var got: [Request] = []
    for await request in requests {
      got.append(request)
      if got.count == count { break }
    }
    return got
  }

  private func answer() async throws -> Response {
    let next = answers.withLock { $0.isEmpty ? otherwise : $0.removeFirst() }
    switch next {
    case .status(let code, let headers):
      var fields = HTTPFields()
      for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
      return Response(status: .init(code: code), headers: fields)
    case .huge(let bytes):
      let part = ByteBuffer(repeating: 0x61, count: 65_536)
      return Response(
        status: .ok,
        body: ResponseBody { writer in
          for _ in 0..<(bytes / part.readableBytes) { try await writer.write(part) }
          try await writer.finish(nil)
        })
    case .never:
      let (stream, _) = AsyncStream<Void>.makeStream()
      for await _ in stream {}
      throw CancellationError()
    }
  }
}
