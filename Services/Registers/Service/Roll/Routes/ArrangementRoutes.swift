import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// What a school arranged for a child: part-time timetables, suspensions, provision off site, leave.
struct ArrangementRoutes: Sendable {
  let registers: Registers

  private static let users = Policy.roles(.school, .attendanceOfficer, reach: .ownSchool)
  private static let usersOfRecords = Policy.roles(.school, .attendanceOfficer, reach: .ownRecords)

  private struct Form: Codable, Sendable {
    let pupil: PupilID
    let kind: Arrangement.Kind
    let first: Day
    let last: Day?
    let details: ArrangementDetails
  }

  private struct EndForm: Codable, Sendable { let last: Day }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/schools/{urn}/arrangements", Self.users,
      "Records a part-time timetable, a suspension or exclusion, provision off site or leave", record)
    router.read(
      "/schools/{urn}/arrangements", Self.users, "What a school arranged for its children", query: [.after]
    ) { call in
      let (school, after) = (try call.school, try call.after)
      return try await registers.read(.schoolArrangementsRead, of: school, by: call.caller) { unit in
        let lines = try Arrangements.page(of: school, after: after, limit: Registers.pageSize, in: unit.db)
        return Page(lines, of: Registers.pageSize, endsAt: \.number) { $0 }
      }
    }
    router.write(
      .post, "/arrangements/{number}/end", Self.usersOfRecords, "Ends an arrangement on a day", ifMatch: true, end)
    router.read("/arrangements/{number}", Self.usersOfRecords, "What a school arranged for a child") { call in
      let number = try call.number("Arrangement")
      return try await registers.write(by: call.caller) { unit in
        let line = try Self.find(number, for: unit.caller, in: unit.db).line
        try unit.audit(.pupilArrangementRead, of: line.pupil)
        return line
      }
    }
  }

  private static func find(
    _ number: Int64, for caller: Caller, in db: Database
  ) throws -> (line: ArrangementLine, school: URN) {
    let found = try Arrangements.find(number, in: db).flatMap { caller.mayActFor(school: $0.school.text) ? $0 : nil }
    return try found.orNotFound("Arrangement")
  }

  private func record(_ call: Call, _ form: Form) async throws -> Remembered<ArrangementLine> {
    let school = try call.school
    return try await registers.write(call.edit) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      let pupil = try Pupils.find(form.pupil, in: unit.db).orNotFound("Pupil")
      let here = try Pupils.registrations(of: pupil.number, in: unit.db).filter { $0.school == school }
      let registration = try (here.last { $0.covers(form.first) } ?? here.last).orNotFound("Pupil")
      let compulsory = CompulsorySchoolAge.span(dateOfBirth: pupil.dateOfBirth)
      try Arrangement.faults(
        form.kind, first: form.first, last: form.last, details: form.details, onRoll: registration.days,
        compulsory: DayRange(first: compulsory.start, last: compulsory.lastDay), codes: registers.codes
      ).refuse()
      let overlaps = try Arrangements.of(registration.number, in: unit.db).contains { known in
        known.kind == form.kind && (form.last.map { known.first <= $0 } ?? true)
          && (known.last.map { form.first <= $0 } ?? true)
      }
      guard !overlaps else {
        throw Problem.conflict("overlapping-arrangement", "Another arrangement of this kind overlaps with this one")
      }
      let details = Arrangement.kept(form.details, of: form.kind)
      let number = try unit.insert(
        "arrangements",
        [
          "registration": registration.number, "kind": form.kind.rawValue, "first": form.first, "last": form.last,
          "details": try String(json: details),
        ])
      try unit.audit(.pupilArrangementRecorded, of: form.pupil)
      try RollChange(registers: registers, unit: unit).judge([pupil.id], at: school)
      return ArrangementLine(
        number: number, pupil: form.pupil, kind: form.kind, first: form.first, last: form.last, details: details)
    }
  }

  /// Ends an arrangement on a day, or earlier than it was to.
  private func end(_ call: Call, _ form: EndForm) async throws -> Remembered<ArrangementLine> {
    let (number, caller, last) = (try call.number("Arrangement"), call.caller, form.last)
    let current = { @Sendable db in try Self.find(number, for: caller, in: db).line }
    return try await registers.write(call.edit, of: current) { [registers] unit in
      let (before, school) = try Self.find(number, for: caller, in: unit.db)
      guard last >= before.first, before.last.map({ last <= $0 }) ?? true else {
        throw Problem.invalid([.init("/last", "must be one of the arrangement's days")])
      }
      try unit.db.run("UPDATE arrangements SET last = ? WHERE number = ?", [last, number])
      try unit.audit(.pupilArrangementEnded, of: before.pupil)
      try RollChange(registers: registers, unit: unit).judge([before.pupil], at: school)
      return try current(unit.db)
    }
  }
}

extension Registration {
  /// The days on the roll; to the end of time while the child is on it.
  var days: DayRange { DayRange(first: enrolledOn, last: leftOn ?? Day(ordinal: .max)) }
}
