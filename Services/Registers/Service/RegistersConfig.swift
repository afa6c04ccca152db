import Rulebook
public import ServiceKit
import Store

/// What registers has to be told beside what every service has.
public struct RegistersConfig: Sendable {
  public static let keys = [morningKey, afternoonKey, sweepKey, exportIdleKey, exportKey]

  static let morningKey = ConfigurationKey(
    "registers.due.am", default: "10:00",
    "Local time after which an unreceived morning register counts as missing, HH:MM in England.")
  static let afternoonKey = ConfigurationKey(
    "registers.due.pm", default: "14:30",
    "Local time after which an unreceived afternoon register counts as missing, HH:MM in England.")
  static let sweepKey = ConfigurationKey(
    "sweep.seconds", default: "20", "How often registers looks at what time alone changes, seconds, 1 to 3600.")
  static let exportIdleKey = ConfigurationKey(
    "export.idle.seconds", default: "120",
    "How long a client may take for one part of an export, seconds, 1 to 3600; it is then cut off.")
  static let exportKey = ConfigurationKey(
    "export.longest.seconds", default: "3600",
    "How long an export may take from beginning to end, seconds, 1 to 86400; it is then cut off.")

  /// When registers are expected, in minutes since midnight.
  let hours: [Session: Int]
  let sweepSeconds: Int
  let exportLimits: StoreSnapshot.Limits

  init(_ source: ConfigurationSource) throws(ConfigurationError) {
    hours = [
      .am: try Self.minutes(Self.morningKey, source), .pm: try Self.minutes(Self.afternoonKey, source),
    ]
    sweepSeconds = try source.integer(Self.sweepKey, in: 1...3_600)
    exportLimits = .init(
      idle: .seconds(try source.integer(Self.exportIdleKey, in: 1...3_600)),
      whole: .seconds(try source.integer(Self.exportKey, in: 1...86_400)), atOnce: 2)
  }

  private static func minutes(
    _ key: ConfigurationKey, _ source: ConfigurationSource
  ) throws(ConfigurationError) -> Int {
    let parts = try source.string(key).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
    else { throw ConfigurationError(key: key.name, reason: "must be a time of the day, HH:MM") }
    return hour * 60 + minute
  }
}
