import Foundation
import GRDB
import RegistersDomain
import Rulebook
import Store

extension Schools {
  /// A school with what it belongs to on one day.
  struct Listed: Hashable, Sendable {
    let school: SchoolRecord
    let cluster, locality, offer, officer: String?
  }

  /// Which schools are asked for: those that belong to everything given on the day.
  struct Filter: Hashable, Sendable {
    let day: Day
    let cluster, locality, officer: String?
    /// By URN; `nil` for every school.
    var schools: Set<String>?
  }

  /// Schools by URN with what they belong to on the day, after one.
  static func page(_ filter: Filter, after: String, limit: Int, in db: Database) throws -> [Listed] {
    func join(_ kind: AssignmentKind) -> String {
      let name = kind.rawValue
      return """
        LEFT JOIN school_assignments \(name) ON \(name).school = s.urn AND \(name).kind = '\(name)'
          AND \(name).first <= :day AND (\(name).last IS NULL OR \(name).last >= :day)
        """
    }
    let rows = try db.rows(
      """
      SELECT s.*, cluster.value AS cluster, locality.value AS locality, offer.value AS offer,
        officer.value AS officer
      FROM schools s \(AssignmentKind.allCases.map(join).joined(separator: "\n"))
      WHERE s.urn > :after AND (:schools IS NULL OR s.urn IN (SELECT value FROM json_each(:schools)))
        AND (:cluster IS NULL OR cluster.value = :cluster)
        AND (:locality IS NULL OR locality.value = :locality) AND (:officer IS NULL OR officer.value = :officer)
      ORDER BY s.urn LIMIT :limit
      """,
      [
        "day": filter.day, "after": after, "schools": try filter.schools.map(SchoolList.json),
        "cluster": filter.cluster, "locality": filter.locality, "officer": filter.officer, "limit": limit,
      ])
    return try rows.map { row in
      Listed(
        school: try school(row), cluster: row["cluster"], locality: row["locality"], offer: row["offer"],
        officer: row["officer"])
    }
  }

  /// The names of all schools.
  static func names(in db: Database) throws -> [URN: String] {
    let rows = try db.rows("SELECT urn, name FROM schools")
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("urn"), $0["name"] as String) })
  }

  /// Every school's calendar of one year.
  static func calendars(_ year: SchoolYear, in db: Database) throws -> [URN: SchoolCalendar] {
    let rows = try db.rows("SELECT school, calendar FROM calendars WHERE start_year = ?", [year.startYear])
    return Dictionary(
      uniqueKeysWithValues: try rows.map { (try $0.get("school"), try decode($0["calendar"])) })
  }
}

/// Schools as a statement takes them: `IN (SELECT value FROM json_each(:schools))`.
enum SchoolList {
  static func json(_ schools: Set<String>) throws -> String {
    String(decoding: try JSONEncoder().encode(schools.sorted()), as: UTF8.self)
  }
}

/// The table of neighbouring authorities' term dates.
enum NeighbourCalendars {
  static func find(_ authority: AuthorityCode, _ year: SchoolYear, in db: Database) throws -> SchoolCalendar? {
    try db.value(
      "SELECT calendar FROM neighbour_calendars WHERE authority = ? AND start_year = ?", [authority, year.startYear],
      as: String.self
    ).map(Schools.decode)
  }

  /// Every neighbour's calendar of one year.
  static func all(_ year: SchoolYear, in db: Database) throws -> [AuthorityCode: SchoolCalendar] {
    let rows = try db.rows("SELECT authority, calendar FROM neighbour_calendars WHERE start_year = ?", [year.startYear])
    return Dictionary(
      uniqueKeysWithValues: try rows.map {
        (try AuthorityCode($0["authority"] as String), try Schools.decode($0["calendar"]))
      })
  }

  static func save(
    _ calendar: SchoolCalendar, of authority: AuthorityCode, _ year: SchoolYear, in db: Database
  ) throws {
    try db.run(
      """
      INSERT INTO neighbour_calendars (authority, start_year, calendar) VALUES (?, ?, ?)
      ON CONFLICT (authority, start_year) DO UPDATE SET calendar = excluded.calendar
      """, [authority, year.startYear, try Schools.encode(calendar)])
  }
}
