import Contracts
import GRDB
import Rulebook
import Store

extension Pupils {
  /// The numbers of every record that is this child: its own, and those that turned out to be the same. Empty when the
  /// child is unknown.
  static func records(ofChild id: PupilID, in db: Database) throws -> [Int64] {
    try db.values(
      """
      WITH RECURSIVE later (number) AS (
        SELECT number FROM pupils WHERE id = ?
        UNION SELECT p.merged_into FROM later JOIN pupils p ON p.number = later.number
        WHERE p.merged_into IS NOT NULL),
      same (number) AS (
        SELECT number FROM later UNION SELECT p.number FROM same JOIN pupils p ON p.merged_into = same.number)
      SELECT number FROM same ORDER BY number
      """, [id], as: Int64.self)
  }

  /// The registrations of some records by school, each with the child's identifier.
  static func registrations(ofChildren pupils: [Int64], in db: Database) throws -> [URN: [Int64: String]] {
    var registrations: [URN: [Int64: String]] = [:]
    for pupil in pupils {
      let rows = try db.rows(
        """
        SELECT r.number, r.school, p.id FROM registrations r JOIN pupils p ON p.number = r.pupil WHERE r.pupil = ?
        """, [pupil])
      for row in rows {
        registrations[try row.get("school"), default: [:]][row["number"]] = row["id"]
      }
    }
    return registrations
  }
}
