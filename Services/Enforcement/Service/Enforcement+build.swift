import CaseKit
import Contracts
import EnforcementDomain
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
    addLetters(desk, transactions, printing, to: router)
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
      readers: readers.union([.cmeOfficer]), isAgainstParent: false, step: .attendanceOrder
    ).add(to: router)
    OrderRoutes(
      desk: orders.supervision, transactions: transactions, base: "/supervision-orders", readers: readers,
      isAgainstParent: false, step: .supervisionOrder
    ).add(to: router)
    OrderRoutes(
      desk: orders.parenting, transactions: transactions, base: "/parenting-orders", readers: readers,
      isAgainstParent: true, step: .parentingOrder
    ).add(to: router)
  }

  private static func addLetters(
    _ desk: NoticeDesk, _ transactions: Transactions, _ printing: PrintLoop, to router: ServiceRouter
  ) {
    func add<Form: CaseLetters>(
      _: Form.Type, at base: String, by officers: Set<Role> = [.attendanceOfficer, .legalOfficer], _ summary: String
    ) {
      LetterRoutes<Form>(
        desk: desk, transactions: transactions, printing: printing, base: base, officers: officers
      ).add(to: router, summary)
    }
    add(NoticeLetters.self, at: "/notices", "Issue a letter about a penalty notice that no act makes")
    add(ProsecutionLetters.self, at: "/prosecutions", "Issue a letter of a prosecution")
    add(
      AttendanceOrderLetters.self, at: "/attendance-orders", by: [.attendanceOfficer, .legalOfficer, .cmeOfficer],
      "Issue a notice, an order or another document of a school attendance order")
    add(
      SupervisionLetters.self, at: "/supervision-orders", "Issue a document of an education supervision order")
    add(ParentingLetters.self, at: "/parenting-orders", "Issue the record of a parenting order")
    AccountLetters(desk: desk, transactions: transactions, printing: printing).add(to: router)
    ChildLetters(desk: desk, transactions: transactions, printing: printing).add(to: router)
    DocumentRoutes(desk: desk, transactions: transactions).add(to: router)
    TaskRoutes(transactions: transactions, readers: readers, others: { try OtherWork.all(in: $0) }).add(to: router)
    FigureRoutes(codes: desk.notices.judge.codes, transactions: transactions).add(to: router)
    MatterRoutes(transactions: transactions).add(to: router)
  }

  private static let readers: Set<Role> = [.attendanceOfficer, .legalOfficer, .manager]
}

/// What enforcement has to be told beside what every service has.
public enum EnforcementConfig {
  public static let keys = LettersConfig.keys + CodeOfConductConfig.keys + CourtPackConfig.keys
}
