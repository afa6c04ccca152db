import Contracts
import GRDB
import Keeping
import Messaging
public import ServiceKit
import Store

extension Registers {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`, or GRDB's `DatabaseError` when the file cannot be read.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let config = try RegistersConfig(source)
    let store = try Messaging.openStore(
      .registers, migrations: RegistersSchema.migrations,
      moments: ["receipts", "amendments", "admission_log"].map {
        "SELECT at_millis FROM \($0) ORDER BY number DESC LIMIT 1"
      }, environment: environment)
    let transactions = Transactions(.registers, store: store, environment: environment, logs: logs)
    try await transactions.write(by: .program(.registers)) { try Pupils.foldNames(in: $0.db) }
    let messaging = try Messaging(
      .registers, transactions, reading: [.enforcement: EnforcementHandler()], source, environment: environment)
    let registers = Registers(
      transactions: transactions, cache: SchoolCache(),
      telemetry: Telemetry(factory: environment.metrics, logger: environment.logger), codes: environment.codes)
    for (gauge, rows) in [
      ("registers_quarantine_waiting", "quarantine WHERE state = 'waiting'"),
      ("registers_rows_differing", "row_faults"), ("registers_changes_waiting", "pupil_changes WHERE state = 'open'"),
    ] {
      environment.metrics.gauge(gauge) {
        let count = try? await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(rows)") }
        return [([], Double((count ?? nil) ?? -1))]
      }
    }

    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    let rows = CheckRegisterRows(registers: registers, alarms: environment.alarms)
    let sweep = Sweep(registers: registers, hours: config.hours, rows: rows)
    registers.addRoutes(config, environment.configuration, to: router)
    FindingRoutes(registers: registers, sweep: sweep).add(to: router)
    DisposalRoutes(registers.disposals()).add(to: router)
    RowCheckRoutes(check: rows).add(to: router)
    RightsRoutes(
      RegisterRecords.all, transactions: registers.transactions, exportLimits: config.exportLimits,
      didRead: { registers.telemetry.countRead() }
    ).add(to: router)
    let loop = SweepLoop(sweep: sweep, everySeconds: config.sweepSeconds, logger: environment.logger)
    return BuiltService(environment, router: router, background: messaging.services + [loop])
  }

  private func addRoutes(
    _ config: RegistersConfig, _ common: ServiceConfiguration, to router: ServiceRouter
  ) {
    // Schools, where they belong, when they are open, and visits to them.
    SchoolRoutes(registers: self, hours: config.hours).add(to: router)
    AreaRoutes(registers: self).add(to: router)
    TermDateRoutes(registers: self, authority: common.authority).add(to: router)
    VisitRoutes(registers: self).add(to: router)
    // The admission register.
    PupilRoutes(registers: self).add(to: router)
    PupilFileRoutes(registers: self, authority: common.authority).add(to: router)
    AdmissionRoutes(registers: self).add(to: router)
    PersonRoutes(registers: self).add(to: router)
    FlagRoutes(registers: self).add(to: router)
    MatchRoutes(registers: self).add(to: router)
    ChangeRoutes(registers: self).add(to: router)
    WithdrawalRoutes(registers: self).add(to: router)
    DoubleRegistrationRoutes(registers: self).add(to: router)
    ReturnRoutes(registers: self).add(to: router)
    ArrangementRoutes(registers: self).add(to: router)
    // The attendance register: what comes in, and what waits.
    MarkRoutes(registers: self, bodyLimitBytes: common.bodyLimitBytes).add(to: router)
    AmendmentRoutes(registers: self).add(to: router)
    RegisterRoutes(registers: self).add(to: router)
    QuarantineRoutes(registers: self).add(to: router)
    DialectRoutes(registers: self).add(to: router)
    // What the registers say of both.
    FigureRoutes(registers: self).add(to: router)
    UnresolvedRoutes(registers: self).add(to: router)
    CodingFaultRoutes(registers: self).add(to: router)
    PatternRoutes(registers: self).add(to: router)
  }
}
