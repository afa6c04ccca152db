import Contracts
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import SealedAlerts
import ServiceKit

extension AuditAction {
  static let alertKeysRead = AuditAction("alert.keys.read")
  static let alertKeysRenewed = AuditAction("alert.keys.renewed")
}

/// Where an authority's secret keys lie.
struct AlertKeys: Sendable {
  let authority: AuthorityCode
  let path: String

  /// For how many days old and new keys are both in force.
  static let overlap = 14

  func publicLines() throws(AlertKeyFault) -> [String] {
    try AlertKeyRing(authority, path: path).publicLines.split(separator: "\n").map(String.init)
  }
}

/// The public keys for the directory of all authorities, and their renewal.
struct AlertKeyRoutes: Sendable {
  /// `nil` where the authority has no keys.
  let keys: AlertKeys?
  let transactions: Transactions

  private static let operators = Policy.roles(.operator, reach: .wholeAuthority)

  struct Lines: Codable, Sendable {
    /// The lines of this authority in the directory; nothing in them is secret.
    let directory: [String]
    /// The same keys by what is read aloud to compare them.
    let fingerprints: [String]
  }

  struct Renewal: Codable, Sendable {
    /// The first day of the new keys: late enough for every authority to have the new directory.
    let first: Day
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/alert-keys", Self.operators, "This authority's lines of the directory of public keys", problems: [409]
    ) {
      call in
      let keys = try on()
      return try await transactions.write(by: call.caller) { unit in
        try unit.audit(.alertKeysRead, of: .all)
        return try lines(of: keys)
      }
    }
    router.write(
      .post, "/alert-keys", Self.operators,
      "Add new keys for sealing and signing; they are used from the next start, on and after their first day",
      upTo: SearchRoutes.bodyBytes, problems: [409]
    ) { (call: Call, form: Renewal) in
      let keys = try on()
      return try await transactions.write(call.edit) { unit in
        guard unit.today <= form.first else { throw Problem.invalid([.init("/first", "must not be in the past")]) }
        try AlertKeyRing.renew(path: keys.path, first: form.first, overlap: AlertKeys.overlap)
        try unit.audit(.alertKeysRenewed, of: .all)
        return try lines(of: keys)
      }
    }
  }

  private func lines(of keys: AlertKeys) throws -> Lines {
    let lines = try keys.publicLines()
    return Lines(directory: lines, fingerprints: try KeyDirectory.fingerprints(lines.joined(separator: "\n")))
  }

  /// - Throws: `Problem` conflict where the authority has no keys.
  private func on() throws(Problem) -> AlertKeys {
    guard let keys else { throw .conflict("alerts-off", "This authority has no keys for alerts to other authorities") }
    return keys
  }
}
