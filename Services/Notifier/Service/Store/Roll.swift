import Contracts
import Foundation
import GRDB
import NotifierDomain
import Rulebook

/// Schools and children as the registers tell them: the only personal data that the notifier keeps.
enum Roll {
  static func record(_ school: SchoolRecorded, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO school (urn, name) VALUES (?, ?) ON CONFLICT (urn) DO UPDATE SET name = excluded.name",
      arguments: [school.urn.text, school.name])
  }

  /// Which of some schools no event has told of.
  static func unknown(_ schools: Set<URN>, in db: Database) throws -> Set<URN> {
    try schools.filter { urn in
      try Int.fetchOne(
        db.cachedStatement(sql: "SELECT 1 FROM school WHERE urn = ?"), arguments: [urn.text]) == nil
    }
  }

  /// - Returns: the child's identifier now.
  static func enrol(_ enrolment: PupilEnrolled, in db: Database) throws -> PupilID {
    let pupil = try current(enrolment.pupil, in: db)
    try db.cachedStatement(
      sql: """
        INSERT INTO child (pupil, given_name, family_name, date_of_birth) VALUES (?, ?, ?, ?)
        ON CONFLICT (pupil) DO UPDATE SET given_name = excluded.given_name, family_name = excluded.family_name,
          date_of_birth = excluded.date_of_birth
        """
    ).execute(arguments: [
      pupil.text, enrolment.givenName, enrolment.familyName, enrolment.dateOfBirth.iso,
    ])
    try db.cachedStatement(
      sql: """
        INSERT INTO roll (pupil, school, left_on, address_protected) VALUES (?, ?, NULL, ?)
        ON CONFLICT (pupil, school) DO UPDATE SET left_on = NULL, address_protected = excluded.address_protected
        """
    ).execute(arguments: [pupil.text, enrolment.school.text, enrolment.addressProtected])
    return pupil
  }

  static func leave(_ leaving: PupilLeft, in db: Database) throws {
    try db.execute(
      sql: "UPDATE roll SET left_on = ? WHERE pupil = ? AND school = ?",
      arguments: [leaving.leftOn.iso, try current(leaving.pupil, in: db).text, leaving.school.text])
  }

  /// A child was on a school's roll by mistake. Its name stays, for what was told of it may have to be taken back; so does
  /// its protection where nothing else says so.
  static func withdraw(_ withdrawn: RegistrationWithdrawn, in db: Database) throws {
    try db.execute(
      sql: """
        DELETE FROM roll WHERE pupil = ?1 AND school = ?2 AND (address_protected = 0 OR EXISTS
          (SELECT 1 FROM roll o WHERE o.pupil = ?1 AND o.school <> ?2 AND o.address_protected = 1))
        """,
      arguments: [try current(withdrawn.pupil, in: db).text, withdrawn.school.text])
  }

  /// The identifier that a child has now: itself, or the one it was merged into.
  static func current(_ pupil: PupilID, in db: Database) throws -> PupilID {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT pupil FROM merged_child WHERE merged = ?"), arguments: [pupil.text]
    ).flatMap { PupilID($0) } ?? pupil
  }

  /// Makes two children one. Names stay as the kept child's where it has them; at a school where both are, the child is
  /// on roll while either is, and protected where either is.
  static func merge(_ merged: PupilID, into kept: PupilID, in db: Database) throws {
    let both: StatementArguments = ["kept": kept.text, "merged": merged.text]
    try db.execute(
      sql: """
        INSERT INTO child (pupil, given_name, family_name, date_of_birth)
        SELECT :kept, given_name, family_name, date_of_birth FROM child WHERE pupil = :merged
        ON CONFLICT (pupil) DO NOTHING
        """, arguments: both)
    // The scalar max of NULL and anything is NULL: still on roll.
    try db.execute(
      sql: """
        INSERT INTO roll (pupil, school, left_on, address_protected)
        SELECT :kept, school, left_on, address_protected FROM roll WHERE pupil = :merged
        ON CONFLICT (pupil, school) DO UPDATE SET left_on = max(left_on, excluded.left_on),
          address_protected = max(address_protected, excluded.address_protected)
        """, arguments: both)
    try db.execute(sql: "DELETE FROM roll WHERE pupil = ?", arguments: [merged.text])
    try db.execute(sql: "DELETE FROM child WHERE pupil = ?", arguments: [merged.text])
    // A child that was merged into the one that goes now is the kept one too.
    try db.execute(sql: "UPDATE merged_child SET pupil = :kept WHERE pupil = :merged", arguments: both)
    try db.execute(sql: "INSERT INTO merged_child (merged, pupil) VALUES (:merged, :kept)", arguments: both)
  }

  static func isKnown(_ pupil: PupilID, in db: Database) throws -> Bool {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT 1 FROM child WHERE pupil = ?"), arguments: [pupil.text]) != nil
  }

  /// Who a child is; `nil` while the roll event has not arrived.
  static func identity(of pupil: PupilID, in db: Database) throws -> Identity? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT given_name, family_name, date_of_birth,
            EXISTS (SELECT 1 FROM roll WHERE roll.pupil = child.pupil AND address_protected = 1) AS protected
          FROM child WHERE pupil = ?
          """), arguments: [pupil.text])
    guard let row, let born = Day(iso: row["date_of_birth"] as String) else { return nil }
    return Identity(
      pupil: pupil, givenName: row["given_name"], familyName: row["family_name"], dateOfBirth: born,
      addressProtected: row["protected"])
  }

  static func schoolName(_ urn: URN, in db: Database) throws -> String? {
    try String.fetchOne(db.cachedStatement(sql: "SELECT name FROM school WHERE urn = ?"), arguments: [urn.text])
  }
}
