import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Term dates of neighbouring authorities, and how all term dates differ.
struct CompareTermDates: Sendable {
  let registers: Registers
  /// The code of the authority that the program serves.
  let authority: String

  /// Keeps a neighbouring authority's calendar of one year.
  ///
  /// - Throws: `Problem` invalid when it is not another English authority of that year.
  func record(
    _ calendar: SchoolCalendar, _ year: SchoolYear, of neighbour: AuthorityCode, by edit: Edit
  ) async throws -> Remembered<RecordArea.Answer> {
    guard neighbour.text != authority else {
      throw Problem.invalid([.init("code", "must not be this authority: its schools have calendars of their own")])
    }
    guard Self.name(neighbour, year) != nil else {
      throw Problem.invalid([.init("code", "must be the number of an English authority in that year")])
    }
    let current = { @Sendable db in
      try NeighbourCalendars.find(neighbour, year, in: db).map {
        TermDateRoutes.NeighbourCalendar(calendar: CalendarForm($0))
      }
    }
    return try await registers.write(edit, of: current) { unit in
      if try NeighbourCalendars.find(neighbour, year, in: unit.db) == calendar {
        return RecordArea.Answer(changed: false)
      }
      try NeighbourCalendars.save(calendar, of: neighbour, year, in: unit.db)
      return RecordArea.Answer(changed: true)
    }
  }

  /// - Throws: `Problem` not found when there is none of the year.
  func calendar(_ year: SchoolYear, of neighbour: AuthorityCode) async throws -> CalendarForm {
    try await registers.read { db in
      guard let calendar = try NeighbourCalendars.find(neighbour, year, in: db) else {
        throw Problem.notFound("Calendar")
      }
      return CalendarForm(calendar)
    }
  }

  /// The term dates of a year, side by side.
  struct Answer: Codable, Sendable {
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

    /// Weekdays in a row on which the same groups are open, by their ids.
    struct Difference: Codable, Sendable {
      let first, last: Day
      let weekdays: Int
      /// Open to all; open in one session or to some year groups; not open.
      let open, partly, closed: [String]
    }

    /// For example `2026/27`.
    let schoolYear: String
    let groups: [Group]
    let differences: [Difference]
    /// Schools that have no calendar of the year yet.
    let withoutCalendar: [School]
  }

  func callAsFunction(_ year: SchoolYear) async throws -> Answer {
    let (names, schools, neighbours) = try await registers.read { db in
      (
        try Schools.names(in: db), try Schools.calendars(year, in: db), try NeighbourCalendars.all(year, in: db)
      )
    }
    let dates = TermDates(year, schools: schools, neighbours: neighbours)
    func named(_ urn: URN) -> Answer.School { .init(urn: urn, name: names[urn] ?? "") }
    return Answer(
      schoolYear: year.label,
      groups: dates.groups.map { group in
        Answer.Group(
          id: group.id, schools: group.schools.map(named),
          neighbours: group.neighbours.map { .init(code: $0, name: Self.name($0, year) ?? "") },
          terms: group.calendar.terms,
          closed: group.calendar.closed.subtracting(group.calendar.training).sorted(),
          training: group.calendar.training.sorted(), oneSessionDays: group.calendar.oneSessionDaysByText,
          yearGroupClosures: group.calendar.yearGroupClosures,
          additionalDays: group.calendar.additionalDays.sorted())
      },
      differences: dates.differences.map {
        .init(
          first: $0.first, last: $0.last, weekdays: $0.weekdays, open: $0.open, partly: $0.partly, closed: $0.closed)
      },
      withoutCalendar: names.keys.filter { schools[$0] == nil }.sorted().map(named))
  }

  /// What an authority is called that is in force on some day of the year: most reorganisations are on 1 April.
  private static func name(_ code: AuthorityCode, _ year: SchoolYear) -> String? {
    (LocalAuthorities.authority(code, on: year.last) ?? LocalAuthorities.authority(code, on: year.first))?.name
  }
}

extension SchoolCalendar {
  /// The one-session days as JSON has them.
  var oneSessionDaysByText: [String: Session] {
    Dictionary(uniqueKeysWithValues: oneSessionDays.map { ($0.key.iso, $0.value) })
  }
}
