public import CoreMetrics
import Foundation
public import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
import ServiceContextModule
import Tracing

/// The routes of a service. A route cannot be added without saying who may use it and what it is for.
///
/// A `GET` with a JSON answer carries a strong `ETag` and heeds `If-None-Match`; `HEAD` works wherever `GET` does. The
/// handler runs in either case, so that what is read is on record whatever is sent.
///
/// ```swift
/// let about = About("A child's attendance", answer: Attendance.self)
/// router.on(.get, "/pupils/{id}/attendance", .roles(.school, .attendanceOfficer), about) { request, context in
///   let caller = try context.caller
///   let id = try context.parameter("id")
///   guard let pupil = try await store.pupil(id, for: caller) else { throw Problem.notFound("Pupil") }
///   return try .json(pupil.statistics)
/// }
/// ```
public final class ServiceRouter {
  public typealias Handler = @Sendable (Request, ServiceRequestContext) async throws -> Response

  /// One route, for documents, and for tests that go through all of them.
  public struct Route: Sendable, Hashable {
    public let method: String
    public let path: String
    public let policy: Policy
    public let bodyLimitBytes: Int
    /// What it is for.
    public let about: About

    public init(method: String, path: String, policy: Policy, bodyLimitBytes: Int, about: About) {
      self.method = method
      self.path = path
      self.policy = policy
      self.bodyLimitBytes = bodyLimitBytes
      self.about = about
    }

    public static func == (a: Route, b: Route) -> Bool { a.method == b.method && a.path == b.path }
    public func hash(into hasher: inout Hasher) {
      hasher.combine(method)
      hasher.combine(path)
    }
  }

  /// The largest body of a route that says nothing else, bytes.
  public static let defaultBodyLimitBytes = 1 << 20

  /// Every route.
  public var routes: [Route] { table.withLock { $0 } }
  let table = Locked<[Route]>([])
  let router = Router(context: ServiceRequestContext.self, options: .autoGenerateHeadEndpoints)
  private let verifier: TokenVerifier

  /// - Parameters:
  ///   - concurrency: the most requests handled at once; more are answered 503.
  ///   - metrics: where requests are counted.
  public init(verifier: TokenVerifier, concurrency: Int, logger: Logger, metrics: any MetricsFactory) {
    self.verifier = verifier
    router.add(
      middleware: RequestMiddleware(
        logger: logger, metrics: metrics, places: Locked(concurrency), routes: table))
  }

  /// Adds a route.
  ///
  /// - Parameters:
  ///   - path: with `{name}` for parameters.
  ///   - policy: who may use it.
  ///   - about: what it is for, for its OpenAPI description.
  ///   - bodyLimitBytes: the largest body; a larger one is answered 413 before it is read.
  public func on(
    _ method: HTTPRequest.Method, _ path: String, _ policy: Policy, _ about: About,
    bodyLimitBytes: Int = ServiceRouter.defaultBodyLimitBytes, _ handler: @escaping Handler
  ) {
    let route = Route(
      method: method.rawValue, path: path, policy: policy, bodyLimitBytes: bodyLimitBytes, about: about)
    table.withLock { $0.append(route) }
    router.on(RouterPath(path), method: method) { [verifier] request, context in
      var context = context
      if case .roles(let roles) = policy {
        let caller = try await verifier.caller(bearer: try Self.bearer(request))
        guard roles.contains(caller.role) else { throw Problem.forbidden }
        context.identity = caller
      }
      if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimitBytes {
        throw Problem("too-large", "The body is too large", .contentTooLarge)
      }
      let response = try await handler(request, context)
      return route.isConditional ? try await response.respecting(request) : response
    }
  }

  private static func bearer(_ request: Request) throws(Problem) -> String {
    guard let header = request.headers[.authorization], header.count > 7,
      header.prefix(7).lowercased() == "bearer "
    else { throw .unauthorized }
    return String(header.dropFirst(7))
  }
}

/// Around every request: its id, a span, counts, a place among those handled at once, errors as Problem Details.
private struct RequestMiddleware: RouterMiddleware {
  typealias Context = ServiceRequestContext

  let logger: Logger
  let metrics: any MetricsFactory
  let places: Locked<Int>
  let routes: Locked<[ServiceRouter.Route]>

  func handle(
    _ request: Request, context: ServiceRequestContext,
    next: (Request, ServiceRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.requestID = Self.requestID(request)
    context.logger = logger
    context.logger[metadataKey: Names.Log.requestID] = "\(context.requestID)"
    var service = ServiceContext.topLevel
    service.traceContext = request.headers[.traceparent].flatMap { TraceContext(traceparent: $0) }
    let started = ContinuousClock.now
    let (context_, service_) = (context, service)
    var response = await withSpan(request.method.rawValue, context: service_, ofKind: .server) { span in
      let response = await answer(request, context_, next)
      span.operationName = "\(request.method.rawValue) \(context_.endpointPath ?? "unmatched")"
      if response.status.code >= 500 { span.setStatus(.init(code: .error)) }
      return response
    }
    // An answer to HEAD has no body, whoever made it.
    if request.method == .head { response = response.createHeadResponse() }
    if let name = HTTPField.Name("X-Request-ID") { response.headers[name] = context.requestID }
    count(request, context.endpointPath ?? "unmatched", response.status.code, started.duration(to: .now))
    return response
  }

  private func answer(
    _ request: Request, _ context: ServiceRequestContext,
    _ next: (Request, ServiceRequestContext) async throws -> Response
  ) async -> Response {
    let hasPlace = places.withLock { places in
      guard places > 0 else { return false }
      places -= 1
      return true
    }
    guard hasPlace else {
      return Problem("busy", "Too many requests at once", .serviceUnavailable, retryAfterSeconds: 1)
        .response(instance: context.requestID)
    }
    defer { places.withLock { $0 += 1 } }
    do {
      return try await next(request, context)
    } catch {
      return problem(of: error, request, context).response(instance: context.requestID)
    }
  }

  /// What a thrown error is to the caller. One that nobody foresaw is a bare 500; its type alone is logged.
  private func problem(of error: any Error, _ request: Request, _ context: ServiceRequestContext) -> Problem {
    if let problem = (error as? any ProblemError)?.problem { return problem }
    switch error {
    case let problem as Problem: return problem
    case let error as HTTPError where error.status == .notFound:
      let methods = Set(routes.withLock { $0.filter { $0.matches(request.uri.path) }.map(\.method) })
      guard methods.isEmpty else {
        return .methodNotAllowed(methods.union(methods.contains("GET") ? ["HEAD"] : []).sorted())
      }
      return Problem("http-404", error.status.reasonPhrase, .notFound)
    case let error as HTTPError: return Problem("http-\(error.status.code)", error.status.reasonPhrase, error.status)
    case let error as any HTTPResponseError:
      return Problem("http-\(error.status.code)", error.status.reasonPhrase, error.status)
    default:
      context.logger.error(
        "a request failed unexpectedly", metadata: [Names.Log.errorType: "\(type(of: error))"])
      return Problem("internal", "Something went wrong", .internalServerError)
    }
  }

  private func count(_ request: Request, _ route: String, _ status: Int, _ duration: Duration) {
    let dimensions = [("method", request.method.rawValue), ("route", route)]
    Counter(
      label: Names.Metric.requests, dimensions: dimensions + [("status", String(status))], factory: metrics
    ).increment()
    let nanos = duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    Timer(label: Names.Metric.requestSeconds, dimensions: dimensions, factory: metrics).recordNanoseconds(nanos)
  }

  private static func requestID(_ request: Request) -> String {
    if let name = HTTPField.Name("X-Request-ID"), let given = request.headers[name], (8...64).contains(given.count),
      given.utf8.allSatisfy({ $0 == 45 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) })
    {
      return given
    }
    return UUID().uuidString.lowercased()
  }
}

extension ServiceRouter.Route {
  /// The segments of the path, for example `schools` and `{urn}`.
  var segments: [Substring] { path.split(separator: "/") }

  var isConditional: Bool { method == "GET" && about.isConditional }

  /// Whether a request's path is the route's.
  func matches(_ requested: String) -> Bool {
    let given = requested.split(separator: "/")
    return given.count == segments.count
      && zip(segments, given).allSatisfy { segment, text in segment.hasPrefix("{") || segment == text }
  }
}

extension HTTPField.Name {
  static var link: HTTPField.Name { HTTPField.Name("Link") ?? .via }
  static var traceparent: HTTPField.Name { HTTPField.Name("traceparent") ?? .via }
}
