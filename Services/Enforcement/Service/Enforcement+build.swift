import Contracts
import Keeping
import Messaging
public import ServiceKit
import Store

/// Enforcement: carries the law. In this slice: the national threshold for penalty notices.
public enum Enforcement {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let configuration = environment.configuration
    let store = try Messaging.openStore(
      .enforcement, migrations: EnforcementSchema.migrations, environment: environment)
    let outbox = Outbox(service: .enforcement, authority: configuration.authority, store: store)
    let judge = JudgeThreshold(outbox: outbox, clock: environment.clock, codes: environment.codes)
    let messaging = try Messaging(
      .enforcement, outbox: outbox, store: store, reading: [.registers: RegistersHandler(judge: judge)], source,
      environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    ProposalRoutes(store: store, judge: judge, clock: environment.clock).add(to: router)
    let transactions = Transactions(store: store, outbox: outbox, clock: environment.clock)
    RightsRoutes(EnforcementRecords.all, transactions: transactions).add(to: router)
    return BuiltService(environment, router: router, background: messaging.services)
  }
}
