public import CoreMetrics
import Foundation
public import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
public import Schemas
import ServiceContextModule
import Tracing

/// The routes of a service. A route cannot be added without saying who may use it and what it is for.
///
/// A `GET` with a JSON answer carries a strong `ETag` and heeds `If-None-Match`; `HEAD` works wherever `GET` does. The
/// handler runs in either case, so that what is read is on record whatever is sent.
///
/// ```swift
/// let about = About("A child's attendance", answer: Attendance.self)
/// router.on(.get, "/pupils/{id}/attendance", .roles(.school, .attendanceOfficer, reach: .ownRecords), about) { request, context in
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
  let edge: Edge

  /// - Parameters:
  ///   - settings: how much is let in.
  ///   - metrics: where requests and security events are counted.
  ///   - stopwatch: what limits over time go by.
  public init(
    verifier: TokenVerifier, settings: EdgeSettings, logger: Logger, metrics: any MetricsFactory,
    stopwatch: Stopwatch = .machine()
  ) {
    edge = Edge(settings, verifier: verifier, logger: logger, metrics: metrics, stopwatch: stopwatch)
    router.add(
      middleware: RequestMiddleware(
        logger: logger, metrics: metrics, headers: SecurityHeaders(hstsSeconds: settings.hstsSeconds), routes: table))
  }

  /// Adds a route.
  ///
  /// - Parameters:
  ///   - path: with `{name}` for parameters.
  ///   - policy: who may use it, and how callers who are bound to schools are confined.
  ///   - about: what it is for, for its OpenAPI description.
  ///   - bodyLimitBytes: the largest body; a larger one is answered 413.
  ///   - json: how much a JSON body may hold; what its limit allows where nothing is said.
  public func on(
    _ method: HTTPRequest.Method, _ path: String, _ policy: Policy, _ about: About,
    bodyLimitBytes: Int = ServiceRouter.defaultBodyLimitBytes, json: JSONBounds? = nil, _ handler: @escaping Handler
  ) {
    let route = Route(
      method: method.rawValue, path: path, policy: policy, bodyLimitBytes: bodyLimitBytes, about: about)
    table.withLock { $0.append(route) }
    let bounds = json ?? .body(upTo: bodyLimitBytes)
    router.on(RouterPath(path), method: method) { [edge] request, context in
      try await edge.respond(route, within: bounds, request, context, handler)
    }
  }
}

/// Around every request: its id, a span, counts, the security fields, errors as Problem Details.
private struct RequestMiddleware: RouterMiddleware {
  typealias Context = ServiceRequestContext

  let logger: Logger
  let metrics: any MetricsFactory
  let headers: SecurityHeaders
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
      let response = await RequestID.$current.withValue(context_.requestID) {
        await answer(request, context_, next)
      }
      span.operationName = "\(request.method.rawValue) \(context_.endpointPath ?? "unmatched")"
      if response.status.code >= 500 { span.setStatus(.init(code: .error)) }
      return response
    }
    // An answer to HEAD has no body, whoever made it.
    if request.method == .head { response = response.createHeadResponse() }
    if let name = HTTPField.Name("X-Request-ID") { response.headers[name] = context.requestID }
    headers.add(to: &response.headers)
    count(request, context.endpointPath ?? "unmatched", response.status.code, started.duration(to: .now))
    return response
  }

  private func answer(
    _ request: Request, _ context: ServiceRequestContext,
    _ next: (Request, ServiceRequestContext) async throws -> Response
  ) async -> Response {
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
