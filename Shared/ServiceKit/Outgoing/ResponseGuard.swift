import NIOCore
import NIOHTTP1

/// Why an answer's head was refused before it was looked at any further.
public enum RefusedHead: String, Error, Sendable {
  /// The status is not 200 to 599.
  case status
  /// 101, which nobody asked for.
  case upgrade
  /// Too many informational heads before the final one.
  case informational
  /// Too many header fields, or too many bytes in them.
  case headers
}

/// Stands between the HTTP decoder and async-http-client's request handler, and refuses heads that nobody should send.
///
/// async-http-client 1.37.0 takes a head with a status below 200 for informational and then ends the program when a body
/// or the end follows it. What is refused here is an error of the request and closes the connection.
final class ResponseGuard: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = HTTPClientResponsePart

  /// The most informational heads (100 to 199) before the final one; they mean nothing to us and are passed over.
  static let mostInformational = 8
  /// The most header fields of a head.
  static let mostFields = 100
  /// The most bytes in the names and values of a head's fields.
  static let mostBytes = 32_768

  private var informational = 0
  private var isRefused = false

  init() {}

  /// Puts a guard behind the decoder of a connection. Called on the connection's event loop.
  static func add(to channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
    try pipeline.addHandler(ResponseGuard(), position: .after(decoder))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // The decoder may have more of the answer in hand.
    if isRefused { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      do throws(RefusedHead) {
        guard try passes(head) else { return }
      } catch {
        isRefused = true
        context.fireErrorCaught(error)
        context.close(promise: nil)
        return
      }
    case .body: break
    case .end: informational = 0
    }
    context.fireChannelRead(data)
  }

  /// Whether a head is passed on; an informational one is not.
  private func passes(_ head: HTTPResponseHead) throws(RefusedHead) -> Bool {
    guard head.headers.count <= Self.mostFields,
      head.headers.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) <= Self.mostBytes
    else { throw .headers }
    switch head.status.code {
    case 200...599: return true
    case 101: throw .upgrade
    case 100...199:
      informational += 1
      guard informational <= Self.mostInformational else { throw .informational }
      return false
    default: throw .status
    }
  }
}
