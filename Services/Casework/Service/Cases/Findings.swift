import Contracts
import GRDB
import Rulebook

/// Persistent absence as registers found it.
enum Findings {
  /// - Returns: whether it is new.
  static func raise(_ id: String, of pupil: PupilID, at school: URN, in db: Database) throws -> Bool {
    try db.cachedStatement(
      sql: "INSERT INTO finding (id, pupil, school, stands) VALUES (?, ?, ?, 1) ON CONFLICT (id) DO NOTHING"
    ).execute(arguments: [id, pupil.text, school.text])
    return db.changesCount == 1
  }

  static func lapse(_ id: String, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE finding SET stands = 0 WHERE id = ?").execute(arguments: [id])
  }

  /// Whether any finding of a child stands.
  static func stands(for pupil: PupilID, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM finding WHERE pupil = ? AND stands = 1)"),
      arguments: [pupil.text]) ?? false
  }

  /// The findings of a child that stand, in order.
  static func standing(for pupil: PupilID, in db: Database) throws -> [String] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT id FROM finding WHERE pupil = ? AND stands = 1 ORDER BY id"),
      arguments: [pupil.text])
  }
}
