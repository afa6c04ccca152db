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
    let store = try Messaging.openStore(
      .enforcement, migrations: EnforcementSchema.migrations, environment: environment)
    let transactions = Transactions(.enforcement, store: store, environment: environment)
    let judge = JudgeThreshold(codes: environment.codes)
    let messaging = try Messaging(
      .enforcement, transactions, reading: [.registers: RegistersHandler(judge: judge)], source,
      environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    ProposalRoutes(transactions: transactions, judge: judge).add(to: router)
    RightsRoutes(EnforcementRecords.all, transactions: transactions).add(to: router)
    return BuiltService(environment, router: router, background: messaging.services)
  }
}
