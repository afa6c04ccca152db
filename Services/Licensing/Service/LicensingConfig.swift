public import ServiceKit

/// What licensing has to be told beside letters.
public struct LicensingConfig: Sendable {
  public static let keys = [verifyKey, uploadsKey]

  static let verifyKey = ConfigurationKey(
    "verify.address", default: "",
    "The public address of this program's page /verify, printed with its code on permits, licences and cards; only the "
      + "code is printed when empty.")
  static let uploadsKey = ConfigurationKey(
    "uploads.folder", default: "",
    "The folder of photographs and documents, for the program alone; beside the store when empty.")

  /// Where holders check documents; `nil` where nothing is published.
  let verify: String?
  /// Where files are kept.
  let uploads: String

  /// - Throws: `ConfigurationError` unless the address is one of the web.
  public init(_ source: ConfigurationSource, storePath: String) throws(ConfigurationError) {
    let address = try source.string(Self.verifyKey)
    guard address.isEmpty || address.hasPrefix("https://"), !address.contains("?"), address.count <= 200 else {
      throw ConfigurationError(key: Self.verifyKey.name, reason: "must be an https address without a query")
    }
    verify = address.isEmpty ? nil : address
    let folder = try source.string(Self.uploadsKey)
    uploads = folder.isEmpty ? "\(storePath).uploads" : folder
  }
}
