import CaseworkDomain
import Contracts
import Foundation
import Letters
import Messaging
import RollCopy
public import ServiceKit
import Store

/// Casework: helps the family before the law is used, from a referral to closing.
public enum Casework {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let store = try Messaging.openStore(.casework, migrations: CaseworkSchema.migrations, environment: environment)
    let transactions = Transactions(
      .casework, store: store, environment: environment, admission: OfficerAccess())
    let desks = CaseworkDesks(pathways: try CaseworkConfig(source).pathways)
    let messaging = try Messaging(
      .casework, transactions,
      reading: [
        .registers: RollHandler(CaseworkSchema.roll, desks.reader), .enforcement: desks.matters(of: .enforcement),
        .cme: desks.matters(of: .cme), .licensing: desks.matters(of: .licensing),
      ], source, environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    let documents = try LettersConfig(source).documents(of: .casework, environment, LetterBook(Self.letters))
    let printing = PrintLoop(store: store, clock: environment.clock, alarms: environment.alarms)
    desks.addRoutes(to: router, transactions, documents, printing)
    let schedule = ScheduleLoop(
      desks.timetable, transactions: transactions, alarms: environment.alarms, logger: environment.logger
    ) { name, unit in try desks.fire(name, in: unit) }
    return BuiltService(environment, router: router, background: messaging.services + [schedule, printing])
  }

  /// Every kind of letter.
  static let letters: [any Letter.Type] = [
    FirstContactLetter.self, MeetingInvitation.self, MeetingNotes.self, ContractLetter.self, ReviewLetter.self,
    ClosingLetter.self, ReferralLetter.self, PlanLetter.self, ActionPlanLetter.self, InspectionLetter.self,
    StatementLetter.self,
  ]
}

/// What casework has to be told beside what every service and every writer of letters has.
public struct CaseworkConfig: Sendable {
  public static let keys = [pathwayKey]

  static let pathwayKey = ConfigurationKey(
    "pathway.file", default: "",
    "A file with the stages by which the authority works, by date, as JSON; six stages when empty.")

  /// The largest file of pathways, bytes.
  private static let mostBytes = 256 << 10

  let pathways: Pathways

  /// - Throws: `ConfigurationError` for a file that cannot be read or is no list of pathways.
  init(_ source: ConfigurationSource) throws(ConfigurationError) {
    let file = try source.string(Self.pathwayKey)
    guard !file.isEmpty else {
      pathways = .sixStages
      return
    }
    func refused(_ reason: String) -> ConfigurationError {
      ConfigurationError(key: Self.pathwayKey.name, reason: reason)
    }
    guard let data = FileManager.default.contents(atPath: file), data.count <= Self.mostBytes else {
      throw refused("must be a file of at most 256 KiB")
    }
    do { pathways = try Pathways(json: data) } catch let fault as Pathway.Fault { throw refused("\(fault)") } catch {
      throw refused("must be a JSON list of pathways")
    }
  }
}
