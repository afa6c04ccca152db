import GRDB
import Store

/// A part of the authority, to which schools belong for a time.
enum AreaKind: String, Sendable, Codable, CaseIterable { case cluster, locality }

/// A cluster or a locality.
struct Area: StoredRow, Codable, Hashable, Sendable {
  let code, name: String

  static func find(_ kind: AreaKind, _ code: String, in db: Database) throws -> Area? {
    try db.first("SELECT code, name FROM areas WHERE kind = ? AND code = ?", [kind.rawValue, code])
  }

  /// Every area of a kind, by code.
  static func all(_ kind: AreaKind, in db: Database) throws -> [Area] {
    try db.all("SELECT code, name FROM areas WHERE kind = ? ORDER BY code", [kind.rawValue])
  }

  func save(as kind: AreaKind, in db: Database) throws {
    try db.put("areas", ["kind": kind.rawValue, "code": code], ["name": name])
  }
}
