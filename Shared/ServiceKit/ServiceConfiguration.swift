import Configuration
public import Foundation
import Rulebook
import SystemPackage

/// One configuration key: what a person reads in `docs/configuration.md`, and the only way to read it.
public struct ConfigurationKey: Sendable, Hashable {
  /// In dots, for example `http.port`; the environment's name is the upper-case form with underscores.
  public let name: String
  /// What stands when the key is absent; `nil` when it is required.
  public let fallback: String?
  public let isSecret: Bool
  /// What it means, with unit and limits.
  public let meaning: String

  public init(_ name: String, default fallback: String?, isSecret: Bool = false, _ meaning: String) {
    self.name = name
    self.fallback = fallback
    self.isSecret = isSecret
    self.meaning = meaning
  }

  /// `HTTP_PORT` for `http.port`.
  public var environmentName: String { name.uppercased().replacing(".", with: "_") }
}

/// A key is missing or its value cannot be read. Names the key, never the value.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  public let key: String
  public let reason: String

  public init(key: String, reason: String) {
    self.key = key
    self.reason = reason
  }

  public var description: String { "configuration key \(key): \(reason)" }
}

/// Reads keys from the environment, over a JSON file where `CONFIG_FILE` names one.
public struct ConfigurationSource: Sendable {
  private let reader: ConfigReader
  private let environment: [String: String]

  /// - Throws: what the file's reader throws when it is no JSON.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
    self.environment = environment
    let variables = EnvironmentVariablesProvider(environmentVariables: environment)
    if let file = environment["CONFIG_FILE"] {
      reader = ConfigReader(providers: [variables, try await FileProvider<JSONSnapshot>(filePath: FilePath(file))])
    } else {
      reader = ConfigReader(provider: variables)
    }
  }

  /// - Throws: ``ConfigurationError`` when the key is required and absent.
  public func string(_ key: ConfigurationKey) throws(ConfigurationError) -> String {
    let configKey = ConfigKey(key.name.split(separator: ".").map(String.init))
    if let value = reader.string(forKey: configKey, isSecret: key.isSecret) ?? key.fallback { return value }
    throw ConfigurationError(key: key.name, reason: "is required")
  }

  /// Whether the environment has a variable that is not empty.
  func hasVariable(_ name: String) -> Bool { environment[name]?.isEmpty == false }

  /// The properties that variables with a prefix set: `sasl.password` for `…SASL_PASSWORD`.
  func properties(withPrefix prefix: String) -> [String: String] {
    var properties: [String: String] = [:]
    for (name, value) in environment where name.hasPrefix(prefix) {
      properties[name.dropFirst(prefix.count).lowercased().replacing("_", with: ".")] = value
    }
    return properties
  }

  /// - Throws: ``ConfigurationError`` when the value is no whole number within the range.
  public func integer(_ key: ConfigurationKey, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard let value = Int(try string(key)), range.contains(value) else {
      throw ConfigurationError(
        key: key.name, reason: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// - Throws: ``ConfigurationError`` when the value is neither `true` nor `false`.
  public func flag(_ key: ConfigurationKey) throws(ConfigurationError) -> Bool {
    switch try string(key).lowercased() {
    case "true", "1", "yes": return true
    case "false", "0", "no": return false
    default: throw ConfigurationError(key: key.name, reason: "must be true or false")
    }
  }
}

/// The keys that every service has.
public struct ServiceConfiguration: Sendable {
  public static let keys =
    [
      authorityKey, storePathKey, hostKey, portKey, bodyLimitKey,
    ] + EdgeSettings.keys + [kafkaServersKey, kafkaPropertiesKey, jwksKey] + TokenRules.keys + [
      feedTokenFileKey, logLevelKey, traceFileKey, clockOffsetKey, exitWithParentKey,
      auditKeyFileKey, freeWarningKey, walWarningKey, clockBackKey, behindKey,
    ]

  static let authorityKey = ConfigurationKey("authority", default: nil, "The authority's three-digit code.")
  static let storePathKey = ConfigurationKey("store.path", default: nil, "The service's SQLite file.")
  static let hostKey = ConfigurationKey("http.host", default: "127.0.0.1", "The address to listen on.")
  static let portKey = ConfigurationKey("http.port", default: "0", "The port to listen on, 0 to 65535; 0 for any.")
  static let bodyLimitKey = ConfigurationKey(
    "http.body.limit", default: "33554432", "The largest body of a file of marks, bytes, 1024 to 268435456.")
  static let kafkaServersKey = ConfigurationKey(
    "kafka.bootstrap.servers", default: nil, "Kafka's addresses, host:port, separated by commas.")
  public static let kafkaPropertiesKey = ConfigurationKey(
    "kafka.properties.file", default: "",
    "A file with librdkafka properties, one a line: name=value, where the value is all that follows the first =. A "
      + "property can also be a variable of its own, which wins: KAFKA_PROPERTY_SASL_PASSWORD is sasl.password.")
  /// What begins the name of a variable that sets one property of Kafka's client.
  public static let kafkaPropertyPrefix = "KAFKA_PROPERTY_"
  static let behindKey = ConfigurationKey(
    "reader.behind.seconds", default: "300",
    "How long a reader may be behind the end of a topic before the program is not ready, seconds, 1 to 1000000.")
  static let jwksKey = ConfigurationKey(
    "auth.jwks", default: nil, "The token issuer's JWK set: a file, or an https address.")
  static let feedTokenFileKey = ConfigurationKey(
    "feed.token.file", default: "", "The file with the token shown to other services' feeds; read at each use.")
  static let logLevelKey = ConfigurationKey(
    "log.level", default: "info", "trace, debug, info, notice, warning, error or critical.")
  static let traceFileKey = ConfigurationKey(
    "trace.file", default: "", "Where spans are appended as JSON lines; none are written when empty.")
  static let clockOffsetKey = ConfigurationKey(
    "clock.offset.seconds", default: "0", "Moves the service's clock; for demo and tests, whole seconds.")
  public static let auditKeyFileKey = ConfigurationKey(
    "audit.key.file", default: nil,
    "The file with the keys of the audit log, one a line: a number and 64 hexadecimal digits. The highest number is used "
      + "for new entries. Keep it apart from the store and from its copies; only its owner may write it.")
  static let freeWarningKey = ConfigurationKey(
    "store.free.warning.megabytes", default: "512",
    "An alarm is raised when less than this is free on the store's disk, megabytes, 0 to 10000000.")
  static let walWarningKey = ConfigurationKey(
    "store.wal.warning.megabytes", default: "512",
    "An alarm is raised when the store's write-ahead log is larger, megabytes, 1 to 10000000.")
  static let clockBackKey = ConfigurationKey(
    "clock.back.seconds", default: "60",
    "How far the clock may be behind the last moment on record before an alarm is raised, seconds, 1 to 1000000000.")
  static let exitWithParentKey = ConfigurationKey(
    "process.exit.with.parent", default: "false", "End when the parent process ends.")

  public let authority: String
  public let storePath: String
  public let host: String
  public let port: Int
  public let bodyLimitBytes: Int
  public let edge: EdgeSettings
  public let kafkaBootstrapServers: String
  /// librdkafka's properties by name. They may be secret.
  public let kafkaProperties: [String: String]
  public let jwks: String
  public let tokens: TokenRules
  public let feedTokenFile: String
  public let logLevel: String
  public let traceFile: String
  public let clockOffsetSeconds: Int
  public let exitWithParent: Bool
  public let auditKeyFile: String
  public let freeWarningBytes: Int64
  public let walWarningBytes: Int64
  public let clockBackSeconds: Int
  public let readerBehindSeconds: Int

  /// librdkafka's properties: those of the file, and those of variables of their own, which win.
  ///
  /// - Throws: ``ConfigurationError`` that names a line or a variable and never a value.
  public static func kafkaProperties(_ source: ConfigurationSource) throws(ConfigurationError) -> [String: String] {
    guard !source.hasVariable("KAFKA_PROPERTIES") else {
      throw ConfigurationError(
        key: "kafka.properties",
        reason:
          "is not read any more. Write the properties into a file, one a line, and name it in KAFKA_PROPERTIES_FILE")
    }
    return try PropertyFile.read(try source.string(kafkaPropertiesKey), key: kafkaPropertiesKey)
      .merging(source.properties(withPrefix: kafkaPropertyPrefix)) { $1 }
  }

  /// - Throws: ``ConfigurationError``.
  public init(_ source: ConfigurationSource) throws(ConfigurationError) {
    authority = try source.string(Self.authorityKey)
    guard let code = try? AuthorityCode(authority), LocalAuthorities.all.contains(where: { $0.value.code == code.text })
    else { throw ConfigurationError(key: Self.authorityKey.name, reason: "must be the number of an English authority") }
    storePath = try source.string(Self.storePathKey)
    host = try source.string(Self.hostKey)
    port = try source.integer(Self.portKey, in: 0...65_535)
    bodyLimitBytes = try source.integer(Self.bodyLimitKey, in: 1_024...268_435_456)
    edge = try EdgeSettings(source, largestBodyBytes: bodyLimitBytes)
    kafkaBootstrapServers = try source.string(Self.kafkaServersKey)
    kafkaProperties = try Self.kafkaProperties(source)
    jwks = try source.string(Self.jwksKey)
    tokens = try TokenRules(source, authority: authority)
    feedTokenFile = try source.string(Self.feedTokenFileKey)
    logLevel = try source.string(Self.logLevelKey)
    traceFile = try source.string(Self.traceFileKey)
    clockOffsetSeconds = try source.integer(Self.clockOffsetKey, in: -1_000_000_000...1_000_000_000)
    exitWithParent = try source.flag(Self.exitWithParentKey)
    auditKeyFile = try source.string(Self.auditKeyFileKey)
    freeWarningBytes = Int64(try source.integer(Self.freeWarningKey, in: 0...10_000_000)) << 20
    walWarningBytes = Int64(try source.integer(Self.walWarningKey, in: 1...10_000_000)) << 20
    clockBackSeconds = try source.integer(Self.clockBackKey, in: 1...1_000_000_000)
    readerBehindSeconds = try source.integer(Self.behindKey, in: 1...1_000_000)
  }
}
