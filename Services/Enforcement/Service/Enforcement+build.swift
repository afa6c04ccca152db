import CaseKit
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
    let timetable = Timetable()
    let packs = try await CourtPacks.open(transactions, timetable, source, environment)
    let messaging = try Messaging(
      .enforcement, transactions, reading: [.registers: RegistersHandler(judge: judge)], source,
      environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    ProposalRoutes(transactions: transactions, judge: judge).add(to: router)
    CourtPackRoutes(packs: packs, transactions: transactions).add(to: router)
    RightsRoutes(EnforcementRecords.all, transactions: transactions).add(to: router)
    let schedule = ScheduleLoop(
      timetable, transactions: transactions, alarms: environment.alarms, logger: environment.logger
    ) { name, unit in _ = try packs.desk.fire(name, in: unit) }
    return BuiltService(environment, router: router, background: messaging.services + [schedule])
  }
}
