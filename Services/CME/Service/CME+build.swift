import CMEDomain
import CaseKit
import Contracts
import Kafka
import Keeping
import Letters
import Messaging
import RollCopy
import Rulebook
import SealedAlerts
public import ServiceKit
import Store

/// Children missing education: looks for every child of compulsory school age who is on no roll and has no suitable
/// education, until the child has a place or two people end the search (Education Act 1996 s436A).
public enum CME {
  /// Builds the service. The same function serves the program and the tests.
  ///
  /// - Throws: `ConfigurationError`, `StoreError`.
  public static func build(
    _ environment: ServiceEnvironment, _ source: ConfigurationSource
  ) async throws -> BuiltService {
    let store = try Messaging.openStore(.cme, migrations: CMESchema.migrations, environment: environment)
    let transactions = Transactions(.cme, store: store, environment: environment)
    let timetable = Timetable()
    let plain = CaseDesk(MissingChildren(), timetable: timetable)
    let homeEducation = CaseDesk(HomeEducations(searches: plain), timetable: timetable)
    let desk = CaseDesk(
      MissingChildren(taughtAtHome: { try homeEducation.begin(.found, $0, at: $1, from: $2, [$3], $4) }),
      timetable: timetable)
    let config = try CMEConfig(source, environment)
    try await config.keepDirectory(transactions)
    let reader = RegistersReader(desk: desk, matching: config.post?.keys, homeEducation: homeEducation)
    let messaging = try Messaging(
      .cme, transactions, reading: [.registers: RollHandler(CMESchema.roll, reader)], source,
      environment: environment)
    let router = environment.makeRouter()
    messaging.addRoutes(to: router, environment: environment)
    CaseRoutes(desk: desk, transactions: transactions, readers: [.cmeOfficer, .manager]).add(to: router)
    TaskRoutes(transactions: transactions, readers: [.cmeOfficer, .manager]).add(to: router)
    SearchRoutes(desk: desk, transactions: transactions).add(to: router)
    EnquiryRoutes(desk: desk, transactions: transactions).add(to: router)
    FigureRoutes(transactions: transactions).add(to: router)
    ReportedRoutes(desk: desk, reader: reader, transactions: transactions).add(to: router)
    QuarterRoutes(transactions: transactions).add(to: router)
    CaseRoutes(
      desk: homeEducation, transactions: transactions, readers: [.cmeOfficer, .manager], at: "/home-education"
    ).add(to: router)
    HomeEducationRoutes(desk: homeEducation, registerFrom: config.registerFrom, transactions: transactions)
      .add(to: router)
    LostPupilRoutes(transactions: transactions, fileName: config.fileName).add(to: router)
    RightsRoutes(CMERecords.all, transactions: transactions).add(to: router)
    let national = config.post.map { AlertDesk($0, searches: desk, timetable: timetable) }
    var background = messaging.services
    AlertRoutes(desk: national, transactions: transactions).add(to: router)
    QuestionRoutes(desk: national, transactions: transactions).add(to: router)
    AlertKeyRoutes(keys: config.keys, transactions: transactions).add(to: router)
    let documents = try LettersConfig(source).documents(of: .cme, environment, LetterBook(LetterRoutes.kinds))
    let printing = PrintLoop(store: store, clock: environment.clock, alarms: environment.alarms)
    LetterRoutes(transactions: transactions, documents: documents, printing: printing).add(to: router)
    if let national { background.append(try topic(national, transactions, environment)) }
    let schedule = ScheduleLoop(
      timetable, transactions: transactions, alarms: environment.alarms, logger: environment.logger
    ) { name, unit in
      guard try !desk.fire(name, in: unit), try !homeEducation.fire(name, in: unit) else { return }
      _ = try national?.fire(name, in: unit)
    }
    return BuiltService(environment, router: router, background: background + [schedule, printing])
  }

  private static func topic(
    _ desk: AlertDesk, _ transactions: Transactions, _ environment: ServiceEnvironment
  ) throws -> NationalTopic {
    NationalTopic(
      desk: desk, transactions: transactions,
      kafka: try Messaging.kafka(.cme, environment.configuration),
      alarms: environment.alarms, logger: environment.logger)
  }
}

/// What cme has to be told beside what every service has.
public struct CMEConfig: Sendable {
  public static let keys = [keysKey, directoryKey, rootKey, registerKey, fileNameKey]

  static let keysKey = ConfigurationKey(
    "alerts.keys", default: "",
    "The file with this authority's secret keys for alerts, for its owner alone; made where there is none. No alerts when empty."
  )
  static let directoryKey = ConfigurationKey(
    "alerts.directory", default: "",
    "The file with every authority's public keys, signed by the national root; no alerts when empty.")
  static let rootKey = ConfigurationKey(
    "alerts.root", default: "",
    "The public key of the national root, 64 hexadecimal digits; two with a comma between while it changes.")

  static let registerKey = ConfigurationKey(
    "not.in.school.from", default: "",
    "The day on which the register of children not in school begins here (Children's Wellbeing and Schools Act 2026 s38), YYYY-MM-DD; switched off when empty."
  )
  static let fileNameKey = ConfigurationKey(
    "lost.pupil.file", default: "{source}_CTF_{destination}_{number}.xml",
    "The name of files for the store of lost pupils, with {source}, {destination} and {number}.")

  /// The day of commencement of the register of children not in school; `nil` while it is switched off.
  let registerFrom: Day?
  /// The template of the name of a file for the store of lost pupils.
  let fileName: String
  /// This authority's keys; `nil` where it has none.
  let keys: AlertKeys?
  /// `nil` where the authority takes no part in alerts.
  let post: AlertPost?

  /// Makes the file of secret keys where it is named and there is none.
  init(_ source: ConfigurationSource, _ environment: ServiceEnvironment) throws(ConfigurationError) {
    let from = try source.string(Self.registerKey)
    registerFrom = Day(iso: from)
    guard from.isEmpty || registerFrom != nil else {
      throw ConfigurationError(key: Self.registerKey.name, reason: "must be a day, YYYY-MM-DD")
    }
    fileName = try source.string(Self.fileNameKey)
    guard fileName.contains("{number}"), !fileName.contains("/") else {
      throw ConfigurationError(key: Self.fileNameKey.name, reason: "must have {number} in it, and no folder")
    }
    let (path, directory) = (try source.string(Self.keysKey), try source.string(Self.directoryKey))
    guard !path.isEmpty else {
      (keys, post) = (nil, nil)
      return
    }
    let authority: AuthorityCode
    do { authority = try AuthorityCode(environment.configuration.authority) } catch {
      throw ConfigurationError(key: "authority", reason: "must be three digits")
    }
    do {
      try AlertKeyRing.make(path: path, first: environment.clock.today())
      let ring = try AlertKeyRing(authority, path: path)
      keys = AlertKeys(authority: authority, path: path)
      let roots = try DirectoryRoot.publicKeys(try source.string(Self.rootKey))
      post =
        directory.isEmpty ? nil : AlertPost(keys: ring, directory: try KeyDirectory(path: directory, roots: roots))
    } catch { throw ConfigurationError(key: Self.keysKey.name, reason: "\(error)") }
  }

  /// Notes which directory is used, and refuses one that is older than that of the last time: a key that was revoked must
  /// not come back.
  ///
  /// - Throws: `ConfigurationError`.
  func keepDirectory(_ transactions: Transactions) async throws {
    guard let number = post?.directory.number else { return }
    let isNewest = try await transactions.write(by: .program(.cme)) { unit in
      try Alerts.keep(directory: number, in: unit.db)
    }
    guard isNewest else { throw ConfigurationError(key: Self.directoryKey.name, reason: "\(AlertKeyFault.superseded)") }
  }
}
