public import Foundation
public import Rulebook
public import ServiceKit

/// What a suite is to run.
public struct SuiteOptions: Sendable {
  public var authorities: [AuthorityCode]
  public var folder: StateFolder
  /// What the programs take for now when the suite starts; the machine's clock when `nil`.
  public var now: Date?
  /// Whether what an earlier suite left in the folder is removed first.
  public var isFresh = false
  /// Whether webhooks may go to this machine.
  public var allowsLoopbackWebhooks = false
  /// Whether the programs write their spans into the folder.
  public var writesTraces = false
  /// Kafka to be used; the embedded broker is started when `nil`.
  public var kafkaBootstrapServers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"].flatMap {
    $0.isEmpty ? nil : $0
  }
  /// The folder with the properties of each program's user at Kafka, `880.registers.properties` and so on; all programs
  /// reach Kafka in one way when `nil`.
  public var kafkaUsersFolder = ProcessInfo.processInfo.environment["KAFKA_USERS_FOLDER"].flatMap {
    $0.isEmpty ? nil : $0
  }
  /// The programs that are run for each authority.
  public var services = Programs.all
  /// The folder with the programs' executables: where the suite's own lies.
  public var programFolder = Self.ownFolder
  public var limits = RestartLimits()

  public init(authorities: [AuthorityCode], folder: StateFolder) {
    self.authorities = authorities
    self.folder = folder
  }

  /// The folder of the running executable.
  public static let ownFolder: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: own).deletingLastPathComponent().path
  }()
}
