import Contracts
import GRDB
import Rulebook
import Store

/// Children on two rolls where neither school says that it shares the child.
enum DoubleRegistrations {
  struct Pair: Sendable {
    let pupil: PupilID
    /// The two times on roll, the one that was entered first before the other.
    let first, second: Registration
  }

  /// The pairs on a day, by the number of the later entry.
  static func page(
    on day: Day, after number: Int64, limit: Int, in db: Database
  ) throws -> [Pair] {
    try db.rows(
      """
      SELECT p.id AS pupil_id, a.number AS first, b.number AS second FROM standing_registrations b
      JOIN standing_registrations a ON a.pupil = b.pupil AND a.number < b.number AND a.school <> b.school
      JOIN pupils p ON p.number = b.pupil
      WHERE b.number > ?1 AND a.status = 'single' AND b.status = 'single'
        AND a.enrolled_on <= ?2 AND (a.left_on IS NULL OR a.left_on >= ?2)
        AND b.enrolled_on <= ?2 AND (b.left_on IS NULL OR b.left_on >= ?2)
      ORDER BY b.number, a.number LIMIT ?3
      """, [number, day, limit]
    ).map { row in
      Pair(
        pupil: try Pupils.id(row["pupil_id"]), first: try registration(row["first"], in: db),
        second: try registration(row["second"], in: db))
    }
  }

  private static func registration(_ number: Int64, in db: Database) throws -> Registration {
    let row = try db.row("SELECT * FROM standing_registrations WHERE number = ?", [number])
    guard let row else { throw DatabaseError.damaged }
    return try Pupils.registration(row)
  }
}
