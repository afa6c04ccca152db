import GRDB
import Keeping
import Rulebook
import Store

extension Holds {
  /// A common table expression `held (pupil)`: every child with an open hold, under each number that it has or had.
  static let heldPupils = """
    WITH RECURSIVE held (pupil) AS (
      SELECT pupil FROM holds WHERE released_millis IS NULL
      UNION SELECT p.merged_into FROM held JOIN pupils p ON p.number = held.pupil WHERE p.merged_into IS NOT NULL)
    """

  /// The registrations at a school whose entries are held.
  static func heldRegistrations(at school: URN, in db: Database) throws -> Set<Int64> {
    try Int64.fetchSet(
      db.cachedStatement(
        sql: heldPupils + " SELECT number FROM registrations WHERE school = ? AND pupil IN (SELECT pupil FROM held)"),
      arguments: [school])
  }
}
