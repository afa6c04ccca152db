import Contracts
import GRDB
import Messaging
import ServiceKit
import Store

/// Children of one family. Each child has a case of its own; enforcement is about one parent and one child.
enum Families {
  /// The most children of a family.
  static let most = 20

  /// The other children of a child's family, in order; nobody where it has none.
  static func siblings(of pupil: PupilID, in db: Database) throws -> [PupilID] {
    try PupilID.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT pupil FROM family_member WHERE family = (SELECT family FROM family_member WHERE pupil = ?1) AND pupil <> ?1
          ORDER BY pupil
          """), arguments: [pupil])
  }

  /// Puts two children into one family: that of the first, else that of the second, else a new one. Two families become
  /// one.
  static func link(_ pupil: PupilID, with other: PupilID, in unit: UnitOfWork) throws {
    let families = try [pupil, other].map { child in
      try Int64.fetchOne(
        unit.db.cachedStatement(sql: "SELECT family FROM family_member WHERE pupil = ?"), arguments: [child])
    }
    let family = try families[0] ?? families[1] ?? next(unit.db)
    if let absorbed = families[1], absorbed != family {
      try unit.db.cachedStatement(sql: "UPDATE family_member SET family = ? WHERE family = ?")
        .execute(arguments: [family, absorbed])
    }
    for child in [pupil, other] {
      try unit.db.cachedStatement(
        sql: "INSERT INTO family_member (pupil, family, at_millis, by) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
      ).execute(arguments: [child, family, unit.at, unit.caller.subject])
    }
  }

  /// Takes a child out of its family.
  static func unlink(_ pupil: PupilID, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM family_member WHERE pupil = ?").execute(arguments: [pupil])
  }

  private static func next(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT coalesce(max(family), 0) + 1 FROM family_member") ?? 1
  }
}
