public import AsyncHTTPClient
public import NIOCore
public import NIOHTTP1
import NIOPosix

/// The only place where HTTP clients are made: whatever a server answers, the program goes on.
///
/// No client follows a redirect or unpacks a compressed body, and every response head passes ``ResponseGuard`` first.
public enum OutgoingHTTP {
  /// For calls that need no client of their own; it is never shut down.
  public static let shared = client()

  /// Makes a client. Whoever makes one shuts it down.
  ///
  /// - Parameters:
  ///   - group: the process's own when `nil`.
  ///   - change: what differs from the safe defaults; the guard stays in any case.
  public static func client(
    on group: (any EventLoopGroup)? = nil,
    _ change: (inout HTTPClient.Configuration) -> Void = { _ in }
  ) -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)), decompression: .disabled)
    // The guard reads heads of HTTP/1.
    configuration.httpVersion = .http1Only
    change(&configuration)
    configuration.http1_1ConnectionDebugInitializer = { channel in
      guard channel.eventLoop.inEventLoop else {
        return channel.eventLoop.submit { try ResponseGuard.add(to: channel) }
      }
      // At once: a connection that closes before the pool knows of it must not be met half made.
      return channel.eventLoop.makeCompletedFuture { try ResponseGuard.add(to: channel) }
    }
    return HTTPClient(
      eventLoopGroupProvider: .shared(group ?? MultiThreadedEventLoopGroup.singleton), configuration: configuration)
  }

  /// A whole answer.
  public struct Answer: Sendable {
    public let status: HTTPResponseStatus
    public let headers: HTTPHeaders
    public let body: ByteBuffer
  }

  /// Sends a request and reads the whole answer under one deadline.
  ///
  /// - Parameters:
  ///   - limit: for everything: name, connection, TLS, request, head and body.
  ///   - bytes: the longest body that is read.
  /// - Throws: ``DeadlinePassed``, ``RefusedHead``, `NIOTooManyBytesError` for a longer body, and what the
  ///   connection throws.
  public static func answer(
    to request: HTTPClientRequest, from client: HTTPClient = shared, within limit: Duration, atMost bytes: Int
  ) async throws -> Answer {
    try await withDeadline(limit) {
      let response = try await client.execute(request, timeout: TimeAmount(limit))
      return Answer(
        status: response.status, headers: response.headers, body: try await response.body.collect(upTo: bytes))
    }
  }
}
