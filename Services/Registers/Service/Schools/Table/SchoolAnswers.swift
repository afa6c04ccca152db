import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Everything known of one school but its calendars.
struct SchoolAnswer: Codable, Sendable {
  let urn: URN
  let name: String
  let phase: SchoolPhase
  let type: SchoolKind
  let openedOn: Day?
  /// All assignments that ever were, in order of the days.
  let clusters, localities, offers, officers: [AssignmentSpan]
  /// The school years that have a calendar, in order, for example `2026/27`.
  let calendars: [String]

  /// `nil` when the school is unknown.
  init?(_ urn: URN, in db: Database) throws {
    guard let school = try Schools.find(urn, in: db) else { return nil }
    func spans(_ kind: AssignmentKind) throws -> [AssignmentSpan] { try Assignments.spans(kind, of: urn, in: db) }
    (self.urn, name, phase, type, openedOn) = (urn, school.name, school.phase, school.kind, school.openedOn)
    (clusters, localities) = (try spans(.cluster), try spans(.locality))
    (offers, officers) = (try spans(.offer), try spans(.officer))
    calendars = try Schools.calendars(of: urn, in: db).years.keys.sorted().map(\.label)
  }
}

/// A school with what it belongs to on one day.
struct SchoolLine: StoredRow, Listed {
  struct Head: Codable, Sendable { let on: Day }

  typealias Position = URN
  static let list = "schools"

  let urn: URN
  let name: String
  let phase: SchoolPhase
  let type: SchoolKind
  let cluster, locality: String?
  let offer: SchoolOffer?
  let officer: String?

  /// Which schools are asked for: those that belong to everything given on the day.
  struct Filter: Sendable {
    let day: Day
    let cluster, locality, officer: String?
    /// By URN; `nil` for every school.
    let schools: Set<String>?
  }

  /// Schools by URN, after one.
  static func page(_ filter: Filter, after: String, limit: Int, in db: Database) throws -> [SchoolLine] {
    func join(_ kind: AssignmentKind) -> String {
      let name = kind.rawValue
      return """
        LEFT JOIN school_assignments \(name) ON \(name).school = s.urn AND \(name).kind = '\(name)'
          AND \(name).first <= :day AND (\(name).last IS NULL OR \(name).last >= :day)
        """
    }
    return try db.all(
      """
      SELECT s.urn, s.name, s.phase, s.kind AS type, cluster.value AS cluster, locality.value AS locality,
        offer.value AS offer, officer.value AS officer
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
  }
}

/// Schools as a statement takes them: `IN (SELECT value FROM json_each(:schools))`.
enum SchoolList {
  static func json(_ schools: Set<String>) throws -> String { try String(json: schools.sorted()) }
}
