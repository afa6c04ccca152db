import CaseKit
import CaseworkDomain
import Contracts
import Keeping
import Letters
import Messaging
import RollCopy
import ServiceKit

/// The parts of casework that belong together: both kinds of case, their figures, and what reads and shows them.
struct CaseworkDesks: Sendable {
  let pathways: Pathways
  let timetable: Timetable
  let figures: CaseFigures
  let contractProgram: AttendanceContracts
  let contracts: CaseDesk<AttendanceContracts>
  let caseProgram: AttendanceCases
  let cases: CaseDesk<AttendanceCases>
  let rolls: RollWatch
  let section19: CaseDesk<Section19Cases>

  init(pathways: Pathways, timetable: Timetable = Timetable()) {
    self.pathways = pathways
    self.timetable = timetable
    figures = CaseFigures()
    contractProgram = AttendanceContracts(figures: figures)
    contracts = CaseDesk(contractProgram, timetable: timetable)
    caseProgram = AttendanceCases(
      pathways: pathways, figures: figures, contracts: contracts, timetable: timetable)
    cases = CaseDesk(caseProgram, timetable: timetable)
    rolls = RollWatch(desk: cases, timetable: timetable)
    section19 = CaseDesk(Section19Cases(), timetable: timetable)
  }

  /// Registers' topic as casework reads it.
  var reader: FindingReader {
    FindingReader(
      desk: cases, marks: MarkReader(cases: cases, contracts: contracts, figures: figures), rolls: rolls,
      matters: matters(of: .registers), sickness: SicknessWatch(desk: section19))
  }

  /// What another program publishes about children.
  func matters(of service: ServiceName) -> MatterReader { MatterReader(of: service, desk: cases) }

  /// Runs a row of the timetable.
  func fire(_ name: String, in unit: UnitOfWork) throws {
    _ =
      try cases.fire(name, in: unit) || contracts.fire(name, in: unit) || caseProgram.fire(name, in: unit)
      || rolls.fire(name, in: unit) || section19.fire(name, in: unit)
  }

  func addRoutes(
    to router: ServiceRouter, _ transactions: Transactions, _ documents: Documents, _ printing: PrintLoop
  ) {
    CaseRoutes(desk: cases, transactions: transactions, readers: [.attendanceOfficer, .manager]).add(to: router)
    CaseRoutes(
      desk: contracts, transactions: transactions, readers: [.attendanceOfficer, .manager], at: "/contracts"
    ).add(to: router)
    CaseRoutes(
      desk: section19, transactions: transactions, readers: [.attendanceOfficer, .manager], at: "/section-19"
    ).add(to: router)
    Section19Routes(desk: section19, transactions: transactions).add(to: router)
    TaskRoutes(transactions: transactions, readers: [.attendanceOfficer, .manager]).add(to: router)
    RightsRoutes(CaseworkRecords.all, transactions: transactions).add(to: router)
    ReferralRoutes(desk: cases, figures: figures, transactions: transactions).add(to: router)
    RecordRoutes(desk: cases, transactions: transactions).add(to: router)
    ReviewRoutes(desk: cases, figures: figures, transactions: transactions).add(to: router)
    FigureRoutes(transactions: transactions).add(to: router)
    IndicatorRoutes(transactions: transactions).add(to: router)
    SupportRoutes(transactions: transactions).add(to: router)
    BookRoutes(transactions: transactions).add(to: router)
    SchoolRoutes(transactions: transactions).add(to: router)
    ChildRoutes(transactions: transactions).add(to: router)
    PlacementFiles(transactions: transactions).add(to: router)
    PartnerRoutes(transactions: transactions).add(to: router)
    ContractRoutes(desk: contracts, cases: cases, program: contractProgram, transactions: transactions).add(to: router)
    FamilyRoutes(transactions: transactions).add(to: router)
    AllocationRoutes(transactions: transactions).add(to: router)
    CaseloadRoutes(pathways: pathways, transactions: transactions).add(to: router)
    FirstContactRoutes(desk: cases, transactions: transactions, documents: documents, printing: printing)
      .add(to: router)
    CaseLetterRoutes(transactions: transactions, documents: documents, printing: printing).add(to: router)
    SchoolLetterRoutes(transactions: transactions, documents: documents, printing: printing).add(to: router)
  }
}
