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

  /// What the threshold needs of a child beside its absences.
  struct Pupil: Hashable, Sendable {
    let dateOfBirth: Day
    /// As a school stated it, for the school year.
    var yearGroup: String?
    var yearGroupYear: String?

    var taught: TaughtGroup {
      TaughtGroup(
        stated: yearGroup, yearGroupYear.flatMap { SchoolYear(label: $0) }, dateOfBirth: dateOfBirth)
    }
  }

  static func save(_ facts: Pupil, of pupil: PupilID, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO pupil (pupil, date_of_birth, year_group, year_group_year) VALUES (?, ?, ?, ?)
        ON CONFLICT (pupil) DO UPDATE SET date_of_birth = excluded.date_of_birth, year_group = excluded.year_group,
          year_group_year = excluded.year_group_year
        """
    ).execute(arguments: [pupil.text, facts.dateOfBirth.ordinal, facts.yearGroup, facts.yearGroupYear])
  }

  /// `nil` while the enrolment has not arrived.
  static func find(_ pupil: PupilID, in db: Database) throws -> Pupil? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT date_of_birth, year_group, year_group_year FROM pupil WHERE pupil = ?"),
      arguments: [pupil.text]
    ).map { Pupil(dateOfBirth: Day(ordinal: $0[0]), yearGroup: $0[1], yearGroupYear: $0[2]) }
  }

  /// The identifier that a child has now: itself, or the one it was merged into.
  static func current(_ pupil: PupilID, in db: Database) throws -> PupilID {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT pupil FROM merged_pupil WHERE merged = ?"), arguments: [pupil.text]
    ).flatMap { PupilID($0) } ?? pupil
  }

  /// Makes an identifier another child's. What is known of the child that stays stands.
  static func merge(_ merged: PupilID, into kept: PupilID, in db: Database) throws {
    if try find(kept, in: db) == nil, let facts = try find(merged, in: db) { try save(facts, of: kept, in: db) }
    try db.execute(sql: "DELETE FROM pupil WHERE pupil = ?", arguments: [merged.text])
    try db.execute(sql: "UPDATE merged_pupil SET pupil = ? WHERE pupil = ?", arguments: [kept.text, merged.text])
    try db.execute(
      sql: "INSERT INTO merged_pupil (merged, pupil) VALUES (?, ?)", arguments: [merged.text, kept.text])
  }
}
