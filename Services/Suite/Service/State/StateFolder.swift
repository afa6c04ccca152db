import Foundation
import Rulebook
import SealedPacks
import Store

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The folder in which a suite keeps everything: stores, keys, tokens, ports, log. One suite at a time uses it.
public struct StateFolder: Sendable {
  public let path: String

  private static let markerName = "state.json"

  public init(path: String) {
    self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  public var statePath: String { "\(path)/\(Self.markerName)" }
  public var logPath: String { "\(path)/suite.log" }
  public var keySetPath: String { "\(path)/keys/jwks.json" }
  var issuerKeyPath: String { "\(path)/keys/issuer.key" }
  private var lockPath: String { path + ".lock" }

  /// The file of a service's token for other services' feeds.
  func feedTokenPath(authority: String) -> String { "\(path)/keys/\(authority).feed.token" }

  /// The file with the keys of a service's audit log.
  func auditKeyPath(authority: String, service: String) -> String { "\(path)/keys/\(authority).\(service).audit.keys" }

  /// Makes sure that a service has a key for its audit log.
  func makeAuditKey(authority: String, service: String) throws {
    let path = auditKeyPath(authority: authority, service: service)
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try write(Data(AuditKeys.newLine(number: 1).utf8), to: path)
  }

  /// The file with the keys that court packs of an authority are signed with.
  func packKeyPath(authority: String) -> String { "\(path)/keys/\(authority).court-pack.keys" }

  /// Makes sure that an authority has a key for court packs.
  ///
  /// - Parameter day: the first day on which it signs.
  func makePackKey(authority: String, from day: Day) throws {
    let path = packKeyPath(authority: authority)
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try write(Data(try PackSigningKeys.adding(to: "", from: day).utf8), to: path)
  }

  /// Where the demo writes letters and court packs.
  var lettersPath: String { "\(path)/letters" }

  /// The made-up local code of conduct for penalty notices.
  var codeOfConductPath: String { "\(path)/code-of-conduct.json" }

  /// Makes sure that there is one.
  func makeCodeOfConduct() throws {
    guard !FileManager.default.fileExists(atPath: codeOfConductPath) else { return }
    try write(
      Data(
        """
        [{"from": "2024-08-19", "source": "Made-up Council, code of conduct for penalty notices",
          "issuers": ["attendance-officer", "legal-officer"], "improvementWeeks": {"least": 3, "most": 6},
          "paymentMethods": ["Online at made-up-council.example/pay"],
          "representations": "Attendance Service, Made-up Council, 1 Made-up Street, Anytown"}]

        """.utf8), to: codeOfConductPath)
  }

  /// The SQLite file of a service.
  public func storePath(authority: String, service: String) -> String { "\(path)/\(authority)/\(service).sqlite" }

  /// The spans that a service writes.
  public func tracePath(authority: String, service: String) -> String { "\(path)/\(authority)/\(service).spans.jsonl" }

  /// Takes the folder into use, as long as the returned value lives.
  ///
  /// - Parameter isFresh: whether what an earlier suite left in it is removed first.
  /// - Throws: ``SuiteError/inUse(path:)``, ``SuiteError/notOurs(path:)``.
  func take(isFresh: Bool) throws -> FolderLock {
    let files = FileManager.default
    try files.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let lock = try FolderLock(path: lockPath, folder: path)
    let content = (try? files.contentsOfDirectory(atPath: path)) ?? []
    if isFresh, !content.isEmpty {
      guard content.contains(Self.markerName) else { throw SuiteError.notOurs(path: path) }
      try files.removeItem(atPath: path)
    }
    for folder in [path, "\(path)/keys"] {
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      // One that was there keeps its mode: an earlier release or a person may have left it open.
      FileMode.close(folder)
    }
    if !files.fileExists(atPath: statePath) { try write(Data("{}".utf8), to: statePath) }
    return lock
  }

  /// Writes a file that only its owner may read, whole or not at all.
  func write(_ data: Data, to path: String) throws {
    let temporary = path + ".new"
    guard
      FileManager.default.createFile(atPath: temporary, contents: data, attributes: [.posixPermissions: 0o600]),
      rename(temporary, path) == 0
    else { throw SuiteError.unexpected("\(path) cannot be written") }
  }

  /// What the last suite in this folder wrote of itself.
  ///
  /// - Throws: ``SuiteError/noState(path:)``.
  public func readState() throws -> SuiteState {
    guard let data = FileManager.default.contents(atPath: statePath),
      let state = try? JSONDecoder().decode(SuiteState.self, from: data)
    else { throw SuiteError.noState(path: path) }
    return state
  }

  func writeState(_ state: SuiteState) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try write(try encoder.encode(state), to: statePath)
  }
}

/// An exclusive lock beside a state folder; the system releases it when the process ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  init(path: String, folder: String) throws {
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw SuiteError.unexpected("\(path) cannot be opened") }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      close(opened)
      throw SuiteError.inUse(path: folder)
    }
    // Last: an initializer that throws with everything set runs deinit, which would close the number a second time.
    descriptor = opened
  }

  deinit { close(descriptor) }
}

/// What a suite writes of itself, for `suite status` and `suite token`.
public struct SuiteState: Codable, Sendable, Hashable {
  /// One program.
  public struct Program: Codable, Sendable, Hashable {
    /// For example `880.registers`.
    public let name: String
    /// The authority; `nil` for the broker.
    public let authority: String?
    /// The name of one of `Programs.all`, or `broker`.
    public let service: String
    public let port: Int

    /// Where it answers over HTTP; `nil` for the broker.
    public var address: String? { authority == nil ? nil : "http://127.0.0.1:\(port)" }
  }

  public let programs: [Program]
  public let bootstrapServers: String
  /// How far the programs' clocks are ahead of the machine's, seconds.
  public var clockOffsetSeconds: Int

  /// The authorities, each once, in order.
  public var authorities: [String] { Set(programs.compactMap(\.authority)).sorted() }

  /// A service of an authority.
  ///
  /// - Throws: ``SuiteError/invalid(_:)`` when the suite does not run it.
  public func program(_ service: String, of authority: String) throws -> Program {
    guard let found = programs.first(where: { $0.service == service && $0.authority == authority }) else {
      throw SuiteError.invalid("the suite does not run \(service) of \(authority)")
    }
    return found
  }
}
