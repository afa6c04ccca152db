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

  static func enrol(_ enrolment: PupilEnrolled, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO child (pupil, given_name, family_name, date_of_birth) VALUES (?, ?, ?, ?)
        ON CONFLICT (pupil) DO UPDATE SET given_name = excluded.given_name, family_name = excluded.family_name,
          date_of_birth = excluded.date_of_birth
        """
    ).execute(arguments: [
      enrolment.pupil.text, enrolment.givenName, enrolment.familyName, enrolment.dateOfBirth.iso,
    ])
    try db.cachedStatement(
      sql: """
        INSERT INTO roll (pupil, school, left_on, address_protected) VALUES (?, ?, NULL, ?)
        ON CONFLICT (pupil, school) DO UPDATE SET left_on = NULL, address_protected = excluded.address_protected
        """
    ).execute(arguments: [enrolment.pupil.text, enrolment.school.text, enrolment.addressProtected])
  }

  static func leave(_ leaving: PupilLeft, in db: Database) throws {
    try db.execute(
      sql: "UPDATE roll SET left_on = ? WHERE pupil = ? AND school = ?",
      arguments: [leaving.leftOn.iso, leaving.pupil.text, leaving.school.text])
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
