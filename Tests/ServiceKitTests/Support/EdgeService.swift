import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Schemas
import Testing

@testable import ServiceKit

/// A service of a few routes with the limits that a test needs, over real sockets.
struct EdgeService: Sendable {
  let issuer: TokenIssuer
  let clock = ManualClock(Date(timeIntervalSince1970: 1_790_000_000))
  let environment: ServiceEnvironment
  let built: BuiltService
  let shares: Shares
  let log = LogLines()
  struct Form: Codable, Sendable { let a: [Int] }

  /// How many bytes the bodies had that came as far as a handler.
  let received = Locked<[Int]>([])

  init(_ changes: [String: String] = [:], time: ManualTime = ManualTime()) async throws {
    issuer = try TokenIssuer(issuer: "test")
    let keys = NSTemporaryDirectory() + "jwks-\(UUID().uuidString).json"
    try issuer.keySetJSON.write(toFile: keys, atomically: true, encoding: .utf8)
    let own = [
      "AUDIT_KEY_FILE": "/nowhere", "AUTHORITY": "880", "STORE_PATH": "/nowhere",
      "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_ISSUER": "test",
      "AUTH_JWKS": keys,
    ]
    let source = try await ConfigurationSource(environment: own.merging(changes) { $1 })
    let log = log
    environment = ServiceEnvironment(
      name: "test", configuration: try ServiceConfiguration(source), clock: clock,
      logger: Logger(label: "test") { _ in log.handler }, stopwatch: time.stopwatch)
    let router = environment.makeRouter()
    let officers = Policy.roles(.attendanceOfficer, reach: .shared)
    let received = received
    router.on(.post, "/files", officers, About("A file", uploads: ["text/csv"]), bodyLimitBytes: 100_000) {
      request, _ in
      let count = try await request.bytes(upTo: 100_000).readableBytes
      received.withLock { $0.append(count) }
      return .bytes(Array("\(count)".utf8), contentType: "text/plain")
    }
    router.on(.post, "/forms", officers, About("A form", body: Form.self), bodyLimitBytes: 20_000) {
      request, _ in
      let form = try await request.json(Form.self, upTo: 20_000)
      return .bytes(Array("\(form.a.count)".utf8), contentType: "text/plain")
    }
    router.on(.get, "/large/{name}", officers, About("Large", path: [.init("name", .string(), "A name.")])) { _, _ in
      .bytes(Array(repeating: 97, count: 30_000_000), contentType: "text/plain")
    }
    router.on(.post, "/large", officers, About("A file and a large answer", uploads: ["text/csv"])) { request, _ in
      let count = try await request.bytes(upTo: 100_000).readableBytes
      received.withLock { $0.append(count) }
      return .bytes(Array(repeating: 97, count: 30_000_000), contentType: "text/plain")
    }
    router.on(.get, "/secret/{name}", officers, About("Secret", path: [.init("name", .string(), "A name.")])) { _, _ in
      throw Problem.forbidden
    }
    built = BuiltService(environment, router: router, background: [])
    shares = router.edge.shares
  }

  func token(_ subject: String = "someone", _ role: Role = .attendanceOfficer) async throws -> String {
    try await issuer.token(
      subject: subject, role: role, authority: "880", validFrom: clock.now(), seconds: 600)
  }

  /// Runs the service on a port of its own.
  func serve(_ body: @Sendable @escaping (Int) async throws -> Void) async throws {
    try await built.application.test(.live) { client in try await body(try #require(client.port)) }
  }

  /// Looks again and again until something is so; moves the service's time by so much before each look.
  func wait(_ time: ManualTime? = nil, until isSo: @escaping @Sendable (EdgeService) -> Bool) async {
    let (looks, end) = AsyncStream<Void>.makeStream()
    let service = self
    MultiThreadedEventLoopGroup.singleton.any().scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(100)) {
      task in
      if isSo(service) {
        task.cancel()
        end.finish()
      } else {
        time?.pass(seconds: 1)
      }
    }
    for await _ in looks {}
  }

  /// The head of a request.
  func head(
    _ method: String, _ path: String, as subject: String? = "someone", _ fields: String...
  ) async throws -> String {
    let own = try await subject.asyncMap { "Authorization: Bearer \(try await token($0))" }
    let lines = ["\(method) \(path) HTTP/1.1", "Host: x"] + (own.map { [$0] } ?? []) + fields
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// Sends a request on a connection of its own, and answers all that comes until the other side closes or the answer
  /// is whole.
  func exchange(_ port: Int, _ text: String) async throws -> String {
    let wire = try await Wire(port)
    try await wire.send(text)
    let answer = try await wire.answer()
    wire.close()
    return answer
  }
}

extension ManualTime {
  /// Lets ten seconds pass in each, until it is cancelled.
  func run() -> RepeatedTask {
    let time = self
    return MultiThreadedEventLoopGroup.singleton.any()
      .scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(100)) { _ in time.pass(seconds: 1) }
  }
}

extension Optional {
  fileprivate func asyncMap<Value>(_ body: (Wrapped) async throws -> Value) async rethrows -> Value? {
    guard let self else { return nil }
    return try await body(self)
  }
}

/// A connection as bytes.
final class Wire: Sendable {
  let channel: any Channel
  private let bytes: AsyncStream<ByteBuffer>
  private let sink: Sink

  /// Keeps what comes; ends when the other side has closed.
  private final class Sink: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let to: AsyncStream<ByteBuffer>.Continuation

    init(_ to: AsyncStream<ByteBuffer>.Continuation) { self.to = to }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { to.yield(unwrapInboundIn(data)) }
    func channelInactive(context: ChannelHandlerContext) { to.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  /// - Parameter reads: whether anything is read at all.
  init(_ port: Int, reads: Bool = true) async throws {
    let (bytes, to) = AsyncStream<ByteBuffer>.makeStream()
    self.bytes = bytes
    let sink = Sink(to)
    self.sink = sink
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { $0.pipeline.addHandler(sink) }
      .connect(host: "localhost", port: port).get()
  }

  func send(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text))
  }

  /// Sends a byte of text again and again until the connection is closed.
  func drip(everyMillis: Int64) {
    let channel = channel
    channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(everyMillis)) { task in
      guard channel.isActive else {
        task.cancel()
        return
      }
      channel.writeAndFlush(ByteBuffer(string: "a"), promise: nil)
    }
  }

  /// One answer: until its declared length is there, or the other side has closed.
  func answer() async throws -> String {
    var text = ""
    for await part in bytes {
      text += String(buffer: part)
      guard let head = text.range(of: "\r\n\r\n") else { continue }
      let length = text[..<head.lowerBound].lowercased().split(separator: "\r\n")
        .first { $0.hasPrefix("content-length:") }.flatMap {
          Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces))
        }
      if let length, text[head.upperBound...].utf8.count >= length { break }
    }
    return text
  }

  /// Answers how many bytes came, as soon as they are so many or the other side has closed.
  func bytes(upTo enough: Int) async -> Int {
    var count = 0
    for await part in bytes {
      count += part.readableBytes
      if count >= enough { break }
    }
    return count
  }

  /// Until the other side has closed; answers all that came.
  func rest() async -> Int {
    var count = 0
    for await part in bytes { count += part.readableBytes }
    return count
  }

  func close() { channel.close(promise: nil) }
}

/// Lines of a log, as a person reads them.
final class LogLines: Sendable {
  private let lines = Locked<[String]>([])

  struct Handler: LogHandler {
    let to: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      let fields = all.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
      to.lines.withLock { $0.append("\(event.level) \(event.message) \(fields)") }
    }
  }

  var handler: Handler { Handler(to: self) }
  var all: [String] { lines.withLock { $0 } }
  var security: [String] { all.filter { $0.contains("security event") } }
}
