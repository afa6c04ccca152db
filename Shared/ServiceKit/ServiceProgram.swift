import CProcess
import CoreMetrics
import Foundation
public import Hummingbird
public import Logging
import NIOCore
public import Rulebook
import Schemas
public import ServiceLifecycle
import Tracing
public import UnixSignals

#if canImport(Glibc)
  import Glibc
#endif

/// What every service is given to build itself with.
public struct ServiceEnvironment: Sendable {
  public let name: String
  public let configuration: ServiceConfiguration
  public let clock: any WallClock
  public let logger: Logger
  public let metrics: PrometheusMetrics
  public let health: Health
  public let alarms: Alarms
  public let verifier: TokenVerifier
  /// The attendance codes that marks are judged by.
  public let codes: CodeBook
  let stopwatch: Stopwatch

  /// - Parameters:
  ///   - clock: the machine's, moved as configured, unless a test gives another.
  ///   - stopwatch: what limits over time go by.
  ///   - codes: the law in force, unless a test gives another.
  public init(
    name: String, configuration: ServiceConfiguration, clock: (any WallClock)? = nil, logger: Logger? = nil,
    stopwatch: Stopwatch = .machine(), codes: CodeBook = .england
  ) {
    self.name = name
    self.codes = codes
    self.configuration = configuration
    let clock = clock ?? SystemClock(offsetSeconds: Double(configuration.clockOffsetSeconds))
    self.clock = clock
    if let logger {
      self.logger = logger
    } else {
      let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
      var made = Logger(label: name) { _ in JSONLogHandler(logLevel: level) }
      made[metadataKey: "service"] = "\(name)"
      made[metadataKey: "authority"] = "\(configuration.authority)"
      self.logger = made
    }
    metrics = PrometheusMetrics()
    health = Health()
    alarms = Alarms(logger: self.logger)
    metrics.gauge(Names.Metric.alarms) { [alarms] in alarms.active.map { ([("alarm", $0.name)], 1) } }
    metrics.gauge(Names.Metric.openDescriptors) { [([], Double(Descriptors.now.open))] }
    metrics.gauge(Names.Metric.mostDescriptors) { [([], Double(Descriptors.now.most))] }
    metrics.gauge(Names.Metric.unwrittenLines) { [([], Double(StandardError.unwritten))] }
    let place = configuration.jwks
    self.stopwatch = stopwatch
    verifier = TokenVerifier(configuration.tokens, clock: clock, stopwatch: stopwatch, logger: self.logger) {
      try await KeySet.read(place)
    }
  }

  /// The service's router, with health, metrics and its description already on it.
  public func makeRouter() -> ServiceRouter {
    let router = ServiceRouter(
      verifier: verifier, settings: configuration.edge, logger: logger, metrics: metrics, stopwatch: stopwatch)
    metrics.gauge(Names.Metric.inHand) { [shares = router.edge.shares] in [([], Double(shares.inHand.requests))] }
    metrics.gauge(Names.Metric.bodyBytes) { [shares = router.edge.shares] in [([], Double(shares.inHand.bytes))] }
    metrics.gauge(Names.Metric.keyAge) { [verifier] in await verifier.keyAgeSeconds.map { [([], $0)] } ?? [] }
    // Open routes have no caller, and so no `Call`.
    router.on(.get, "/health/live", .open, About("Whether the program runs", answer: HealthAnswer.self)) { _, _ in
      try .json(HealthAnswer(status: "live", alarms: nil))
    }
    router.on(
      .get, "/health/ready", .open, About("Whether the program can do its work", answer: HealthAnswer.self)
    ) { [health, alarms] _, _ in
      let waiting = await health.notReady()
      guard waiting.isEmpty else {
        throw Problem(
          "not-ready", "The program is not ready", .serviceUnavailable,
          detail: "Waiting for: \(waiting.joined(separator: ", "))", retryAfterSeconds: 1)
      }
      let names = alarms.active.map(\.name)
      return try .json(HealthAnswer(status: "ready", alarms: names.isEmpty ? nil : names))
    }
    router.on(
      .get, "/metrics", .open, About("Figures of the program for Prometheus", downloads: [PrometheusMetrics.mediaType])
    ) { [metrics] _, _ in .bytes(Array(await metrics.text().utf8), contentType: PrometheusMetrics.mediaType) }
    // Made once, when it is first asked for: only then is every route there. Whoever asks meanwhile waits without
    // keeping a thread from others.
    let document = Locked<Task<[UInt8], any Error>?>(nil)
    router.on(
      .get, "/openapi.json", .open, About("This description of the interface", answer: JSONValue.self)
    ) { [name, table = router.table] _, _ in
      let making = document.withLock { document in
        let making =
          document ?? Task { Array(try OpenAPI.document(of: name, routes: table.withLock { $0 }).document().utf8) }
        document = making
        return making
      }
      return .bytes(try await making.value, contentType: "application/json")
    }
    return router
  }

  /// The bearer token shown to other services' feeds, read anew at each use, so that it can be changed.
  public func feedToken() throws -> String {
    try String(contentsOfFile: configuration.feedTokenFile, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// What the health routes answer.
private struct HealthAnswer: Codable, Sendable {
  let status: String
  /// The names of the alarms that are raised.
  let alarms: [String]?
}

/// The parts of a built service.
public struct BuiltService: Sendable {
  /// Answers requests; a test can call it without a socket.
  public let application: Application<RouterResponder<ServiceRequestContext>>
  /// What runs beside the HTTP server, dependencies first.
  public let background: [any Service]
  /// Every route with its policy.
  public let routes: [ServiceRouter.Route]

  /// - Parameter background: dependencies first; shutdown runs the other way round.
  public init(_ environment: ServiceEnvironment, router: ServiceRouter, background: [any Service]) {
    let configuration = environment.configuration
    let logger = environment.logger
    let connections = Connections(limit: configuration.edge.connections, stopwatch: environment.stopwatch)
    environment.metrics.gauge(Names.Metric.connections) { [([], Double(connections.count))] }
    let rules = ConnectionRules(
      configuration.edge, connections: connections, stopwatch: environment.stopwatch)
    application = Application(
      router: router.router,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ConnectionGuard(rules)],
          idleTimeout: .seconds(Int64(configuration.edge.idleSeconds)))),
      configuration: .init(address: .hostname(configuration.host, port: configuration.port), serverName: nil),
      onServerRunning: { channel in
        logger.notice("listening", metadata: ["port": "\(channel.localAddress?.port ?? 0)"])
      }, logger: logger)
    self.background = background
    routes = router.routes
  }

  /// Runs everything until SIGTERM or SIGINT: `ready` turns false, the server stops taking requests, the loops end.
  public func run(_ environment: ServiceEnvironment, signals: [UnixSignal] = [.sigterm, .sigint]) async throws {
    let keys = KeyRefresh(ring: environment.verifier.ring)
    let services = background + [keys, application, ReadinessGate(health: environment.health)] as [any Service]
    var configuration = ServiceGroupConfiguration(
      services: services.map { .init(service: $0) }, gracefulShutdownSignals: signals, logger: environment.logger)
    configuration.maximumGracefulShutdownDuration = .seconds(8)
    configuration.maximumCancellationDuration = .seconds(2)
    try await ServiceGroup(configuration: configuration).run()
  }
}

/// The last service, so the first to be shut down: readiness turns false before anything stops.
private struct ReadinessGate: Service {
  let health: Health

  func run() async throws {
    try await gracefulShutdown()
    health.beginStopping()
  }
}

/// The main of every service.
public enum ServiceProgram {
  /// Reads the configuration, builds, runs. A start that fails prints one line that says why and exits 78 for the
  /// configuration, else 1.
  public static func main(
    _ name: String, build: (ServiceEnvironment, ConfigurationSource) async throws -> BuiltService
  ) async -> Never {
    guardProcess()
    do {
      let source = try await ConfigurationSource()
      let configuration = try ServiceConfiguration(source)
      if configuration.exitWithParent { end_with_parent() }
      // One thread is enough for an authority's requests and keeps an idle program small.
      setenv("NIO_SINGLETON_GROUP_LOOP_COUNT", "1", 0)
      InstrumentationSystem.bootstrap(SpanFileTracer(path: configuration.traceFile, service: name))
      let environment = ServiceEnvironment(name: name, configuration: configuration)
      LoggingSystem.bootstrap { _ in environment.logger.handler }
      MetricsSystem.bootstrap(environment.metrics)
      try await build(environment, source).run(environment)
      exit(0)
    } catch let error as ConfigurationError {
      fail("\(name): \(error)", code: 78)
    } catch {
      fail("\(name) cannot run: \(error)", code: 1)
    }
  }

  /// The first thing that every program does: what it makes is for its owner only, its memory is never written to a
  /// file, and it may open as many files as the system lets it.
  public static func guardProcess() { guard_process() }

  private static func fail(_ text: String, code: Int32) -> Never {
    StandardError.write(Data((text + "\n").utf8))
    exit(code)
  }
}
