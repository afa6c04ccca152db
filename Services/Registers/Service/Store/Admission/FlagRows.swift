import Contracts
import GRDB
import RegistersDomain
import Rulebook

/// What figures and patterns ask about children beside their marks.
enum FlagRows {
  /// The children who have a flag on a day, with its first day.
  static func open(_ kind: String, on day: Day, in db: Database) throws -> [(pupil: StoredPupil, since: Day)] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.id, min(f.first) AS since FROM flags f JOIN pupils p ON p.number = f.pupil
          WHERE f.kind = ?1 AND f.first <= ?2 AND (f.last IS NULL OR f.last >= ?2) GROUP BY p.number ORDER BY p.number
          """), arguments: [kind, day.ordinal])
    return try rows.compactMap { row in
      guard let id = PupilID(row["id"] as String), let pupil = try Pupils.find(id, in: db) else { return nil }
      return (pupil, Day(ordinal: row["since"]))
    }
  }

  /// The other children of a child's family.
  static func siblings(of pupil: Int64, in db: Database) throws -> [PupilID] {
    try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.id FROM family_members own JOIN family_members other ON other.family = own.family
          JOIN pupils p ON p.number = other.pupil WHERE own.pupil = ?1 AND other.pupil <> ?1 ORDER BY p.number
          """), arguments: [pupil]
    ).compactMap { PupilID($0) }
  }
}
