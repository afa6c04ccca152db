import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Schemas

/// What stands before every handler: who calls, whether within its share, the whole body, a place.
///
/// The order matters. Nothing of a body is read before its sender is known, and no place is taken before the body is
/// there: whoever sends slowly takes nothing that others need.
struct Edge: Sendable {
  /// Larger answers keep their caller's share until they are fetched, bytes.
  private static let smallAnswer = 65_536

  private let verifier: TokenVerifier
  private let settings: EdgeSettings
  private let events: SecurityEvents
  private let refusals: Allowance
  private let places: Places
  private let stopwatch: Stopwatch
  let shares: Shares

  init(
    _ settings: EdgeSettings, verifier: TokenVerifier, logger: Logger, metrics: any MetricsFactory,
    stopwatch: Stopwatch
  ) {
    self.verifier = verifier
    self.settings = settings
    events = SecurityEvents(logger: logger, metrics: metrics, stopwatch: stopwatch)
    refusals = Allowance(perMinute: settings.refusalsPerMinute, stopwatch: stopwatch)
    places = Places(settings.concurrency)
    shares = Shares(bytes: settings.bodiesLimitBytes)
    self.stopwatch = stopwatch
  }

  /// How often each of many may do something, by this edge's own time.
  func allowance(perMinute limit: Int) -> Allowance { Allowance(perMinute: limit, stopwatch: stopwatch) }

  /// Who is known of a request so far.
  private struct Trail {
    var name: String
    var role: Role?
    var fault: TokenFault?
  }

  /// Handles a request of a route.
  ///
  /// - Parameter bounds: how much a JSON body may hold.
  func respond(
    _ route: ServiceRouter.Route, within bounds: JSONBounds, _ request: Request, _ context: ServiceRequestContext,
    _ handler: ServiceRouter.Handler
  ) async throws -> Response {
    guard !route.isNeverRefused else { return try await Self.answer(handler, route, request, context) }
    var trail = Trail(name: "peer \(context.peer)")
    do {
      return try await handle(route, bounds, request, context, &trail, handler)
    } catch let problem as Problem where SecurityEvents.isOne(problem) {
      events.record(
        .init(
          kind: problem.slug, reason: trail.fault?.rawValue ?? problem.slug, route: "\(route.method) \(route.path)",
          role: trail.role, requestID: context.requestID, caller: trail.name))
      if problem.status == .unauthorized || problem.status == .forbidden,
        let seconds = refusals.take(trail.name)
      {
        throw Problem.tooManyRefusals(retryAfterSeconds: seconds)
      }
      throw problem
    }
  }

  private func handle(
    _ route: ServiceRouter.Route, _ bounds: JSONBounds, _ request: Request, _ context: ServiceRequestContext,
    _ trail: inout Trail, _ handler: ServiceRouter.Handler
  ) async throws -> Response {
    var context = context
    let ticket: Shares.Ticket
    switch route.policy {
    case .open:
      guard let own = shares.enter(trail.name, atMost: settings.concurrency) else { throw Problem.tooManyOfCaller }
      ticket = own
    case .roles(let roles, let reach):
      let caller = try await caller(request, &trail)
      trail.name = "subject \(caller.subject)"
      trail.role = caller.role
      guard roles.contains(caller.role) else { throw Problem.forbidden }
      try reach.admit(caller, school: context.parameters.get("urn"))
      guard let own = shares.enter(trail.name, atMost: settings.share) else { throw Problem.tooManyOfCaller }
      ticket = own
      context.identity = caller
    }
    try route.checkQuery(request)
    var request = request
    let bytes = try await Self.body(of: request, upTo: route.bodyLimitBytes, counting: ticket)
    request.body = RequestBody(buffer: bytes)
    let (whole, known) = (request, context)
    let response = try await places.inOne {
      if whole.mediaType.hasSuffix("json") { try Self.count(bytes, within: bounds, of: route) }
      return try await Self.answer(handler, route, whole, known)
    }
    ticket.releaseBytes()
    return Self.keeping(ticket, until: response, on: context.eventLoop)
  }

  private func caller(_ request: Request, _ trail: inout Trail) async throws -> Caller {
    let checked: Result<Caller, TokenFault> =
      if let token = Self.bearer(request) { try await verifier.check(bearer: token) } else { .failure(.missing) }
    switch checked {
    case .success(let caller): return caller
    case .failure(let fault):
      trail.fault = fault
      throw Problem.unauthorized
    }
  }

  private static func bearer(_ request: Request) -> String? {
    guard let header = request.headers[.authorization], header.count > 7, header.prefix(7).lowercased() == "bearer "
    else { return nil }
    return String(header.dropFirst(7))
  }

  /// The handler's answer with its tag; what it says of a query parameter with what the route says of it.
  private static func answer(
    _ handler: ServiceRouter.Handler, _ route: ServiceRouter.Route, _ request: Request, _ context: ServiceRequestContext
  ) async throws -> Response {
    do {
      let response = try await handler(request, context)
      return route.isConditional ? try await response.respecting(request) : response
    } catch let problem as Problem {
      throw route.explaining(problem)
    }
  }

  /// The whole body, whether its length was declared or it came in chunks.
  static func body(of request: Request, upTo limit: Int, counting ticket: Shares.Ticket) async throws -> ByteBuffer {
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    if let declared, declared > limit { throw Problem.tooLarge(limit: limit) }
    var whole = ByteBuffer()
    do {
      for try await part in request.body {
        guard whole.readableBytes + part.readableBytes <= limit else { throw Problem.tooLarge(limit: limit) }
        try ticket.add(bytes: part.readableBytes)
        if whole.capacity == 0, let declared { whole.reserveCapacity(declared) }
        whole.writeImmutableBuffer(part)
      }
    } catch let problem as Problem {
      throw problem
    } catch is BodyTooSlow {
      throw Problem.tooSlow
    } catch {
      throw Problem.incompleteBody
    }
    guard declared == nil || declared == whole.readableBytes else { throw Problem.incompleteBody }
    return whole
  }

  /// Refuses JSON that is not worth its memory, before anybody decodes it; and names that are there twice, where the route
  /// has no reader of JSON that tells where.
  ///
  /// - Throws: `Problem` 413 for too many values, 422 for too deep ones and for names that are there twice.
  private static func count(
    _ bytes: ByteBuffer, within bounds: JSONBounds, of route: ServiceRouter.Route
  ) throws(Problem) {
    do throws(JSONBounds.Excess) {
      try bytes.withUnsafeReadableBytes { raw throws(JSONBounds.Excess) in
        try bounds.check(raw.bindMemory(to: UInt8.self))
      }
    } catch {
      throw Problem(error)
    }
    if route.about.body == nil, RepeatedNames(in: Data(bytes.readableBytesView)).count > 0 { throw .repeatedName }
  }

  /// The answer, which keeps the caller's share until it is fetched where it is large or made on the way.
  private static func keeping(
    _ ticket: Shares.Ticket, until response: Response, on eventLoop: any EventLoop
  ) -> Response {
    let body = response.body
    guard body.contentLength ?? .max > smallAnswer else { return response }
    var kept = response
    kept.body = ResponseBody(contentLength: body.contentLength) { writer in
      try await body.write(PartsWriter(output: writer, eventLoop: eventLoop))
      withExtendedLifetime(ticket) {}
    }
    return kept
  }
}

/// Writes some of a body at a time: each part waits until the caller has fetched what was before it.
private struct PartsWriter: ResponseBodyWriter {
  private static let partBytes = 65_536
  var output: any ResponseBodyWriter
  let eventLoop: any EventLoop

  mutating func write(_ buffer: ByteBuffer) async throws {
    var rest = buffer
    while let part = rest.readSlice(length: min(Self.partBytes, rest.readableBytes)), part.readableBytes > 0 {
      try await output.write(part)
      // A writer may go on until its connection has said that it is full, and the connection says so when it has taken
      // the part: until then nobody waits, and the whole answer would lie in memory.
      try await eventLoop.submit {}.get()
    }
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws { try await output.finish(trailingHeaders) }
}

extension ServiceRouter.Route {
  /// Whether it is answered whatever else goes on: what tells an operator that something is wrong.
  var isNeverRefused: Bool { policy == .open && (path.hasPrefix("/health/") || path == "/metrics") }
}

extension Problem {
  static func tooLarge(limit: Int) -> Problem {
    Problem(
      tooLarge.slug, tooLarge.title, tooLarge.status,
      detail: "At most \(limit) bytes are accepted here. Send it in parts.")
  }
  static let tooLarge = Problem("too-large", "The body is too large", .contentTooLarge)
  static let tooSlow = Problem(
    "too-slow", "The body arrived too slowly", .requestTimeout, detail: "Send it again over a faster connection.")
  static let incompleteBody = Problem(
    "incomplete-body", "The body ended early, or its length is not the declared one", .badRequest)
  static func tooManyRefusals(retryAfterSeconds: Int) -> Problem {
    Problem(
      "too-many-refusals", "Too many requests were refused", .tooManyRequests,
      detail: "Check the token and what its holder may do before sending more.", retryAfterSeconds: retryAfterSeconds)
  }
  /// Whether the connection is of no more use: part of the body is still to come, or nobody knows what comes.
  var closesConnection: Bool { slug == Problem.tooSlow.slug || slug == Problem.incompleteBody.slug }
}

extension Problem {
  static let tooManyValues = Problem("too-many-values", "The body holds too many values", .contentTooLarge)
  static let tooDeep = Problem("too-deep", "The body is too deep", .unprocessableContent)
  static let repeatedName = Problem(
    "repeated-name", "An object has a name twice", .unprocessableContent,
    detail: "Send each name of an object once: two values for one name contradict each other.")

  /// JSON that is not decoded because of what it would cost.
  init(_ excess: JSONBounds.Excess) {
    switch excess {
    case .values(let limit):
      self.init(
        Self.tooManyValues.slug, Self.tooManyValues.title, Self.tooManyValues.status,
        detail: "At most \(limit) values are accepted here. Send it in parts.")
    case .depth(let limit):
      self.init(
        Self.tooDeep.slug, Self.tooDeep.title, Self.tooDeep.status,
        detail: "Objects and arrays may lie \(limit) deep in each other.")
    case .names(let limit):
      self.init(
        Self.tooManyValues.slug, Self.tooManyValues.title, Self.tooManyValues.status,
        detail: "An object may have at most \(limit) names.")
    }
  }
}
