public import Hummingbird
import Logging
import NIOCore

/// What a handler knows of its request.
public struct ServiceRequestContext: RequestContext {
  public var coreContext: CoreRequestContextStorage
  /// The request's id: the caller's where it is well formed, else a new one. In every answer and log line.
  public internal(set) var requestID = ""
  /// Who calls; present on every route whose policy is not open.
  public internal(set) var identity: Caller?

  /// Where the request comes from, for shares and limits; never written to a log.
  let peer: String
  /// The loop of the request's connection.
  let eventLoop: any EventLoop

  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    peer = Peer.name(source.channel.remoteAddress)
    eventLoop = source.channel.eventLoop
  }

  /// Who calls.
  ///
  /// - Throws: `Problem` unauthorized on an open route.
  public var caller: Caller {
    get throws(Problem) {
      guard let identity else { throw .unauthorized }
      return identity
    }
  }

  /// A path parameter.
  ///
  /// - Throws: `Problem` not found when the route has none of the name.
  public func parameter(_ name: String) throws(Problem) -> String {
    guard let value = parameters.get(name) else { throw .notFound("Resource") }
    return value
  }
}
