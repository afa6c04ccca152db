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
    let documents = try LettersConfig(source).documents(of: .licensing, environment, LetterBook(letters))
    let desks = Desks(timetable: Timetable(), documents: documents)
    let reader = RegistersReader(permits: desks.permits, licences: desks.licences)
    let messaging = try Messaging(
      .licensing, transactions,
      reading: [
        .registers: RollHandler(LicensingSchema.roll, reader),
        .enforcement: EnforcementReader(permits: desks.permits),
      ], source, environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    let printing = PrintLoop(store: store, clock: environment.clock, alarms: environment.alarms)
    let config = try LicensingConfig(source, storePath: environment.configuration.storePath)
    addCases(desks, transactions, .init(documents: documents, printing: printing, verify: config.verify), to: router)
    VerifyRoutes(transactions: transactions, today: { environment.clock.today() }).add(to: router)
    addRegister(desks, transactions, to: router)
    let uploads = try UploadStore(folder: config.uploads)
    addPhotographs(uploads, transactions, documents, to: router)
    addDrafts(desks, uploads, config.mail, transactions, to: router)
    HostAuthorityRoutes(transactions: transactions, own: environment.configuration.authority).add(to: router)
    TaskRoutes(transactions: transactions, readers: readers).add(to: router)
    LeaveMatchRoutes(transactions: transactions).add(to: router)
    FigureRoutes(transactions: transactions).add(to: router)
    SuitabilityRoutes(transactions: transactions).add(to: router)
    ScheduleRoutes(transactions: transactions).add(to: router)
    LicenceDayRoutes(transactions: transactions).add(to: router)
    RightsRoutes(LicensingRecords.all, transactions: transactions).add(to: router)
    let schedule = ScheduleLoop(
      desks.timetable, transactions: transactions, alarms: environment.alarms, logger: environment.logger
    ) { name, unit in
      if try DraftBook.lapse(name, in: unit) { return }
      try desks.fire(name, in: unit)
    }
    return BuiltService(environment, router: router, background: messaging.services + [schedule, printing])
  }

  private static let readers: Set<Role> = [.licensingOfficer, .manager]

  /// The kinds of letter of the program.
  static let letters: [any Letter.Type] = [
    WorkPermitLetter.self, WorkPermitDecisionLetter.self, WorkPermitReviewLetter.self, MissingItemsLetter.self,
    WorkPermitHoursLetter.self, PerformanceLicenceLetter.self, LicenceDecisionLetter.self, HostAuthorityLetter.self,
    ExemptionLetter.self, ChaperoneCard.self, ChaperoneRenewalLetter.self, ChaperoneSuspensionLetter.self,
    SchoolViewLetter.self, BodyApprovalLetter.self, RecordSheetLetter.self, InspectionFindingsLetter.self,
  ]

  private static func addCases(
    _ desks: Desks, _ transactions: Transactions, _ letters: LetterIssue, to router: ServiceRouter
  ) {
    add(desks.permits, PermitCases(), at: "/work-permits", transactions, letters, to: router)
    add(desks.licences, LicenceCases(), at: "/performance-licences", transactions, letters, to: router)
    ApplicationRoutes(
      desk: desks.permits, program: PermitCases(), transactions: transactions, path: "/work-permits"
    ).add(to: router)
    ApplicationRoutes(
      desk: desks.licences, program: LicenceCases(), transactions: transactions, path: "/performance-licences"
    ).add(to: router)
    add(desks.chaperones, ChaperoneCases(), at: "/chaperone-approvals", transactions, letters, to: router)
    add(desks.inspections, InspectionCases(), at: "/inspections", transactions, letters, to: router)
    InspectionRoutes(desk: desks.inspections, transactions: transactions).add(to: router)
    RecordSheetRoutes(transactions: transactions).add(to: router)
    add(desks.bodies, BodyCases(), at: "/body-approvals", transactions, letters, to: router)
  }

  private static func add<Program: LetterProgram>(
    _ desk: CaseDesk<Program>, _ program: Program, at path: String, _ transactions: Transactions,
    _ letters: LetterIssue, to router: ServiceRouter
  ) {
    CaseRoutes(desk: desk, transactions: transactions, readers: readers, at: path).add(to: router)
    LetterRoutes(program: program, path: path, transactions: transactions, issue: letters).add(to: router)
  }

  private static func addDrafts(
    _ desks: Desks, _ uploads: UploadStore, _ mail: MailDrop?, _ transactions: Transactions, to router: ServiceRouter
  ) {
    ApplicantRoutes(transactions: transactions, uploads: uploads, timetable: desks.timetable, mail: mail)
      .add(to: router)
    DraftRoutes(transactions: transactions, uploads: uploads, permits: desks.permits, licences: desks.licences)
      .add(to: router)
    PhotographRoutes<PermitCases>.documents(of: "/work-permits", uploads, transactions).add(to: router)
    PhotographRoutes<LicenceCases>.documents(of: "/performance-licences", uploads, transactions).add(to: router)
  }

  private static func addPhotographs(
    _ uploads: UploadStore, _ transactions: Transactions, _ documents: Documents, to router: ServiceRouter
  ) {
    PhotographRoutes<ChaperoneCases>(path: "/chaperone-approvals", uploads: uploads, transactions: transactions)
      .add(to: router)
    PhotographRoutes<InspectionCases>(path: "/inspections", uploads: uploads, transactions: transactions)
      .add(to: router)
    CardRoutes(uploads: uploads, transactions: transactions, documents: documents).add(to: router)
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

/// The desks of the kinds of case.
struct Desks: Sendable {
  let timetable: Timetable
  let permits: CaseDesk<PermitCases>
  let licences: CaseDesk<LicenceCases>
  let chaperones: CaseDesk<ChaperoneCases>
  let bodies: CaseDesk<BodyCases>
  let inspections: CaseDesk<InspectionCases>

  /// - Parameter documents: with which those are told at once whom a suspension concerns; `nil` where nobody is.
  init(timetable: Timetable, documents: Documents? = nil) {
    self.timetable = timetable
    permits = CaseDesk(PermitCases(), timetable: timetable)
    licences = CaseDesk(LicenceCases(), timetable: timetable)
    chaperones = CaseDesk(ChaperoneCases(documents: documents, licences: licences), timetable: timetable)
    inspections = CaseDesk(InspectionCases(), timetable: timetable)
    bodies = CaseDesk(BodyCases(), timetable: timetable)
  }

  /// Runs a row of the timetable.
  func fire(_ name: String, in unit: UnitOfWork) throws {
    if try permits.fire(name, in: unit) { return }
    if try licences.fire(name, in: unit) { return }
    if try chaperones.fire(name, in: unit) { return }
    if try inspections.fire(name, in: unit) { return }
    _ = try bodies.fire(name, in: unit)
  }

  /// Permits at the authority's workplaces are looked at again by what its byelaws say now.
  func byelawsChanged(at authority: String, in unit: UnitOfWork) throws {
    for pupil in try ApplicationBook.pupils(workingAt: authority, in: unit.db) {
      try permits.factsChanged(of: pupil, in: unit)
    }
  }
}
