import Contracts
import Crypto
import Foundation
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import SealedPacks
import ServiceKit
import Store

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
      db, sql: "SELECT public, first_day FROM court_pack_key ORDER BY first_day DESC LIMIT ?",
      arguments: [PackKeySet.most])
    let keys = try rows.reversed().map { row in
      (try Curve25519.Signing.PublicKey(rawRepresentation: row["public"] as Data), Day(ordinal: row["first_day"]))
    }
    return PackKeySet(
      keys.indices.map { index in
        PackKey(
          keys[index].0, firstDay: keys[index].1,
          lastDay: index + 1 < keys.count ? keys[index + 1].1.adding(days: -1) : nil)
      })
  }

  /// Adds the route on which they are published: open to everybody, because whoever has a pack may verify it.
  static func addRoute(to router: ServiceRouter, _ transactions: Transactions) {
    let about = About(
      "The public keys of court packs, as a JSON Web Key set with the days on which each signs",
      answer: PackKeySet.self)
    router.on(.get, "/keys/court-packs", .open, about) { _, _ in
      try .json(try await transactions.read { try published(in: $0) })
    }
  }
}
