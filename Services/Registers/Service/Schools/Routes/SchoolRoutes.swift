import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit

/// Schools and their calendars, and which registers are missing. Nothing in them is about a child.
struct SchoolRoutes: Sendable {
  let registers: Registers
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

  private var record: RecordSchool { RecordSchool(registers: registers) }

  func add(to router: ServiceRouter) {
    router.write(
      .put, "/schools/{urn}", Self.writers, "Opens a school in the registers, or changes what is known of it",
      ifMatch: true, open)
    router.read(
      "/schools/{urn}", Self.readers,
      "A school: what it is, what it belonged to and when, and which years have a calendar"
    ) { call in
      let school = try call.school
      return try await registers.read { try SchoolAnswer(school, in: $0).orNotFound("School") }
    }
    router.write(
      .put, "/schools/{urn}/calendars/{year}", Self.writers,
      "Sets a school's calendar for one school year; marks that waited for it go in", ifMatch: true
    ) { (call: Call, form: CalendarForm) in
      let year = try call.schoolYear
      return try await record.record(form.checked(year), year, of: call.school, by: call.edit)
    }
    router.read(
      "/schools/{urn}/calendars/{year}", Self.readers, "A school's calendar for one school year", problems: [422]
    ) { call in
      let (year, school) = (try call.schoolYear, try call.school)
      return try await registers.read { db in
        try Registers.requireSchool(school, in: db)
        let calendar = try Schools.calendars(of: school, in: db).years[year].orNotFound("Calendar")
        return CalendarAnswer(calendar, year, of: school)
      }
    }
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

  /// The registers of one session that are due and not there.
  private struct Missing: Codable, Sendable {
    /// A register that came after its hour.
    struct Late: Codable, Sendable {
      let school: URN
      let name: String
      /// When its first marks came.
      let receivedAt: Timestamp
    }

    struct Register: Codable, Sendable {
      let school: URN
      let name: String
      let onRoll: Int
      let marked: Int

      init(_ register: Schools.Register) {
        (school, name, onRoll, marked) = (register.school, register.name, register.onRoll, register.marked)
      }
    }

    let date: Day
    let session: Session
    /// The hour by which registers are expected.
    let expectedBy: Timestamp
    /// How many schools are in session.
    let due: Int
    /// Schools that have sent nothing.
    let missing: [Register]
    /// Schools whose register has fewer marks than children on roll.
    let incomplete: [Register]
    /// Schools whose register came, and came late.
    let late: [Late]
  }

  /// Schools for which the caller may not act are left out.
  private func missing(_ call: Call) async throws -> Missing {
    let (day, session, caller) = (try call[Self.date], try call[Self.session], call.caller)
    let expected = Timestamp(CivilTime.moment(day, minutes: hours[session] ?? 0))
    let due = try await registers.read { db in
      try Schools.registersDue(day, session, in: db).filter { caller.mayActFor(school: $0.school.text) }
    }
    return Missing(
      date: day, session: session, expectedBy: expected, due: due.count,
      missing: due.filter { $0.marked == 0 && $0.onRoll > 0 }.map(Missing.Register.init),
      incomplete: due.filter { $0.marked > 0 && $0.marked < $0.onRoll }.map(Missing.Register.init),
      late: due.compactMap { register in
        register.firstReceived.flatMap {
          $0 > expected ? .init(school: register.school, name: register.name, receivedAt: $0) : nil
        }
      })
  }
}

/// What a caller is told who records something.
struct Changed: Codable, Sendable {
  /// Whether anything was not known before.
  let changed: Bool
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
