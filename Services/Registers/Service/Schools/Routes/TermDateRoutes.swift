import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// Term dates of neighbouring authorities, and how all term dates differ.
struct TermDateRoutes: Sendable {
  let compare: CompareTermDates

  private static let writers = Policy.roles(.attendanceOfficer, .operator, reach: .wholeAuthority)
  /// Term dates are for everybody who has an account: nothing in them is about a person.
  private static let readers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .agency, .operator,
    reach: .shared)

  /// A neighbouring authority's calendar: what can be put.
  struct NeighbourCalendar: Codable, Sendable { let calendar: CalendarForm }

  private static let year = QueryParameter(
    "year", .string(pattern: "^[0-9]{4}[-/][0-9]{2}$"), "The school year, for example 2026-27."
  ) { text in SchoolYear(label: text).flatMap { PupilYearTable.years.contains($0.startYear) ? $0 : nil } }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/authorities/{code}/calendars/{year}", Self.writers,
      "Sets the term dates of a neighbouring authority for one school year", ifMatch: true
    ) { (call: Call, form: CalendarForm) in
      let year = try call.schoolYear
      return try await compare.record(form.checked(year), year, of: Self.authority(call), by: call.edit)
    }
    router.read(
      "/authorities/{code}/calendars/{year}", .roles(.attendanceOfficer, .operator, reach: .shared),
      "The term dates of a neighbouring authority for one school year", problems: [422]
    ) { NeighbourCalendar(calendar: try await compare.calendar($0.schoolYear, of: Self.authority($0))) }
    router.read(
      "/term-dates", Self.readers,
      "Term dates of all schools and of neighbouring authorities, and the days on which they differ",
      query: [Self.year.about]
    ) { try await compare($0[Self.year]) }
  }

  private static func authority(_ call: Call) throws(Problem) -> AuthorityCode {
    try call.path("code", "Authority") { try? AuthorityCode($0) }
  }
}
