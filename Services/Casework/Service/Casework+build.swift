import CaseKit
import Contracts
import Keeping
import Letters
import Messaging
import RollCopy
public import ServiceKit
import Store

/// Casework: helps the family before the law is used. In this slice: referrals that registers' findings propose, up to the
/// first contact.
public enum Casework {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let store = try Messaging.openStore(.casework, migrations: CaseworkSchema.migrations, environment: environment)
    let transactions = Transactions(.casework, store: store, environment: environment)
    let timetable = Timetable()
    let desk = CaseDesk(AttendanceCases(), timetable: timetable)
    let messaging = try Messaging(
      .casework, transactions, reading: [.registers: RollHandler(CaseworkSchema.roll, FindingReader(desk: desk))],
      source, environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    CaseRoutes(desk: desk, transactions: transactions, readers: [.attendanceOfficer, .manager]).add(to: router)
    TaskRoutes(transactions: transactions, readers: [.attendanceOfficer, .manager]).add(to: router)
    RightsRoutes(CaseworkRecords.all, transactions: transactions).add(to: router)
    let documents = try LettersConfig(source).documents(
      of: .casework, environment, LetterBook([FirstContactLetter.self]))
    let printing = PrintLoop(store: store, clock: environment.clock, alarms: environment.alarms)
    FirstContactRoutes(desk: desk, transactions: transactions, documents: documents, printing: printing)
      .add(to: router)
    let schedule = ScheduleLoop(
      timetable, transactions: transactions, alarms: environment.alarms, logger: environment.logger
    ) { name, unit in _ = try desk.fire(name, in: unit) }
    return BuiltService(environment, router: router, background: messaging.services + [schedule, printing])
  }
}
