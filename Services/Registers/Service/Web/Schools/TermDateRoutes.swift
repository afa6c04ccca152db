import Hummingbird
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

  func add(to router: ServiceRouter) {
    router.on(
      .put, "/authorities/{code}/calendars/{year}", Self.writers,
      About(
        "Sets the term dates of a neighbouring authority for one school year", body: CalendarForm.self,
        answer: RecordArea.Answer.self, takesIfMatch: true)
    ) { request, context in
      guard let code = try? AuthorityCode(try context.parameter("code")) else { throw Problem.notFound("Authority") }
      let year = try context.schoolYear()
      let calendar = try (try await request.json(CalendarForm.self)).checked(year)
      let registers = compare.registers.onlyIf(Precondition(request)) { db in
        try NeighbourCalendars.find(code, year, in: db).map { NeighbourCalendar(calendar: CalendarForm($0)) }
      }
      let record = CompareTermDates(registers: registers, authority: compare.authority)
      return try .json(try await record.record(calendar, year, of: code, by: try context.caller))
    }
    router.on(
      .get, "/authorities/{code}/calendars/{year}", .roles(.attendanceOfficer, .operator, reach: .shared),
      About(
        "The term dates of a neighbouring authority for one school year", answer: NeighbourCalendar.self,
        problems: [422])
    ) { _, context in
      guard let code = try? AuthorityCode(try context.parameter("code")) else { throw Problem.notFound("Authority") }
      return try .json(NeighbourCalendar(calendar: try await compare.calendar(try context.schoolYear(), of: code)))
    }
    router.on(
      .get, "/term-dates", Self.readers,
      About(
        "Term dates of all schools and of neighbouring authorities, and the days on which they differ",
        query: [.init("year", .string(pattern: "^[0-9]{4}[-/][0-9]{2}$"), "The school year, for example 2026-27.")],
        answer: CompareTermDates.Answer.self)
    ) { request, _ in
      let year = try request.query("year") { text in
        SchoolYear(label: text).flatMap { PupilYearTable.years.contains($0.startYear) ? $0 : nil }
      }
      return try .json(try await compare(year))
    }
  }
}
