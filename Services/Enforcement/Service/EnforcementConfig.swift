public import ServiceKit

/// What enforcement has to be told beside what every service has.
public struct EnforcementConfig: Sendable {
  public static let keys = [registersFeedKey]

  static let registersFeedKey = ConfigurationKey(
    "feed.registers", default: nil, "The address of registers, whose feed has what the log lost.")

  let registersFeed: String

  init(_ source: ConfigurationSource) throws(ConfigurationError) {
    registersFeed = try source.string(Self.registersFeedKey)
  }
}
