import Contracts
import Foundation
import GRDB
import HTTPTypes
import Letters
import LicensingDomain
import Messaging
import Rulebook
import ServiceKit

extension AuditAction {
  static let hostAuthorityEntered = AuditAction("licensing.host-authority.entered")
}

/// Another authority, in whose area a production takes place, with the address at which it wants to be told (SI 2014/3309
/// reg 9).
struct HostAuthority: Codable, Sendable {
  /// Three digits.
  let code: String
  let name: String
  let address: [String]

  var recipient: Recipient { Recipient(id: "authority-\(code)", name: name, address: address) }
}

/// The registered addresses; the last one that was entered counts.
enum HostAuthorities {
  static func enter(_ code: String, _ address: [String], in unit: UnitOfWork) throws {
    try unit.db.cachedStatement(
      sql: "INSERT INTO host_authority (code, address, at_millis, by) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [
      code, String(decoding: try JSONEncoder().encode(address), as: UTF8.self), unit.at.millis, unit.caller.subject,
    ])
  }

  static func find(_ code: String, on day: Day, in db: Database) throws -> HostAuthority? {
    try all(on: day, of: code, in: db).first
  }

  static func all(on day: Day, of code: String? = nil, in db: Database) throws -> [HostAuthority] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT code, address FROM host_authority h WHERE (?1 IS NULL OR code = ?1)
            AND number = (SELECT max(number) FROM host_authority WHERE code = h.code)
          ORDER BY code
          """), arguments: [code]
    ).map { row in
      HostAuthority(
        code: row["code"], name: LocalAuthorities.name(of: row["code"], on: day),
        address: try JSONDecoder().decode([String].self, from: Data((row["address"] as String).utf8)))
    }
  }
}

/// Entering and listing them.
struct HostAuthorityRoutes: Sendable {
  let transactions: Transactions
  /// The authority's own three digits.
  let own: String

  struct Form: Codable, Sendable {
    let code: String
    let address: [String]
  }

  struct Book: WholeList, Sendable {
    let authorities: [HostAuthority]
    var list: (name: String, rows: [HostAuthority]) { ("host-authorities", authorities) }
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .wholeAuthority)

  func add(to router: ServiceRouter) {
    router.read("/host-authorities", Self.policy, "Other authorities and the addresses at which they are told") {
      call in
      try await transactions.write(by: call.caller) { unit in
        Book(authorities: try HostAuthorities.all(on: unit.today, in: unit.db))
      }
    }
    router.write(
      .post, "/host-authorities", Self.policy, "Enter the address at which another authority is told of licences",
      upTo: 16 << 10, enter)
  }

  private func enter(_ call: Call, _ form: Form) async throws -> Remembered<HostAuthority> {
    try await transactions.write(call.edit) { unit in
      var faults = Faults()
      let known = (try? AuthorityCode(form.code)).flatMap { LocalAuthorities.authority($0, on: unit.today) }
      faults.require(known != nil && form.code != own, "/code", "must be the three digits of another authority")
      faults.require(
        (1...8).contains(form.address.count) && form.address.allSatisfy { (1...200).contains($0.count) }, "/address",
        "must be 1 to 8 lines of 1 to 200 characters")
      try faults.refuse()
      try HostAuthorities.enter(form.code, form.address, in: unit)
      try unit.audit(.hostAuthorityEntered, of: .record("authority-\(form.code)"))
      guard let host = try HostAuthorities.find(form.code, on: unit.today, in: unit.db) else {
        throw Problem.notFound("Authority")
      }
      return host
    }
  }
}
