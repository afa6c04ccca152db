public import AsyncHTTPClient
public import Contracts
public import Foundation
import Logging
import Rulebook
import SealedAlerts
public import ServiceKit

/// All programs of some authorities, running.
public final class RunningSuite: Sendable {
  public let folder: StateFolder
  public var state: SuiteState { current.withLock { $0 } }
  public let supervisor: Supervisor
  public let provider: LocalProvider
  /// The clock that the programs have.
  public var clock: any WallClock { SystemClock(offsetSeconds: Double(state.clockOffsetSeconds)) }
  public let log: MergedLog
  private let current: Locked<SuiteState>
  private let lock: FolderLock
  private let tokenRenewal: Task<Void, Never>

  /// How long a token for the feeds holds, hours.
  private static let feedTokenHours = 24.0

  /// Starts everything and waits until it is ready.
  ///
  /// - Parameter log: makes the log, given the state folder.
  /// - Throws: ``SuiteError``.
  public static func start(_ options: SuiteOptions, log: (StateFolder) -> MergedLog) async throws -> RunningSuite {
    let lock = try options.folder.take(isFresh: options.isFresh)
    let suite = try await RunningSuite(
      options, lock: lock, log: log(options.folder))
    do {
      try await suite.supervisor.start()
    } catch {
      await suite.stop()
      throw error
    }
    return suite
  }

  private init(_ options: SuiteOptions, lock: FolderLock, log: MergedLog) async throws {
    let offset = options.now.map { Int($0.timeIntervalSince(Date()).rounded()) } ?? 0
    folder = options.folder
    self.lock = lock
    self.log = log
    let state = try Self.plan(options, offset: offset)
    let current = Locked(state)
    self.current = current
    let clock = SuiteClock(state: current)
    provider = try LocalProvider(folder: folder, clock: clock)
    try folder.writeState(state)
    let root = try folder.makeAlertKeys(state.authorities, on: CivilTime.day(at: clock.now()))
    supervisor = Supervisor(
      try state.programs.map { try Self.program($0, state, options, alertRoot: root) }, log: log, limits: options.limits
    )
    try await Self.writeFeedTokens(folder, provider, state.authorities)
    tokenRenewal = Self.renewFeedTokens(folder, provider, state.authorities, log)
  }

  /// Stops everything in order.
  public func stop() async {
    tokenRenewal.cancel()
    await supervisor.stop()
    withExtendedLifetime(lock) {}
  }

  /// Sets the clocks of all programs and starts them again; the broker goes on.
  ///
  /// - Throws: ``SuiteError``.
  public func setClocks(to now: Date) async throws {
    let offset = Int(now.timeIntervalSince(Date()).rounded())
    let state = current.withLock { state in
      state.clockOffsetSeconds = offset
      return state
    }
    try folder.writeState(state)
    try await Self.writeFeedTokens(folder, provider, state.authorities)
    try await supervisor.restart(
      Set(state.programs.filter { $0.authority != nil }.map(\.name)), with: ["CLOCK_OFFSET_SECONDS": "\(offset)"])
  }

  /// A caller of a service in a role.
  ///
  /// - Parameter person: who calls; somebody of the role when `nil`.
  public func client(
    _ service: ServiceName, of authority: String, as role: Role, person: String? = nil, schools: [String]? = nil,
    http: HTTPClient = OutgoingHTTP.shared
  ) throws -> ServiceClient {
    let program = try state.program(service.rawValue, of: authority)
    return ServiceClient(base: "http://127.0.0.1:\(program.port)", http: http) { [provider] in
      try await provider.token(role: role, authority: authority, person: person, schools: schools)
    }
  }

  private static func renewFeedTokens(
    _ folder: StateFolder, _ provider: LocalProvider, _ authorities: [String], _ log: MergedLog
  ) -> Task<Void, Never> {
    Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(feedTokenHours * 3_600 / 4))
        guard !Task.isCancelled else { return }
        do { try await writeFeedTokens(folder, provider, authorities) } catch {
          log.say("the tokens for the feeds cannot be renewed: \(error)", level: .error)
        }
      }
    }
  }

  private static func writeFeedTokens(
    _ folder: StateFolder, _ provider: LocalProvider, _ authorities: [String]
  ) async throws {
    for authority in authorities {
      let token = try await provider.token(role: .service, authority: authority, hours: feedTokenHours)
      try folder.write(Data(token.utf8), to: folder.feedTokenPath(authority: authority))
    }
  }

  /// Chooses ports: those of the last time where they are free.
  private static func plan(_ options: SuiteOptions, offset: Int) throws -> SuiteState {
    let before = try? options.folder.readState()
    var ports = Ports()
    func program(_ service: String, _ authority: String?) throws -> SuiteState.Program {
      let name = authority.map { "\($0).\(service)" } ?? service
      let wanted = before?.programs.first { $0.name == name }?.port
      return .init(name: name, authority: authority, service: service, port: try ports.next(preferring: wanted))
    }
    var programs: [SuiteState.Program] = []
    if options.kafkaBootstrapServers == nil { programs.append(try program("broker", nil)) }
    for authority in options.authorities {
      for service in options.services { programs.append(try program(service.name, authority.text)) }
    }
    return SuiteState(
      programs: programs,
      bootstrapServers: options.kafkaBootstrapServers ?? "127.0.0.1:\(programs.first?.port ?? 0)",
      clockOffsetSeconds: offset)
  }

  private static func program(
    _ program: SuiteState.Program, _ state: SuiteState, _ options: SuiteOptions, alertRoot: String
  ) throws -> ProgramPlan {
    let executable = "\(options.programFolder)/\(program.service)"
    guard FileManager.default.isExecutableFile(atPath: executable) else {
      throw SuiteError.cannotStart(program: program.name, reason: "\(executable) is not there; build it first")
    }
    let inherited = ProcessInfo.processInfo.environment.filter {
      inheritedNames.contains($0.key) || $0.key.hasPrefix(ServiceConfiguration.kafkaPropertyPrefix)
    }
    guard let authority = program.authority else {
      let topics = state.authorities.flatMap { EventRegistry.topics(authority: $0) } + [AlertPost.topic]
      return ProgramPlan(
        name: program.name, executable: executable,
        arguments: ["--port", "\(program.port)", "--topics", topics.joined(separator: ","), "--exit-with-parent"],
        environment: inherited)
    }
    let folder = options.folder
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/\(authority)", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try folder.makeAuditKey(authority: authority, service: program.service)
    try folder.makeCodeOfConduct()
    let now = Date().addingTimeInterval(Double(state.clockOffsetSeconds))
    try folder.makePackKey(authority: authority, from: SchoolYear(containing: CivilTime.day(at: now)).first)
    let feeds = try options.services.flatMap(\.reads).filter { reading in
      options.services.contains { $0.service == reading.source }
    }.map { reading in
      let port = try state.program(reading.source.rawValue, of: authority).port
      return (reading.feedKey.environmentName, "http://127.0.0.1:\(port)")
    }
    let own = [
      "AUTHORITY": authority, "STORE_PATH": folder.storePath(authority: authority, service: program.service),
      "HTTP_PORT": "\(program.port)", "KAFKA_BOOTSTRAP_SERVERS": state.bootstrapServers,
      "AUTH_JWKS": folder.keySetPath, "AUTH_ISSUER": LocalProvider.issuerName,
      "FEED_TOKEN_FILE": folder.feedTokenPath(authority: authority),
      "CLOCK_OFFSET_SECONDS": "\(state.clockOffsetSeconds)",
      "PROCESS_EXIT_WITH_PARENT": "true", "LETTERS_SENDER": "Made-up Council \(authority);1 Made-up Street;Anytown",
      "AUDIT_KEY_FILE": folder.auditKeyPath(authority: authority, service: program.service),
      "CODE_OF_CONDUCT": folder.codeOfConductPath,
      "ALERTS_KEYS": folder.alertKeysPath(authority: authority), "ALERTS_DIRECTORY": folder.alertDirectoryPath,
      "ALERTS_ROOT": alertRoot,
      "COURT_PACK_KEY_FILE": folder.packKeyPath(authority: authority),
      "WEBHOOK_ALLOW_LOOPBACK": "\(options.allowsLoopbackWebhooks)",
      "TRACE_FILE": options.writesTraces ? folder.tracePath(authority: authority, service: program.service) : "",
    ]
    return ProgramPlan(
      name: program.name, executable: executable,
      environment: inherited.merging(feeds) { $1 }.merging(try kafka(program, state, options)) { $1 }
        .merging(own) { $1 },
      address: program.address)
  }

  /// How a program reaches Kafka: as a user of its own where the folder of users has a file for it.
  private static func kafka(
    _ program: SuiteState.Program, _ state: SuiteState, _ options: SuiteOptions
  ) throws -> [String: String] {
    guard options.kafkaBootstrapServers != nil else {
      return [ServiceConfiguration.kafkaPropertyPrefix + "FETCH_WAIT_MAX_MS": embeddedFetchWaitMillis]
    }
    guard let folder = options.kafkaUsersFolder else { return [:] }
    let path = "\(folder)/\(program.name).properties"
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw SuiteError.invalid("KAFKA_USERS_FOLDER has no file for \(program.name): \(path)")
    }
    return [ServiceConfiguration.kafkaPropertiesKey.environmentName: path]
  }

  /// An embedded broker sleeps as long as a reader lets it when there is nothing to read.
  private static let embeddedFetchWaitMillis = "10"

  /// What a program gets of the suite's own environment.
  private static let inheritedNames: Set = [
    "HOME", "PATH", "TZ", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "KAFKA_PROPERTIES_FILE", "LOG_LEVEL", "HTTP_BODY_LIMIT",
    "HTTP_CONCURRENCY", "HTTP_SHARE", "HTTP_BODIES_LIMIT", "HTTP_BODY_SECONDS", "HTTP_ANSWER_SECONDS", "HTTP_RATE",
    "HTTP_RATE_SECONDS", "HTTP_IDLE_SECONDS", "HTTP_CONNECTIONS", "HTTP_REFUSALS", "EXPORT_IDLE_SECONDS",
    "STORE_FREE_WARNING_MEGABYTES", "STORE_WAL_WARNING_MEGABYTES", "EXPORT_LONGEST_SECONDS", "WEBHOOK_CONCURRENCY",
    "MALLOC_ARENA_MAX", "LLVM_PROFILE_FILE",
  ]
}

/// The clock of a suite's programs, also after it was set.
private struct SuiteClock: WallClock {
  let state: Locked<SuiteState>

  func now() -> Date {
    SystemClock(offsetSeconds: Double(state.withLock { $0.clockOffsetSeconds })).now()
  }
}
