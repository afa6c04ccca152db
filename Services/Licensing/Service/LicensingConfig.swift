import LicensingDomain
public import ServiceKit

/// What licensing has to be told beside letters.
public struct LicensingConfig: Sendable {
  public static let keys = [verifyKey, uploadsKey, mailKey, mailFromKey]

  static let verifyKey = ConfigurationKey(
    "verify.address", default: "",
    "The public address of this program's page /verify, printed with its code on permits, licences and cards; only the "
      + "code is printed when empty.")
  static let uploadsKey = ConfigurationKey(
    "uploads.folder", default: "",
    "The folder of photographs and documents, for the program alone; beside the store when empty.")

  static let mailKey = ConfigurationKey(
    "mail.folder", default: "",
    "The folder from which the authority's mail server takes messages, each a file of its own; the public form is "
      + "closed when empty.")
  static let mailFromKey = ConfigurationKey(
    "mail.from", default: "", "The address from which applicants are written to; required with mail.folder.")

  /// How applicants are written to; `nil` where the public form is closed.
  let mail: MailDrop?
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
    let (drop, from) = (try source.string(Self.mailKey), try source.string(Self.mailFromKey))
    guard drop.isEmpty || EmailAddress(from) != nil else {
      throw ConfigurationError(key: Self.mailFromKey.name, reason: "must be an e-mail address")
    }
    mail = drop.isEmpty ? nil : EmailAddress(from).map { MailDrop(folder: drop, from: $0) }
  }
}
