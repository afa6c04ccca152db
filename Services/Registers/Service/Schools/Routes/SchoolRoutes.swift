import Contracts
import Hummingbird
import Messaging
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit

/// Schools and their calendars, and which registers are missing.
struct SchoolRoutes: Sendable {
  let record: RecordSchool
  let read: ReadSchool
  let list: ReadSchoolList
  /// When registers are expected, in minutes since midnight.
  let hours: [Session: Int]

  private static let writers = Policy.roles(.attendanceOfficer, .operator, reach: .ownSchool)
  /// A school sees itself; the authority's people see every school.
  private static let readers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .operator, reach: .ownSchool)
  private static let nameBytes = 200

  func add(to router: ServiceRouter) {
    addSchools(to: router)
    addCalendars(to: router)
    router.on(
      .get, "/registers/missing", .roles(.attendanceOfficer, .manager, .operator, reach: .ownRecords),
      About(
        "Which registers of a session have not come, and which came late",
        query: [.init("date", .day, "The day."), .init("session", .session, "Morning or afternoon.")],
        answer: ReadSchool.MissingRegisters.self)
    ) { request, context in
      let day = try request.query("date") { Day(iso: $0) }
      let session = try request.query("session") { Session(rawValue: $0) }
      return try .json(
        try await read.missingRegisters(
          day, session, expectedMinutes: hours[session] ?? 0, for: try context.caller))
    }
  }

  private func addSchools(to router: ServiceRouter) {
    router.on(
      .put, "/schools/{urn}", Self.writers,
      About(
        "Opens a school in the registers, or changes what is known of it", body: SchoolForm.self,
        answer: RecordSchool.Answer.self, takesIfMatch: true)
    ) { request, context in
      let urn = try context.ownSchool()
      let form = try await request.json(SchoolForm.self)
      let registers = record.registers.onlyIf(Precondition(request)) { try ReadSchoolList.answer(urn, in: $0) }
      return try .json(
        try await RecordSchool(registers: registers).record(try Self.school(form, urn), by: try context.caller))
    }
    router.on(
      .get, "/schools/{urn}", Self.readers,
      About(
        "A school: what it is, what it belonged to and when, and which years have a calendar",
        answer: ReadSchoolList.SchoolAnswer.self)
    ) { _, context in
      try .json(try await list.school(try context.ownSchool()))
    }
  }

  private func addCalendars(to router: ServiceRouter) {
    router.on(
      .put, "/schools/{urn}/calendars/{year}", Self.writers,
      About(
        "Sets a school's calendar for one school year; marks that waited for it go in", body: CalendarForm.self,
        answer: RecordSchool.Answer.self, takesIfMatch: true)
    ) { request, context in
      let urn = try context.ownSchool()
      let year = try context.schoolYear()
      let calendar = try (try await request.json(CalendarForm.self)).checked(year)
      let registers = record.registers.onlyIf(Precondition(request)) { db in
        try Schools.calendars(of: urn, in: db).years[year].map { CalendarAnswer($0, year, of: urn) }
      }
      return try .json(
        try await RecordSchool(registers: registers).record(calendar, year, of: urn, by: try context.caller))
    }
    router.on(
      .get, "/schools/{urn}/calendars/{year}", Self.readers,
      About("A school's calendar for one school year", answer: CalendarAnswer.self, problems: [422])
    ) { _, context in
      let year = try context.schoolYear()
      let urn = try context.ownSchool()
      return try .json(CalendarAnswer(try await list.calendar(year, of: urn), year, of: urn))
    }
  }

  private struct SchoolForm: Codable, Sendable {
    let name: String
    let phase: SchoolPhase
    let type: SchoolKind
    let openedOn: Day?
  }

  private static func school(_ form: SchoolForm, _ urn: URN) throws(Problem) -> SchoolRecord {
    guard let name = PlainText.checked(form.name, upTo: nameBytes) else {
      throw .invalid([.init("/name", "must have 1 to \(nameBytes) bytes and no control character")])
    }
    return SchoolRecord(urn: urn, name: name, phase: form.phase, kind: form.type, openedOn: form.openedOn)
  }
}

extension Call {
  /// The school year of the path.
  ///
  /// - Throws: `Problem` invalid when it is none, or none that the registers can keep.
  var schoolYear: SchoolYear {
    get throws(Problem) {
      let year = try path("year", "School year") { text in
        .some(SchoolYear(label: text).flatMap { PupilYearTable.years.contains($0.startYear) ? $0 : nil })
      }
      guard let year else { throw .invalid([.init("year", "must be a school year like 2026-27")]) }
      return year
    }
  }
}

extension ServiceRequestContext {
  /// The school of the path.
  ///
  /// - Throws: `Problem` not found when it is no URN.
  func school() throws(Problem) -> URN {
    guard let urn = try? URN(try parameter("urn")) else { throw .notFound("School") }
    return urn
  }

  /// The school of the path, for which the caller may act.
  ///
  /// - Throws: `Problem` not found or forbidden.
  func ownSchool() throws(Problem) -> URN {
    let urn = try school()
    try caller.requireActing(forSchool: urn.text)
    return urn
  }

  /// The school year of the path.
  ///
  /// - Throws: `Problem` invalid when it is none, or none that the registers can keep.
  func schoolYear() throws(Problem) -> SchoolYear {
    guard let year = SchoolYear(label: try parameter("year")), PupilYearTable.years.contains(year.startYear) else {
      throw .invalid([.init("year", "must be a school year like 2026-27")])
    }
    return year
  }
}
