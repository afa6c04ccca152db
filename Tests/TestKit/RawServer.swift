import NIOCore
import NIOPosix
import Synchronization

/// A server on loopback that answers each request with whatever bytes it is given, HTTP or not.
public final class RawServer: Sendable {
  /// What is done with a connection once a request is there.
  public enum Answer: Sendable {
    /// These bytes; the connection stays open.
    case bytes([UInt8])
    /// These bytes, then the end of the connection.
    case last([UInt8])
    /// These bytes one at a time with a pause between them, for ever from the beginning.
    case drip([UInt8], everyMillis: Int64)
    /// Nothing.
    case nothing

    /// Text with the line ends of HTTP.
    public static func text(_ text: String) -> Answer { .bytes(Array(text.utf8)) }
  }

  /// When the answer comes.
  public enum Moment: Sendable { case afterTheRequest, atOnce }

  /// The number of each request that arrived, from 0, when it had arrived whole.
  public let requests: AsyncStream<Int>
  private let requestsEnd: AsyncStream<Int>.Continuation
  private let answer: @Sendable (Int) -> Answer
  private let moment: Moment
  private let count = Mutex(0)

  /// - Parameter answer: the answer to each request by its number, from 0.
  public init(_ moment: Moment = .afterTheRequest, _ answer: @escaping @Sendable (Int) -> Answer) {
    self.moment = moment
    self.answer = answer
    (requests, requestsEnd) = AsyncStream.makeStream()
  }

  /// Listens while the body runs; gives it the port.
  @discardableResult
  public func serve<T: Sendable>(_ body: (Int) async throws -> T) async throws -> T {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 512)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Connection(self)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      let result = try await body(listener.localAddress?.port ?? 0)
      try await listener.close()
      return result
    } catch {
      try? await listener.close()
      throw error
    }
  }

  fileprivate func next() -> Answer {
    let number = count.withLock { count in
      defer { count += 1 }
      return count
    }
    requestsEnd.yield(number)
    return answer(number)
  }

  /// One connection: waits for a whole request with its declared length, then does what is asked.
  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: RawServer
    private var received: [UInt8] = []
    private var dripping: Scheduled<Void>?

    init(_ server: RawServer) { self.server = server }

    func channelActive(context: ChannelHandlerContext) {
      if server.moment == .atOnce { give(server.next(), context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += unwrapInboundIn(data).readableBytesView
      guard server.moment == .afterTheRequest else { return }
      while let length = wholeRequest() {
        received.removeFirst(length)
        give(server.next(), context)
      }
    }

    func channelInactive(context: ChannelHandlerContext) { dripping?.cancel() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// The length of the first whole request; bytes that are no HTTP, a TLS hello for one, are a request by themselves.
    private func wholeRequest() -> Int? {
      guard !received.isEmpty else { return nil }
      guard received.starts(with: Array("POST".utf8)) || received.starts(with: Array("GET".utf8)) else {
        return received.count
      }
      guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
      let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
      let whole = end.upperBound + (length ?? 0)
      return received.count >= whole ? whole : nil
    }

    private func give(_ answer: Answer, _ context: ChannelHandlerContext) {
      switch answer {
      case .nothing: break
      case .bytes(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      case .last(let bytes):
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in
          bound.value.close(promise: nil)
        }
      case .drip(let bytes, let millis): drip(bytes, 0, millis, context)
      }
    }

    private func drip(_ bytes: [UInt8], _ next: Int, _ millis: Int64, _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [bytes[next % bytes.count]])), promise: nil)
      dripping = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(millis)) {
        self.drip(bytes, next + 1, millis, context)
      }
    }
  }
}
