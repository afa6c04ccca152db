import Contracts
import Foundation
import GRDB
import Rulebook

/// What enforcement knows of schools and pupils.
enum Facts {
  static func saveSchool(_ school: SchoolRecorded, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO school (urn, kind) VALUES (?, ?) ON CONFLICT (urn) DO UPDATE SET kind = excluded.kind",
      arguments: [school.urn.text, school.kind.rawValue])
  }

  static func kind(ofSchool school: URN, in db: Database) throws -> SchoolKind? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT kind FROM school WHERE urn = ?"), arguments: [school.text]
    ).flatMap(SchoolKind.init)
  }

  static func saveCalendar(_ event: CalendarRecorded, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO calendar (school, school_year, json) VALUES (?, ?, ?)
        ON CONFLICT (school, school_year) DO UPDATE SET json = excluded.json
        """,
      arguments: [event.school.text, event.schoolYear, String(decoding: try event.encoded(), as: UTF8.self)])
  }

  /// All years of a school's calendar as one; `nil` when none is known.
  static func calendar(ofSchool school: URN, in db: Database) throws -> SchoolCalendar? {
    let years = try String.fetchAll(
      db.cachedStatement(sql: "SELECT json FROM calendar WHERE school = ? ORDER BY school_year"),
      arguments: [school.text])
    return try years.map { try JSONDecoder().decode(CalendarRecorded.self, from: Data($0.utf8)).calendar }
      .reduce(nil as SchoolCalendar?) { $0?.joined(with: $1) ?? $1 }
  }

  static func saveDateOfBirth(_ day: Day, pupil: PupilID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO pupil (pupil, date_of_birth) VALUES (?, ?)
        ON CONFLICT (pupil) DO UPDATE SET date_of_birth = excluded.date_of_birth
        """, arguments: [pupil.text, day.ordinal])
  }

  static func dateOfBirth(ofPupil pupil: PupilID, in db: Database) throws -> Day? {
    try Int32.fetchOne(
      db.cachedStatement(sql: "SELECT date_of_birth FROM pupil WHERE pupil = ?"), arguments: [pupil.text]
    ).map(Day.init)
  }
}
