public import ServiceKit

/// The notifier's own configuration keys.
public struct NotifierConfig: Sendable {
  /// All of them, for the documents.
  public static let keys = [
    deliveryKey, allowLoopbackKey, concurrencyKey, keyFileKey,
  ]

  static let deliveryKey = ConfigurationKey(
    "webhook.delivery", default: "true",
    "Whether messages are delivered. When false they wait; subscriptions can still be read, tested, resumed and deleted."
  )
  static let allowLoopbackKey = ConfigurationKey(
    "webhook.allow.loopback", default: "false",
    "Whether receivers may be on this machine and without TLS; for demo and tests only.")
  static let concurrencyKey = ConfigurationKey(
    "webhook.concurrency", default: "64",
    "The most webhooks in flight at once, 2 to 512; half of them for receivers that are slow.")
  static let keyFileKey = ConfigurationKey(
    "webhook.key.file", default: "",
    "The file with the key that seals signing keys; beside the store, with .key added to its name, when empty.")

  /// Whether messages are delivered.
  public let delivers: Bool
  /// The demo switch.
  public let allowsLoopback: Bool
  /// The most webhooks in flight.
  public let concurrency: Int
  /// The file with the key that seals signing keys.
  public let keyFile: String

  /// - Throws: ``ConfigurationError``.
  public init(_ source: ConfigurationSource, storePath: String) throws(ConfigurationError) {
    delivers = try source.flag(Self.deliveryKey)
    allowsLoopback = try source.flag(Self.allowLoopbackKey)
    concurrency = try source.integer(Self.concurrencyKey, in: 2...512)
    let file = try source.string(Self.keyFileKey)
    keyFile = file.isEmpty ? storePath + ".key" : file
  }
}
