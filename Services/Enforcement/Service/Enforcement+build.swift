import CaseKit
import Contracts
import Keeping
import Letters
import Messaging
public import ServiceKit
import Store

/// Enforcement: carries the law. In this slice: penalty notices from the national threshold to payment or withdrawal,
/// prosecutions, orders, and court packs.
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
    let documents = try LettersConfig(source).documents(of: .enforcement, environment, EnforcementLetters.book())
    let desk = NoticeDesk(
      judge: judge, documents: documents, code: try CodeOfConductConfig(source).code, timetable: timetable)
    let packs = try await CourtPacks.open(transactions, timetable, source, environment)
    let messaging = try Messaging(
      .enforcement, transactions, reading: [.registers: RegistersHandler(notices: desk, packs: packs)], source,
      environment: environment)
    let printing = PrintLoop(store: store, clock: environment.clock, alarms: environment.alarms)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    ProposalRoutes(transactions: transactions, judge: judge).add(to: router)
    CaseRoutes(desk: desk.cases, transactions: transactions, readers: readers, at: "/notices").add(to: router)
    NoticeRoutes(desk: desk, transactions: transactions, printing: printing).add(to: router)
    PaymentRoutes(payments: NoticePayments(desk: desk), transactions: transactions).add(to: router)
    FinanceRoutes(transactions: transactions).add(to: router)
    NoticeRegister(notices: desk.notices, transactions: transactions).add(to: router)
    ProsecutionRoutes(desk: desk.prosecutions, transactions: transactions).add(to: router)
    addRoutes(of: desk.orders, transactions, to: router)
    CourtPackRoutes(packs: packs, letters: LetterParts(documents: documents), transactions: transactions).add(
      to: router)
    RightsRoutes(EnforcementRecords.all, transactions: transactions).add(to: router)
    let schedule = ScheduleLoop(
      timetable, transactions: transactions, alarms: environment.alarms, logger: environment.logger
    ) { name, unit in
      if try !desk.fire(name, in: unit) { _ = try packs.desk.fire(name, in: unit) }
    }
    return BuiltService(environment, router: router, background: messaging.services + [schedule, printing])
  }

  private static func addRoutes(of orders: OrderDesks, _ transactions: Transactions, to router: ServiceRouter) {
    OrderRoutes(
      desk: orders.attendance, transactions: transactions, base: "/attendance-orders",
      readers: readers.union([.cmeOfficer]), isAgainstParent: false
    ).add(to: router)
    OrderRoutes(
      desk: orders.supervision, transactions: transactions, base: "/supervision-orders", readers: readers,
      isAgainstParent: false
    ).add(to: router)
    OrderRoutes(
      desk: orders.parenting, transactions: transactions, base: "/parenting-orders", readers: readers,
      isAgainstParent: true
    ).add(to: router)
  }

  private static let readers: Set<Role> = [.attendanceOfficer, .legalOfficer, .manager]
}

/// What enforcement has to be told beside what every service has.
public enum EnforcementConfig {
  public static let keys = LettersConfig.keys + CodeOfConductConfig.keys + CourtPackConfig.keys
}
