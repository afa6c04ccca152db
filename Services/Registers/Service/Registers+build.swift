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
    environment.metrics.gauge("registers_quarantine_waiting") {
      let count = try? await store.read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM quarantine WHERE state = 'waiting'")
      }
      return [([], Double((count ?? nil) ?? -1))]
    }
    environment.metrics.gauge("registers_rows_differing") {
      let count = try? await store.read { try RowFaults.count(in: $0) }
      return [([], Double(count ?? -1))]
    }

    environment.metrics.gauge("registers_changes_waiting") {
      let count = try? await store.read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM pupil_changes WHERE state = 'open'")
      }
      return [([], Double((count ?? nil) ?? -1))]
    }

    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    let rows = CheckRegisterRows(registers: registers, alarms: environment.alarms)
    let sweep = Sweep(registers: registers, hours: config.hours, rows: rows)
    addSchoolRoutes(registers, config, environment, to: router)
    addPupilRoutes(registers, environment, to: router)
    addMarkRoutes(registers, environment, to: router)
    addSeeingRoutes(registers, sweep, environment, to: router)
    DisposalRoutes(registers.disposals()).add(to: router)
    RowCheckRoutes(check: rows).add(to: router)
    RightsRoutes(
      RegisterRecords.all, transactions: registers.transactions, exportLimits: config.exportLimits,
      didRead: { registers.telemetry.countRead() }
    ).add(to: router)
    let loop = SweepLoop(sweep: sweep, everySeconds: config.sweepSeconds, logger: environment.logger)
    return BuiltService(environment, router: router, background: messaging.services + [loop])
  }

  /// Schools, where they belong, when they are open, and visits to them.
  private static func addSchoolRoutes(
    _ registers: Registers, _ config: RegistersConfig, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    SchoolRoutes(registers: registers, hours: config.hours).add(to: router)
    AreaRoutes(registers: registers).add(to: router)
    TermDateRoutes(compare: CompareTermDates(registers: registers, authority: environment.configuration.authority))
      .add(to: router)
    VisitRoutes(registers: registers).add(to: router)
  }

  /// The admission register.
  private static func addPupilRoutes(
    _ registers: Registers, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    PupilRoutes(registers: registers).add(to: router)
    PupilFileRoutes(registers: registers, authority: environment.configuration.authority).add(to: router)
    AdmissionRoutes(registers: registers).add(to: router)
    PersonRoutes(registers: registers).add(to: router)
    FlagRoutes(flags: KeepFlags(registers: registers)).add(to: router)
    MatchRoutes(matches: DecideMatches(registers: registers)).add(to: router)
    ChangeRoutes(
      changes: DecideChanges(registers: registers), withdraw: WithdrawEntries(registers: registers),
      doubles: ReadDoubleRegistrations(registers: registers)
    ).add(to: router)
    ReturnRoutes(returns: KeepReturns(registers: registers)).add(to: router)
  }

  /// The attendance register: what comes in, and what waits.
  private static func addMarkRoutes(
    _ registers: Registers, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    MarkRoutes(registers: registers, bodyLimitBytes: environment.configuration.bodyLimitBytes).add(to: router)
    RegisterRoutes(registers: registers).add(to: router)
    QuarantineRoutes(registers: registers).add(to: router)
    DialectRoutes(dialects: DeclareDialects(registers: registers)).add(to: router)
  }

  /// What the registers say: figures, faults, findings.
  private static func addSeeingRoutes(
    _ registers: Registers, _ sweep: Sweep, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    FigureRoutes(registers: registers).add(to: router)
    CheckRoutes(registers: registers).add(to: router)
    FindingRoutes(
      read: ReadFindings(registers: registers), sweep: sweep, missingOut: ReadMissingOut(registers: registers)
    ).add(to: router)
  }
}
