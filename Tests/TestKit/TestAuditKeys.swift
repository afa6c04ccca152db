import Foundation
public import Store

/// Keys of the audit log for tests.
public enum TestAuditKeys {
  /// The key file's text.
  public static let text = "1 " + String(repeating: "5a", count: AuditKeys.bytes) + "\n"

  /// What ``path`` holds.
  public static let keys: AuditKeys = made.keys

  /// A key file, for programs that are built from a configuration.
  public static var path: String { made.path }

  private static let made: (keys: AuditKeys, path: String) = {
    let path = NSTemporaryDirectory() + "audit-\(UUID().uuidString).keys"
    let isMade = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard isMade, let keys = try? AuditKeys(path: path) else { preconditionFailure("no key file can be made") }
    return (keys, path)
  }()
}
