import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// A body arrived too slowly; the connection takes no more of it.
struct BodyTooSlow: Error {}
/// A body ended before its end.
struct BodyCutOff: Error {}

/// What all connections of a program have in common.
struct ConnectionRules: Sendable {
  let body: Transfer.Pace
  let answer: Transfer.Pace
  /// The most bytes of a body that are thrown away after its request was answered.
  let largestRest: Int
  let headers: SecurityHeaders
  let connections: Connections
  let stopwatch: Stopwatch

  init(_ settings: EdgeSettings, connections: Connections, stopwatch: Stopwatch) {
    let window = Duration.seconds(settings.rateWindowSeconds)
    body = .init(deadline: .seconds(settings.bodySeconds), leastRate: settings.leastRate, window: window)
    answer = .init(deadline: .seconds(settings.answerSeconds), leastRate: settings.leastRate, window: window)
    largestRest = 2 * settings.largestBodyBytes
    headers = SecurityHeaders(hstsSeconds: settings.hstsSeconds)
    self.connections = connections
    self.stopwatch = stopwatch
  }
}

/// Watches one connection: that a body arrives and an answer is fetched in time, and that every answer carries the
/// security fields, also those that no route made.
///
/// A body that is too slow ends in an error for its reader, who answers 408, and the connection is closed. An answer
/// that is not fetched is given up with its connection.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Between two looks.
  private static let pause = TimeAmount.milliseconds(500)

  private let rules: ConnectionRules
  private var number: Int?
  /// A body that is arriving.
  private var body: Transfer?
  /// Whether the socket is being read from: not while the reader of the body is behind.
  private var isReading = false
  /// Requests that are not answered to the end.
  private var unanswered = 0
  /// Bytes that came of a body whose request is answered.
  private var rest = 0
  /// An answer that is on its way.
  private var answer: Transfer?
  private var isAnswerWritten = true
  private var written = 0
  private var fetched = 0
  /// Nothing more is read: the connection is closed behind the answer.
  private var isBroken = false
  private var closesAfterAnswer = false
  private var next: Scheduled<Void>?

  init(_ rules: ConnectionRules) { self.rules = rules }

  // MARK: The connection

  func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { open(context) } }

  func channelActive(context: ChannelHandlerContext) {
    open(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    if body != nil { context.fireErrorCaught(BodyCutOff()) }
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent, body != nil {
      body = nil
      context.fireErrorCaught(BodyCutOff())
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func open(_ context: ChannelHandlerContext) {
    guard number == nil else { return }
    let channel = context.channel
    number = rules.connections.opened(by: Peer.name(channel.remoteAddress)) { channel.close(promise: nil) }
    if number == nil { context.close(promise: nil) }
  }

  private func end() {
    next?.cancel()
    next = nil
    if let number { rules.connections.closed(number) }
  }

  // MARK: What comes

  func read(context: ChannelHandlerContext) {
    isReading = true
    context.read()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    context.fireChannelReadComplete()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isBroken else { return }
    switch unwrapInboundIn(data) {
    case .head:
      body = Transfer(rules.body, at: rules.stopwatch.elapsed())
      unanswered += 1
      rest = 0
      if let number { rules.connections.set(number, isIdle: false) }
      watch(context)
    case .body(let bytes):
      body?.moved(bytes.readableBytes)
      if unanswered == 0 {
        rest += bytes.readableBytes
        guard rest <= rules.largestRest else {
          context.close(promise: nil)
          return
        }
      }
    case .end:
      body = nil
    }
    context.fireChannelRead(data)
  }

  // MARK: What goes

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head):
      rules.headers.add(to: &head.headerFields)
      if head.headerFields[.connection]?.lowercased() == "close" { closesAfterAnswer = true }
      answer = Transfer(rules.answer, at: rules.stopwatch.elapsed())
      isAnswerWritten = false
      watch(context)
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let bytes):
      written += bytes.readableBytes
      context.write(data, promise: promise)
    case .end:
      isAnswerWritten = true
      unanswered = max(0, unanswered - 1)
      if unanswered == 0, let number { rules.connections.set(number, isIdle: true) }
      guard closesAfterAnswer else {
        context.write(data, promise: promise)
        return
      }
      isBroken = true
      let sent = promise ?? context.eventLoop.makePromise()
      let channel = context.channel
      sent.futureResult.whenComplete { _ in channel.close(promise: nil) }
      context.writeAndFlush(data, promise: sent)
    }
  }

  // MARK: The clock

  private func watch(_ context: ChannelHandlerContext) {
    guard next == nil else { return }
    next = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
      self.next = nil
      self.look(context)
    }
  }

  private func look(_ context: ChannelHandlerContext) {
    let now = rules.stopwatch.elapsed()
    if body?.isTooSlow(at: now, waitsForCaller: isReading) == true {
      body = nil
      isBroken = true
      closesAfterAnswer = true
      guard unanswered > 0 else {
        context.close(promise: nil)
        return
      }
      context.fireErrorCaught(BodyTooSlow())
    }
    if answer != nil, isUnfetched(context, at: now) {
      context.close(promise: nil)
      return
    }
    if body != nil || answer != nil { watch(context) }
  }

  /// Whether the answer is not fetched fast enough; forgets an answer that is fetched whole.
  private func isUnfetched(_ context: ChannelHandlerContext, at now: Duration) -> Bool {
    let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    if waiting == 0, isAnswerWritten {
      answer = nil
      return false
    }
    let gone = max(fetched, written - waiting)
    answer?.moved(gone - fetched)
    fetched = gone
    guard waiting > 0 else {
      // What is to be sent is ours to make: the caller has time from then on.
      answer = Transfer(rules.answer, at: now)
      return false
    }
    return answer?.isTooSlow(at: now, waitsForCaller: true) == true
  }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
