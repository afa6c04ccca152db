import Contracts
import GRDB
import Rulebook
import Store

/// What other programs need kept beyond its time. A hold is on a child: on every record that turned out to be the same.
enum Holds {
  /// A hold's name is its source's own.
  struct Name: Hashable, Sendable {
    let source: ServiceName
    let hold: String
  }

  /// The longest name, bytes.
  static let longestName = 100

  /// Places a hold. One that was placed before, even if it was released since, stays as it is.
  ///
  /// - Returns: false when the name is another child's.
  static func place(
    _ name: Name, of pupil: Int64, matter: RecordHoldPlaced.Matter, at moment: Timestamp, in db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql: """
        INSERT INTO holds (source, hold, pupil, matter, placed_millis) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [name.source.rawValue, name.hold, pupil, matter.rawValue, moment])
    return try holder(name, in: db) == pupil
  }

  /// Releases a hold; one that is released already stays as it is.
  ///
  /// - Returns: false when the child has no such hold.
  static func release(_ name: Name, of pupil: Int64, at moment: Timestamp, in db: Database) throws -> Bool {
    guard try holder(name, in: db) == pupil else { return false }
    try db.cachedStatement(
      sql: "UPDATE holds SET released_millis = ? WHERE source = ? AND hold = ? AND released_millis IS NULL"
    ).execute(arguments: [moment, name.source.rawValue, name.hold])
    return true
  }

  private static func holder(_ name: Name, in db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT pupil FROM holds WHERE source = ? AND hold = ?"),
      arguments: [name.source.rawValue, name.hold])
  }

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
