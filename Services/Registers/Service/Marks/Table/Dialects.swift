import Foundation
import GRDB
import HTTPTypes
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The dialects in which marks and lists of pupils are sent: the ready ones, and those that the authority declares.
enum Dialects {
  /// The dialect that a file names: the authority's own before a ready one; the service's own where it names none.
  ///
  /// - Throws: `Problem` 400 when there is none of the name.
  static func find(_ name: String?, _ registers: Registers) async throws -> MarkDialect {
    guard let name else { return .standard }
    let found = try await registers.read { try own(name, in: $0) ?? MarkDialect.ready[name] }
    guard let found else {
      throw Problem(
        "unknown-dialect", "No dialect has this name", .badRequest,
        faults: [.init("dialect", "must be the name of a dialect; GET /dialects lists them")])
    }
    return found
  }

  /// The authority's own of a name.
  static func own(_ name: String, in db: Database) throws -> MarkDialect? {
    try db.value("SELECT dialect FROM dialects WHERE name = ? ORDER BY number DESC LIMIT 1", [name], as: String.self)
      .map { try JSONDecoder().decode(MarkDialect.self, from: Data($0.utf8)) }
  }

  /// The authority's own by name.
  static func all(in db: Database) throws -> [String: MarkDialect] {
    let names = try db.values("SELECT DISTINCT name FROM dialects", as: String.self)
    return Dictionary(uniqueKeysWithValues: try names.compactMap { name in try own(name, in: db).map { (name, $0) } })
  }
}
