import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// Term dates of neighbouring authorities, and how all term dates differ.
struct TermDateRoutes: Sendable {
  let registers: Registers
  /// The code of the authority that the program serves.
  let authority: String

  private static let writers = Policy.roles(.attendanceOfficer, .operator, reach: .wholeAuthority)
  /// Term dates are for everybody who has an account: nothing in them is about a person.
  private static let readers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .agency, .operator,
    reach: .shared)

  /// A neighbouring authority's calendar: what can be put.
  private struct NeighbourCalendar: Codable, Sendable { let calendar: CalendarForm }

  private static let year = QueryParameter(
    "year", .string(pattern: "^[0-9]{4}[-/][0-9]{2}$"), "The school year, for example 2026-27."
  ) { text in SchoolYear(label: text).flatMap { PupilYearTable.years.contains($0.startYear) ? $0 : nil } }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/authorities/{code}/calendars/{year}", Self.writers,
      "Sets the term dates of a neighbouring authority for one school year", ifMatch: true, record)
    router.read(
      "/authorities/{code}/calendars/{year}", .roles(.attendanceOfficer, .operator, reach: .shared),
      "The term dates of a neighbouring authority for one school year", problems: [422]
    ) { call in
      let (year, neighbour) = (try call.schoolYear, try Self.authority(call))
      return try await registers.read { db in
        NeighbourCalendar(
          calendar: CalendarForm(try NeighbourCalendars.find(neighbour, year, in: db).orNotFound("Calendar")))
      }
    }
    router.read(
      "/term-dates", Self.readers,
      "Term dates of all schools and of neighbouring authorities, and the days on which they differ",
      query: [Self.year.about]
    ) { call in
      let year = try call[Self.year]
      return try await registers.read { try TermDatesAnswer(year, in: $0) }
    }
  }

  private static func authority(_ call: Call) throws(Problem) -> AuthorityCode {
    try call.path("code", "Authority") { try? AuthorityCode($0) }
  }

  private func record(_ call: Call, _ form: CalendarForm) async throws -> Remembered<Changed> {
    let (year, neighbour) = (try call.schoolYear, try Self.authority(call))
    let calendar = try form.checked(year)
    guard neighbour.text != authority else {
      throw Problem.invalid([.init("code", "must not be this authority: its schools have calendars of their own")])
    }
    guard TermDatesAnswer.name(neighbour, year) != nil else {
      throw Problem.invalid([.init("code", "must be the number of an English authority in that year")])
    }
    let current = { @Sendable (db: Database) in
      try NeighbourCalendars.find(neighbour, year, in: db).map { NeighbourCalendar(calendar: CalendarForm($0)) }
    }
    return try await registers.write(call.edit, of: current) { unit in
      if try NeighbourCalendars.find(neighbour, year, in: unit.db) == calendar { return Changed(changed: false) }
      try NeighbourCalendars.save(calendar, of: neighbour, year, in: unit.db)
      return Changed(changed: true)
    }
  }
}

/// The term dates of a year, side by side.
private struct TermDatesAnswer: Codable, Sendable {
  struct School: Codable, Sendable {
    let urn: URN
    let name: String
  }

  struct Neighbour: Codable, Sendable {
    let code: AuthorityCode
    let name: String
  }

  /// Everybody with the same calendar.
  struct Group: Codable, Sendable {
    let id: String
    let schools: [School]
    let neighbours: [Neighbour]
    let terms: [DayRange]
    /// Weekdays in the terms without sessions, training days apart.
    let closed: [Day]
    /// Days of staff training (INSET).
    let training: [Day]
    let oneSessionDays: [String: Session]
    let yearGroupClosures: [YearGroupClosure]
    /// Days on which they are open although they are a weekend or in no term.
    let additionalDays: [Day]
  }

  /// For example `2026/27`.
  let schoolYear: String
  let groups: [Group]
  let differences: [TermDates.Difference]
  /// Schools that have no calendar of the year yet.
  let withoutCalendar: [School]

  init(_ year: SchoolYear, in db: Database) throws {
    let (names, schools) = (try Schools.names(in: db), try Schools.calendars(year, in: db))
    let dates = TermDates(year, schools: schools, neighbours: try NeighbourCalendars.all(year, in: db))
    func named(_ urn: URN) -> School { School(urn: urn, name: names[urn] ?? "") }
    schoolYear = year.label
    groups = dates.groups.map { group in
      let form = CalendarForm(group.calendar)
      return Group(
        id: group.id, schools: group.schools.map(named),
        neighbours: group.neighbours.map { .init(code: $0, name: Self.name($0, year) ?? "") },
        terms: form.terms, closed: form.closed ?? [], training: form.training ?? [],
        oneSessionDays: form.oneSessionDays ?? [:], yearGroupClosures: form.yearGroupClosures ?? [],
        additionalDays: form.additionalDays ?? [])
    }
    differences = dates.differences
    withoutCalendar = names.keys.filter { schools[$0] == nil }.sorted().map(named)
  }

  /// What an authority is called that is in force on some day of the year: most reorganisations are on 1 April.
  static func name(_ code: AuthorityCode, _ year: SchoolYear) -> String? {
    (LocalAuthorities.authority(code, on: year.last) ?? LocalAuthorities.authority(code, on: year.first))?.name
  }
}

/// The table of neighbouring authorities' term dates.
private enum NeighbourCalendars {
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
      uniqueKeysWithValues: try rows.map { (try $0.get("authority"), try Schools.decode($0["calendar"])) })
  }

  static func save(
    _ calendar: SchoolCalendar, of authority: AuthorityCode, _ year: SchoolYear, in db: Database
  ) throws {
    try db.put(
      "neighbour_calendars", ["authority": authority, "start_year": year.startYear],
      ["calendar": try String(json: calendar)])
  }
}
