import Contracts
import Crypto
import Foundation
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import SealedPacks
import ServiceKit
import Store

extension AuditAction {
  fileprivate static let packKeyRevoked = AuditAction("court.pack.key.revoked")
}

/// The keys of court packs as they are published. A key that was published once stays, so that what it signed can be
/// verified for as long as anybody asks, whatever is in the key file by then.
enum PackKeyStore {
  /// Reads the key file, and puts on record what is new in it.
  ///
  /// A key that follows another is published before it signs: otherwise what the other signed on that day would seem to
  /// be signed by a key out of use.
  ///
  /// - Returns: `nil` when no file is configured.
  /// - Throws: `ConfigurationError`.
  static func open(
    _ config: CourtPackConfig, _ transactions: Transactions
  ) async throws -> PackSigningKeys? {
    guard !config.keyFile.isEmpty else { return nil }
    let keys: PackSigningKeys
    do { keys = try PackSigningKeys(path: config.keyFile) } catch {
      throw ConfigurationError(key: CourtPackConfig.keyFileKey.name, reason: "\(error)")
    }
    try await transactions.write(by: .program(.enforcement)) { try record(keys, in: $0) }
    return keys
  }

  /// Puts on record what is new among the keys.
  ///
  /// - Throws: `ConfigurationError`.
  static func record(_ keys: PackSigningKeys, in unit: UnitOfWork) throws {
    for key in keys.published { try record(key, in: unit) }
  }

  private static func record(_ key: PackKey, in unit: UnitOfWork) throws {
    let known = try Row.fetchAll(unit.db, sql: "SELECT id, first_day FROM court_pack_key")
    if let own = known.first(where: { ($0["id"] as String) == key.id }) {
      guard Day(ordinal: own["first_day"]) == key.firstDay else { throw refused("the first day of a key was changed") }
      return
    }
    guard known.isEmpty || unit.today < key.firstDay else {
      throw refused("a new key must begin on a day to come")
    }
    guard let bytes = key.publicBytes else { throw refused("a key cannot be published") }
    try unit.db.execute(
      sql: "INSERT INTO court_pack_key (id, public, first_day, recorded_millis) VALUES (?, ?, ?, ?)",
      arguments: [key.id, bytes, key.firstDay.ordinal, unit.at.millis])
  }

  private static func refused(_ reason: String) -> ConfigurationError {
    ConfigurationError(key: CourtPackConfig.keyFileKey.name, reason: reason)
  }

  /// Every key that was ever published, oldest first, each until the day before the next.
  static func published(in db: Database) throws -> PackKeySet {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT k.public, k.first_day, r.revoked, r.doubted_from, r.reason FROM court_pack_key k
        LEFT JOIN court_pack_key_revocation r ON r.key = k.id ORDER BY k.first_day DESC LIMIT ?
        """, arguments: [PackKeySet.most])
    let keys = try rows.reversed().map { row in
      (
        try Curve25519.Signing.PublicKey(rawRepresentation: row["public"] as Data), Day(ordinal: row["first_day"]),
        (row["reason"] as String?).flatMap(PackKey.Revocation.Reason.init).map {
          PackKey.Revocation(on: Day(ordinal: row["revoked"]), from: Day(ordinal: row["doubted_from"]), reason: $0)
        }
      )
    }
    return PackKeySet(
      keys.indices.map { index in
        PackKey(
          keys[index].0, firstDay: keys[index].1,
          lastDay: index + 1 < keys.count ? keys[index + 1].1.adding(days: -1) : nil, revocation: keys[index].2)
      })
  }

  /// Whether a key was revoked: it signs nothing any more.
  static func isRevoked(_ key: String, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM court_pack_key_revocation WHERE key = ?)", arguments: [key]) ?? false
  }

  /// Revokes a key for good.
  ///
  /// - Parameter from: the first day from which what it signed is not relied on.
  /// - Throws: `Problem` not found for a key that was never published, conflict for one that was revoked, invalid for a
  ///   day to come.
  static func revoke(
    _ key: String, from day: Day, because reason: PackKey.Revocation.Reason, in unit: UnitOfWork
  ) throws -> PackKey {
    func published() throws -> PackKey? { try Self.published(in: unit.db).keys.first { $0.id == key } }
    guard let known = try published() else { throw Problem.notFound("Key") }
    guard known.revocation == nil else { throw Problem.conflict("key-revoked", "The key was revoked already") }
    guard day <= unit.today else { throw Problem.invalid([.init("/from", "must be today or a day before")]) }
    try unit.db.execute(
      sql: """
        INSERT INTO court_pack_key_revocation (key, revoked, doubted_from, reason, at_millis, by)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [key, unit.today.ordinal, day.ordinal, reason.rawValue, unit.at.millis, unit.caller.subject])
    try unit.audit(.packKeyRevoked, of: .record("key-\(key)"), ["from": day.iso])
    guard let revoked = try published() else { throw Problem.notFound("Key") }
    return revoked
  }

  struct RevocationForm: Codable, Sendable {
    /// The first day from which what the key signed is not relied on.
    let from: Day
    let reason: PackKey.Revocation.Reason
  }

  /// Adds the route on which they are published: open to everybody, because whoever has a pack may verify it.
  static func addRoute(to router: ServiceRouter, _ transactions: Transactions) {
    let about = About(
      "The public keys of court packs, as a JSON Web Key set with the days on which each signs",
      answer: PackKeySet.self)
    router.write(
      .post, "/keys/court-packs/{id}/revocation", .roles(.manager, .operator, reach: .wholeAuthority),
      "Revoke a key of court packs for good",
      path: [.init("id", .string(pattern: "^[A-Za-z0-9_-]{43}$"), "The key's identifier.")], problems: [404, 409]
    ) { (call: Call, form: RevocationForm) in
      let id = try call.text("id")
      return try await transactions.write(call.edit) { unit in
        try revoke(id, from: form.from, because: form.reason, in: unit)
      }
    }
    router.on(.get, "/keys/court-packs", .open, about) { _, _ in
      try .json(try await transactions.read { try published(in: $0) })
    }
  }
}
