import Rulebook
public import ServiceKit

/// What registers has to be told beside what every service has.
public struct RegistersConfig: Sendable {
  public static let keys = [morningKey, afternoonKey, sweepKey, enforcementFeedKey]

  static let morningKey = ConfigurationKey(
    "registers.due.am", default: "10:00", "When a morning register that has not come is missing, HH:MM in England.")
  static let afternoonKey = ConfigurationKey(
    "registers.due.pm", default: "14:30", "When an afternoon register that has not come is missing, HH:MM in England.")
  static let sweepKey = ConfigurationKey(
    "sweep.seconds", default: "20", "How often registers looks at what time alone changes, seconds, 1 to 3600.")
  static let enforcementFeedKey = ConfigurationKey(
    "feed.enforcement", default: "",
    "The address of enforcement, whose holds keep entries from being disposed of; no hold is followed when empty.")

  /// When registers are expected, in minutes since midnight.
  let hours: [Session: Int]
  let sweepSeconds: Int
  /// Enforcement's address; `nil` when its holds are not followed.
  let enforcementFeed: String?

  init(_ source: ConfigurationSource) throws(ConfigurationError) {
    hours = [
      .am: try Self.minutes(Self.morningKey, source), .pm: try Self.minutes(Self.afternoonKey, source),
    ]
    sweepSeconds = try source.integer(Self.sweepKey, in: 1...3_600)
    let address = try source.string(Self.enforcementFeedKey)
    enforcementFeed = address.isEmpty ? nil : address
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
