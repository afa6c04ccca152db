import Contracts
import HTTPTypes
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
  private static let date = QueryParameter<Day>("date", "The day.")
  private static let session = QueryParameter<Session>("session", "Morning or afternoon.")

  private struct SchoolForm: Codable, Sendable {
    let name: String
    let phase: SchoolPhase
    let type: SchoolKind
    let openedOn: Day?
  }

  init(registers: Registers, hours: [Session: Int]) {
    record = RecordSchool(registers: registers)
    read = ReadSchool(registers: registers)
    list = ReadSchoolList(registers: registers)
    self.hours = hours
  }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/schools/{urn}", Self.writers, "Opens a school in the registers, or changes what is known of it",
      ifMatch: true, open)
    router.read(
      "/schools/{urn}", Self.readers,
      "A school: what it is, what it belonged to and when, and which years have a calendar"
    ) { try await list.school($0.school) }
    router.write(
      .put, "/schools/{urn}/calendars/{year}", Self.writers,
      "Sets a school's calendar for one school year; marks that waited for it go in", ifMatch: true
    ) { (call: Call, form: CalendarForm) in
      let year = try call.schoolYear
      return try await record.record(form.checked(year), year, of: call.school, by: call.edit)
    }
    router.read(
      "/schools/{urn}/calendars/{year}", Self.readers, "A school's calendar for one school year", problems: [422],
      calendar)
    router.read(
      "/registers/missing", .roles(.attendanceOfficer, .manager, .operator, reach: .ownRecords),
      "Which registers of a session have not come, and which came late",
      query: [Self.date.about, Self.session.about], missing)
  }

  private func open(_ call: Call, _ form: SchoolForm) async throws -> Remembered<RecordSchool.Answer> {
    guard let name = PlainText.checked(form.name, upTo: Self.nameBytes) else {
      throw Problem.invalid([.init("/name", "must have 1 to \(Self.nameBytes) bytes and no control character")])
    }
    let school = SchoolRecord(
      urn: try call.school, name: name, phase: form.phase, kind: form.type, openedOn: form.openedOn)
    return try await record.record(school, by: call.edit)
  }

  private func calendar(_ call: Call) async throws -> CalendarAnswer {
    let (year, school) = (try call.schoolYear, try call.school)
    return CalendarAnswer(try await list.calendar(year, of: school), year, of: school)
  }

  private func missing(_ call: Call) async throws -> ReadSchool.MissingRegisters {
    let session = try call[Self.session]
    return try await read.missingRegisters(
      call[Self.date], session, expectedMinutes: hours[session] ?? 0, for: call.caller)
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
