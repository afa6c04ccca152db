import CaseKit
import Contracts
import Keeping
import Letters
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
public import ServiceKit
import Store

/// Licensing: permits for children's work, licences for performances, and approvals of chaperones and bodies of persons.
public enum Licensing {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let store = try Messaging.openStore(.licensing, migrations: LicensingSchema.migrations, environment: environment)
    let transactions = Transactions(.licensing, store: store, environment: environment)
    let desks = Desks(timetable: Timetable())
    let reader = RegistersReader(permits: desks.permits, licences: desks.licences)
    let messaging = try Messaging(
      .licensing, transactions, reading: [.registers: RollHandler(LicensingSchema.roll, reader)], source,
      environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    let documents = try LettersConfig(source).documents(of: .licensing, environment, LetterBook(letters))
    let printing = PrintLoop(store: store, clock: environment.clock, alarms: environment.alarms)
    addCases(desks, transactions, documents, printing, to: router)
    addRegister(desks, transactions, to: router)
    TaskRoutes(transactions: transactions, readers: readers).add(to: router)
    LeaveMatchRoutes(transactions: transactions).add(to: router)
    RightsRoutes(LicensingRecords.all, transactions: transactions).add(to: router)
    let schedule = ScheduleLoop(
      desks.timetable, transactions: transactions, alarms: environment.alarms, logger: environment.logger
    ) { name, unit in try desks.fire(name, in: unit) }
    return BuiltService(environment, router: router, background: messaging.services + [schedule, printing])
  }

  private static let readers: Set<Role> = [.licensingOfficer, .manager]

  /// The kinds of letter of the program.
  static let letters: [any Letter.Type] = [
    WorkPermitLetter.self, WorkPermitDecisionLetter.self, WorkPermitReviewLetter.self, MissingItemsLetter.self,
    PerformanceLicenceLetter.self, LicenceDecisionLetter.self, ExemptionLetter.self, ChaperoneCard.self,
    ChaperoneSuspensionLetter.self,
  ]

  private static func addCases(
    _ desks: Desks, _ transactions: Transactions, _ documents: Documents, _ printing: PrintLoop,
    to router: ServiceRouter
  ) {
    add(desks.permits, PermitCases(), at: "/work-permits", transactions, documents, printing, to: router)
    add(desks.licences, LicenceCases(), at: "/performance-licences", transactions, documents, printing, to: router)
    ApplicationRoutes(
      desk: desks.permits, program: PermitCases(), transactions: transactions, path: "/work-permits"
    ).add(to: router)
    ApplicationRoutes(
      desk: desks.licences, program: LicenceCases(), transactions: transactions, path: "/performance-licences"
    ).add(to: router)
    add(
      desks.chaperones, ChaperoneCases(), at: "/chaperone-approvals", transactions, documents, printing, to: router)
    CaseRoutes(desk: desks.bodies, transactions: transactions, readers: readers, at: "/body-approvals").add(to: router)
  }

  private static func add<Program: LetterProgram>(
    _ desk: CaseDesk<Program>, _ program: Program, at path: String, _ transactions: Transactions,
    _ documents: Documents, _ printing: PrintLoop, to router: ServiceRouter
  ) {
    CaseRoutes(desk: desk, transactions: transactions, readers: readers, at: path).add(to: router)
    LetterRoutes(
      program: program, path: path, transactions: transactions, documents: documents, printing: printing
    ).add(to: router)
  }

  private static func addRegister(_ desks: Desks, _ transactions: Transactions, to router: ServiceRouter) {
    PartyRoutes.plain(.employer, at: "/employers", transactions).add(to: router)
    PartyRoutes.plain(.holder, at: "/licence-holders", transactions).add(to: router)
    PartyRoutes.chaperones(desks.chaperones, transactions).add(to: router)
    PartyRoutes.bodies(desks.bodies, transactions).add(to: router)
    ByelawRoutes(transactions: transactions) { authority, unit in
      try desks.byelawsChanged(at: authority, in: unit)
    }.add(to: router)
  }
}

/// The desks of the four kinds of case.
struct Desks: Sendable {
  let timetable: Timetable
  let permits: CaseDesk<PermitCases>
  let licences: CaseDesk<LicenceCases>
  let chaperones: CaseDesk<ChaperoneCases>
  let bodies: CaseDesk<BodyCases>

  init(timetable: Timetable) {
    self.timetable = timetable
    permits = CaseDesk(PermitCases(), timetable: timetable)
    licences = CaseDesk(LicenceCases(), timetable: timetable)
    chaperones = CaseDesk(ChaperoneCases(), timetable: timetable)
    bodies = CaseDesk(BodyCases(), timetable: timetable)
  }

  /// Runs a row of the timetable.
  func fire(_ name: String, in unit: UnitOfWork) throws {
    if try permits.fire(name, in: unit) { return }
    if try licences.fire(name, in: unit) { return }
    if try chaperones.fire(name, in: unit) { return }
    _ = try bodies.fire(name, in: unit)
  }

  /// Permits at the authority's workplaces are looked at again by what its byelaws say now.
  func byelawsChanged(at authority: String, in unit: UnitOfWork) throws {
    for pupil in try ApplicationBook.pupils(workingAt: authority, in: unit.db) {
      try permits.factsChanged(of: pupil, in: unit)
    }
  }
}
