import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import ServiceKit
import Store

/// The dialects that the authority declared.
enum Dialects {
  /// The dialect in use by a name: the authority's own before a ready one; `nil` when there is none.
  static func find(_ name: String, in db: Database) throws -> MarkDialect? {
    try own(name, in: db) ?? MarkDialect.ready[name]
  }

  /// The authority's own of a name.
  static func own(_ name: String, in db: Database) throws -> MarkDialect? {
    try db.value("SELECT dialect FROM dialects WHERE name = ? ORDER BY number DESC LIMIT 1", [name], as: String.self)
      .map { try JSONDecoder().decode(MarkDialect.self, from: Data($0.utf8)) }
  }

  /// The authority's own by name.
  static func all(in db: Database) throws -> [String: MarkDialect] {
    let rows = try db.rows(
      "SELECT name, dialect FROM dialects d WHERE number = (SELECT max(number) FROM dialects WHERE name = d.name)")
    return Dictionary(
      uniqueKeysWithValues: try rows.map {
        ($0["name"], try JSONDecoder().decode(MarkDialect.self, from: Data(($0["dialect"] as String).utf8)))
      })
  }

  static func add(_ name: String, _ dialect: MarkDialect, in unit: UnitOfWork) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try unit.db.run(
      "INSERT INTO dialects (name, dialect, at_millis, actor, role) VALUES (?, ?, ?, ?, ?)",
      [
        name, String(decoding: try encoder.encode(dialect), as: UTF8.self), unit.at, unit.caller.subject,
        unit.caller.role.rawValue,
      ])
  }
}
