public import Contracts
public import GRDB

/// What other programs need kept beyond its time. A hold is on a child, under the identifier that the store has for it.
public enum Holds {
  /// A hold's name is its source's own.
  public struct Name: Hashable, Sendable {
    let source: ServiceName
    let hold: String

    public init(source: ServiceName, hold: String) {
      self.source = source
      self.hold = hold
    }
  }

  /// The longest name, bytes.
  public static let longestName = 100

  /// Places a hold. One that was placed before, even if it was released since, stays as it is.
  ///
  /// - Returns: false when the name is another child's.
  public static func place<Pupil: DatabaseValueConvertible & Equatable>(
    _ name: Name, of pupil: Pupil, matter: RecordHoldPlaced.Matter, at moment: Timestamp, in db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql: """
        INSERT INTO holds (source, hold, pupil, matter, placed_millis) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [name.source.rawValue, name.hold, pupil, matter.rawValue, moment.millis])
    return try holder(name, Pupil.self, in: db) == pupil
  }

  /// Releases a hold; one that is released already stays as it is.
  ///
  /// - Returns: false when the child has no such hold.
  public static func release<Pupil: DatabaseValueConvertible & Equatable>(
    _ name: Name, of pupil: Pupil, at moment: Timestamp, in db: Database
  ) throws -> Bool {
    guard try holder(name, Pupil.self, in: db) == pupil else { return false }
    try db.cachedStatement(
      sql: "UPDATE holds SET released_millis = ? WHERE source = ? AND hold = ? AND released_millis IS NULL"
    ).execute(arguments: [moment.millis, name.source.rawValue, name.hold])
    return true
  }

  /// Whether a hold on a child is open.
  public static func isHeld(_ pupil: some DatabaseValueConvertible, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM holds WHERE pupil = ? AND released_millis IS NULL)"), arguments: [pupil])
      ?? false
  }

  private static func holder<Pupil: DatabaseValueConvertible>(
    _ name: Name, _: Pupil.Type, in db: Database
  ) throws -> Pupil? {
    try Pupil.fetchOne(
      db.cachedStatement(sql: "SELECT pupil FROM holds WHERE source = ? AND hold = ?"),
      arguments: [name.source.rawValue, name.hold])
  }
}
