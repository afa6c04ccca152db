import Contracts
import GRDB
import Messaging
public import ServiceKit
import Store

/// Records every school's marks as the law requires and publishes them.
public enum Registers {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`, or GRDB's `DatabaseError` when the file cannot be read.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let configuration = environment.configuration
    let config = try RegistersConfig(source)
    let store = try Messaging.openStore(
      .registers, migrations: RegistersSchema.migrations,
      moments: ["receipts", "amendments", "admission_log"].map {
        "SELECT at_millis FROM \($0) ORDER BY number DESC LIMIT 1"
      }, environment: environment)
    try await store.write { try Pupils.foldNames(in: $0) }
    let outbox = RegisterDesk.outbox(authority: configuration.authority, store: store)
    let subscriptions = config.enforcementFeed.map { address in
      [
        Messaging.Subscription(
          .enforcement, handler: EnforcementHandler(), feed: Messaging.feed(base: address, environment: environment))
      ]
    }
    let messaging = Messaging(
      .registers, outbox: outbox, store: store, subscriptions: subscriptions ?? [], environment: environment)
    let desk = RegisterDesk(
      store: store, outbox: outbox, cache: SchoolCache(), clock: environment.clock,
      telemetry: Telemetry(factory: environment.metrics, logger: environment.logger))
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
    let rows = CheckRegisterRows(desk: desk, alarms: environment.alarms)
    let sweep = Sweep(desk: desk, hours: config.hours, rows: rows)
    addSchoolRoutes(desk, config, environment, to: router)
    addPupilRoutes(desk, environment, to: router)
    addMarkRoutes(desk, environment, to: router)
    addSeeingRoutes(desk, sweep, environment, to: router)
    KeepingRoutes(desk: desk).add(to: router)
    RowCheckRoutes(check: rows).add(to: router)
    RightsRoutes(desk: desk, exportLimits: config.exportLimits).add(to: router)
    let loop = SweepLoop(sweep: sweep, everySeconds: config.sweepSeconds, logger: environment.logger)
    return BuiltService(environment, router: router, background: messaging.services + [loop])
  }

  /// Schools, where they belong, when they are open, and visits to them.
  private static func addSchoolRoutes(
    _ desk: RegisterDesk, _ config: RegistersConfig, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    SchoolRoutes(
      record: RecordSchool(desk: desk), read: ReadSchool(desk: desk), list: ReadSchoolList(desk: desk),
      hours: config.hours
    ).add(to: router)
    AreaRoutes(desk: desk).add(to: router)
    TermDateRoutes(compare: CompareTermDates(desk: desk, authority: environment.configuration.authority))
      .add(to: router)
    VisitRoutes(desk: desk).add(to: router)
  }

  /// The admission register.
  private static func addPupilRoutes(
    _ desk: RegisterDesk, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    let readPupil = ReadPupil(desk: desk)
    PupilRoutes(
      enrol: EnrolPupils(desk: desk), dialects: DeclareDialects(desk: desk), read: readPupil,
      sessions: ReadSessions(pupils: readPupil), readSchool: ReadSchool(desk: desk)
    ).add(to: router)
    PupilFileRoutes(export: ExportRoll(desk: desk, authority: environment.configuration.authority)).add(to: router)
    AdmissionRoutes(
      read: ReadAdmission(desk: desk), change: ChangeFamily(desk: desk), find: FindPupils(desk: desk)
    ).add(to: router)
    FlagRoutes(flags: KeepFlags(desk: desk)).add(to: router)
    MatchRoutes(matches: DecideMatches(desk: desk)).add(to: router)
    ChangeRoutes(
      changes: DecideChanges(desk: desk), withdraw: WithdrawEntries(desk: desk),
      doubles: ReadDoubleRegistrations(desk: desk)
    ).add(to: router)
    ReturnRoutes(returns: KeepReturns(desk: desk)).add(to: router)
  }

  /// The attendance register: what comes in, and what waits.
  private static func addMarkRoutes(
    _ desk: RegisterDesk, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    MarkRoutes(
      takeIn: TakeInMarks(desk: desk), dialects: DeclareDialects(desk: desk), amend: AmendMark(desk: desk),
      bodyLimitBytes: environment.configuration.bodyLimitBytes
    ).add(to: router)
    RegisterRoutes(read: ReadRegister(desk: desk)).add(to: router)
    QuarantineRoutes(settle: SettleQuarantine(desk: desk), read: ReadSchool(desk: desk)).add(to: router)
    DialectRoutes(dialects: DeclareDialects(desk: desk)).add(to: router)
  }

  /// What the registers say: figures, faults, findings.
  private static func addSeeingRoutes(
    _ desk: RegisterDesk, _ sweep: Sweep, _ environment: ServiceEnvironment, to router: ServiceRouter
  ) {
    FigureRoutes(
      read: ReadFigures(desk: desk), readEnrolments: ReadEnrolmentFigures(desk: desk),
      readCare: ReadCareFigures(desk: desk), clock: environment.clock
    ).add(to: router)
    CheckRoutes(
      unresolved: ReadUnresolved(desk: desk), codingFaults: ReadCodingFaults(desk: desk),
      arrange: ArrangeForPupil(desk: desk), patterns: ReadPatterns(desk: desk)
    ).add(to: router)
    FindingRoutes(
      read: ReadFindings(desk: desk), sweep: sweep, missingOut: ReadMissingOut(desk: desk)
    ).add(to: router)
  }
}
