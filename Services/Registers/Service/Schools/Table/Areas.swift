import GRDB
import Store

/// A part of the authority, to which schools belong for a time.
enum AreaKind: String, Sendable, Codable, CaseIterable { case cluster, locality }

/// The table of clusters and localities.
enum Areas {
  struct Area: Hashable, Sendable {
    let code: String
    let name: String
  }

  static func find(_ kind: AreaKind, _ code: String, in db: Database) throws -> Area? {
    try db.row("SELECT code, name FROM areas WHERE kind = ? AND code = ?", [kind.rawValue, code]).map {
      Area(code: $0["code"], name: $0["name"])
    }
  }

  /// Every area of a kind, by code.
  static func all(_ kind: AreaKind, in db: Database) throws -> [Area] {
    try db.rows("SELECT code, name FROM areas WHERE kind = ? ORDER BY code", [kind.rawValue]).map {
      Area(code: $0["code"], name: $0["name"])
    }
  }

  static func count(_ kind: AreaKind, in db: Database) throws -> Int {
    try db.value("SELECT count(*) FROM areas WHERE kind = ?", [kind.rawValue], as: Int.self) ?? 0
  }

  static func save(_ area: Area, _ kind: AreaKind, in db: Database) throws {
    try db.run(
      """
      INSERT INTO areas (kind, code, name) VALUES (?, ?, ?)
      ON CONFLICT (kind, code) DO UPDATE SET name = excluded.name
      """, [kind.rawValue, area.code, area.name])
  }
}
