import AsyncHTTPClient
import Contracts
import GRDB
import Keeping
import Logging
import Messaging
import NIOPosix
import NotifierDomain
public import ServiceKit
import ServiceLifecycle
import Store

/// The notifier: tells schools and partner agencies what each may know.
public enum Notifier {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`, `SecretSeal.Failure`.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let configuration = environment.configuration
    let config = try NotifierConfig(source, storePath: configuration.storePath)
    let store = try Messaging.openStore(.notifier, migrations: NotifierSchema.migrations, environment: environment)
    let hasNoKeys = try await store.read { try SigningKeys.isEmpty(in: $0) }
    // One that an earlier release or a person left open to others.
    if FileMode.close(config.keyFile) {
      environment.logger.warning("others could use the key file; they cannot now")
    }
    let keys = SigningKeys(seal: try SecretSeal(path: config.keyFile, mayCreate: hasNoKeys))
    let transactions = Transactions(.notifier, store: store, environment: environment)
    let resolving = ResolverThreads(count: config.concurrency)
    let client = WebhookClient(
      resolver: SystemResolver(threads: resolving.pool), group: .singleton, limits: .init(),
      allowsLoopback: config.allowsLoopback, mostConnections: config.concurrency)
    let attempt = Attempt(
      transactions: transactions, keys: keys, client: client, policy: .standard, authority: configuration.authority,
      receiversClock: SystemClock())
    let loop = makeLoop(attempt, environment, config)
    register(loop, config, environment)

    let http = OutgoingHTTP.client()
    let reports = ReportQueue(queued: { loop.queued($0) })
    let messaging = try Messaging(
      .notifier, transactions,
      reading: [
        .registers: RegistersHandler(reports: reports),
        .enforcement: ReportHandler(of: .enforcement, reports: reports),
        .casework: ReportHandler(of: .casework, reports: reports),
        .licensing: ReportHandler(of: .licensing, reports: reports),
        .cme: ReportHandler(of: .cme, reports: reports),
      ], source, environment: environment, http: http)

    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    SubscriptionRoutes(
      manage: ManageSubscriptions(
        transactions: transactions, keys: keys, loop: loop, policy: .standard,
        allowsLoopback: config.allowsLoopback),
      test: TestMessage(
        transactions: transactions, keys: keys, client: client, authority: configuration.authority,
        receiversClock: SystemClock(), limit: TestLimit()),
      transactions: transactions
    ).add(to: router)
    DisclosureRoutes(transactions: transactions).add(to: router)
    RightsRoutes(NotifierRecords.all, transactions: transactions).add(to: router)
    return BuiltService(
      environment, router: router,
      background: [resolving, HTTPClientService(client: http), WebhookClientService(client: client)]
        + messaging.services + [loop])
  }

  private static func register(_ loop: DeliveryLoop, _ config: NotifierConfig, _ environment: ServiceEnvironment) {
    environment.health.require("delivery") { loop.isRunning }
    environment.metrics.gauge("notifier_delivering") { [([], config.delivers && loop.isRunning ? 1 : 0)] }
  }

  private static func makeLoop(
    _ attempt: Attempt, _ environment: ServiceEnvironment, _ config: NotifierConfig
  ) -> DeliveryLoop {
    var random = SystemRandomNumberGenerator()
    return DeliveryLoop(
      attempt: attempt, schedule: .standard, places: config.concurrency, seed: random.next(),
      telemetry: Telemetry(factory: environment.metrics), alarms: environment.alarms, logger: environment.logger,
      delivers: config.delivers)
  }
}

/// The threads on which names are resolved, ended with the program.
struct ResolverThreads: Service {
  let pool: NIOThreadPool

  /// - Parameter count: one for each attempt at once: a lookup that hangs cannot be stopped.
  init(count: Int) {
    pool = NIOThreadPool(numberOfThreads: count)
    pool.start()
  }

  func run() async throws {
    try? await gracefulShutdown()
    try await pool.shutdownGracefully()
  }
}

/// The client of the receivers, closed with the program.
struct WebhookClientService: Service {
  let client: WebhookClient

  func run() async throws {
    try? await gracefulShutdown()
    await client.shutdown()
  }
}

/// The client of the feeds, closed with the program.
struct HTTPClientService: Service {
  let client: HTTPClient

  func run() async throws {
    try? await gracefulShutdown()
    try await client.shutdown()
  }
}
