import Foundation
import HTTPTypes
import LicensingDomain
import ServiceKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where messages to applicants are put: the authority's own mail server takes them from a folder (a pickup directory), so
/// that this program holds no password and opens no connection for it.
struct MailDrop: Sendable {
  let folder: String
  let from: EmailAddress

  /// Writes one message, whole or not at all.
  ///
  /// - Throws: `Problem` 503 when it cannot be written.
  func send(_ subject: String, _ text: String, to address: EmailAddress) throws(Problem) {
    let message = """
      From: \(from)
      To: \(address)
      Subject: \(subject)
      MIME-Version: 1.0
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: 8bit
      Auto-Submitted: auto-generated

      \(text)
      """
    let lines = message.replacing("\n", with: "\r\n") + "\r\n"
    let path = "\(folder)/\(UUID().uuidString).eml"
    let created = FileManager.default.createFile(
      atPath: "\(path).part", contents: Data(lines.utf8), attributes: [.posixPermissions: 0o600])
    guard created, rename("\(path).part", path) == 0 else {
      throw Problem("no-mail", "E-mail cannot be sent now", .serviceUnavailable, retryAfterSeconds: 300)
    }
  }
}
