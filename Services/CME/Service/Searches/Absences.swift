import Contracts
import GRDB
import Rulebook

/// Continuous absence as registers found it.
enum Absences {
  /// - Returns: whether it is new.
  static func raise(
    _ id: String, _ kind: FindingKind, of pupil: PupilID, at school: URN, in db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql: """
        INSERT INTO absence_finding (id, pupil, school, kind, stands) VALUES (?, ?, ?, ?, 1)
        ON CONFLICT (id) DO NOTHING
        """
    ).execute(arguments: [id, pupil.text, school.text, kind.rawValue])
    return db.changesCount == 1
  }

  static func lapse(_ id: String, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE absence_finding SET stands = 0 WHERE id = ?").execute(arguments: [id])
  }

  /// Whether any finding of a child stands.
  static func stand(for pupil: PupilID, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM absence_finding WHERE pupil = ? AND stands = 1)"),
      arguments: [pupil.text]) ?? false
  }
}
