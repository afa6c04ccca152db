public import ArgumentParser
import Foundation
import Logging
import Rulebook
import ServiceKit
import SuiteDomain

/// `suite`: everything on one machine.
public struct SuiteCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "suite", abstract: "Runs Every School Day on one machine.",
    subcommands: [
      UpCommand.self, DemoCommand.self, StatusCommand.self, AuditCommand.self, AuditKeyCommand.self,
      PackKeyCommand.self, VerifyPackCommand.self, AlertDirectoryCommand.self, TokenCommand.self, SeedCommand.self,
      SoakCommand.self, AlertDemoCommand.self, KafkaTopicsCommand.self,
    ])

  public init() {}
}

/// Options that several commands have.
struct StateOption: ParsableArguments {
  @Option(help: "The folder with stores, keys, ports and log.") var state = "var/suite"

  var folder: StateFolder { StateFolder(path: state) }
}

/// `suite up`.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Runs all programs until Ctrl-C.",
    discussion: "With KAFKA_BOOTSTRAP_SERVERS set, that Kafka is used and no broker is started.")

  @OptionGroup var stateOption: StateOption
  @Option(help: "The authorities, separated by commas.") var authorities = "880,383"
  @Option(help: "The lowest level of log lines shown; everything is in the state folder's suite.log.")
  var show = "notice"
  @Flag(help: "Let webhooks go to this machine, for development.") var allowLoopbackWebhooks = false
  @Flag(help: "Write spans into the state folder.") var traces = false

  func run() async throws {
    var options = SuiteOptions(authorities: try Authorities.read(authorities), folder: stateOption.folder)
    options.allowsLoopbackWebhooks = allowLoopbackWebhooks
    options.writesTraces = traces
    guard let level = Logger.Level(rawValue: show) else {
      throw ValidationError("--show must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    try await Interruptible.run(options, terminalLevel: level) { suite in
      suite.log.say("ready; state in \(suite.folder.path)")
      for program in suite.state.programs {
        suite.log.say("\(program.name) at \(program.address ?? "127.0.0.1:\(program.port)")")
      }
      try await suite.supervisor.waitForFailure()
    }
  }
}

/// `suite token`.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Prints a bearer token of the local provider.")

  @OptionGroup var stateOption: StateOption
  @Option(help: "\(Role.allCases.map(\.rawValue).joined(separator: ", ")).") var role: String
  @Option(help: "The authority.") var authority = "880"
  @Option(help: "For the role school: its URNs, separated by commas.") var schools: String?
  @Option(help: "How long it holds.") var hours = 8.0

  func run() async throws {
    guard let role = Role(rawValue: role) else {
      throw ValidationError("--role must be one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard role != .school || schools != nil else { throw ValidationError("--role school needs --schools") }
    guard (0.01...24).contains(hours) else { throw ValidationError("--hours must be 0.01 to 24") }
    let folder = stateOption.folder
    let state = try folder.readState()
    let clock = SystemClock(offsetSeconds: Double(state.clockOffsetSeconds))
    let urns = try schools.map { try $0.split(separator: ",").map(Self.urn) }
    let token = try await LocalProvider(folder: folder, clock: clock)
      .token(role: role, authority: try Authorities.one(authority).text, schools: urns, hours: hours)
    print(token)
  }

  private static func urn(_ text: Substring) throws -> String {
    do { return try URN(text).text } catch { throw ValidationError("a school's URN is six digits") }
  }
}

/// `suite seed`.
struct SeedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seed", abstract: "Writes a made-up authority: schools, calendars, pupils and their marks.",
    discussion: "The same numbers give the same files on every machine. All people are made up.")

  @Option(help: "The authority.") var authority = "880"
  @Option(help: "How many schools.") var schools = 12
  @Option(help: "How many pupils.") var pupils = 4_000
  @Option(help: "The seed.") var seed: UInt64 = 1
  @Option(help: "The folder to write; must not exist.") var out: String

  func run() async throws {
    guard MadeUpAuthority.schoolLimits.contains(schools), MadeUpAuthority.pupilLimits.contains(pupils) else {
      throw ValidationError(
        "--schools must be within \(MadeUpAuthority.schoolLimits), --pupils within \(MadeUpAuthority.pupilLimits)")
    }
    let made = MadeUpAuthority(try Authorities.one(authority), schools: schools, pupils: pupils, seed: seed)
    try SeedFiles(made, folder: out).write()
    print("\(made.schools.count) schools, \(made.pupilCount) pupils in \(out), seed \(seed)")
  }
}

/// Reads `880,383`.
enum Authorities {
  /// One authority's number.
  static func one(_ text: String) throws -> AuthorityCode {
    do { return try AuthorityCode(text) } catch {
      throw ValidationError("an authority is three digits from 201 to 999, for example 880")
    }
  }

  static func read(_ text: String) throws -> [AuthorityCode] {
    let codes = try text.split(separator: ",").map { try one(String($0)) }
    guard (1...20).contains(codes.count), Set(codes).count == codes.count else {
      throw ValidationError("give 1 to 20 different authorities, separated by commas")
    }
    return codes
  }
}
