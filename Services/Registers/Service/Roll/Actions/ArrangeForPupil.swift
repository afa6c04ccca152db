import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Records what a school arranged for a child: part-time timetables, suspensions, provision off site, leave.
struct ArrangeForPupil: Sendable {
  let registers: Registers

  /// What is to be recorded.
  struct Form: Codable, Sendable {
    let pupil: PupilID
    let kind: Arrangement.Kind
    let first: Day
    let last: Day?
    let details: ArrangementDetails
  }

  struct EndForm: Codable, Sendable { let last: Day }

  /// An arrangement as the caller sees it.
  struct Line: Listed {
    static let list = "arrangements"

    let number: Int64
    let pupil: PupilID
    let kind: Arrangement.Kind
    let first: Day
    let last: Day?
    let details: ArrangementDetails

    init(_ arrangement: Arrangement, _ pupil: PupilID) {
      number = arrangement.number
      self.pupil = pupil
      kind = arrangement.kind
      first = arrangement.first
      last = arrangement.last
      details = arrangement.details
    }
  }

  /// - Throws: `Problem` not found when the child was never on this roll, invalid with the fields at fault, conflict
  ///   when another of the kind covers a day of it.
  func record(_ form: Form, at school: URN, by edit: Edit) async throws -> Remembered<Line> {
    try await registers.write(edit) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      guard let pupil = try Pupils.find(form.pupil, in: unit.db) else { throw Problem.notFound("Pupil") }
      let here = try Pupils.registrations(of: pupil.number, in: unit.db).filter { $0.school == school }
      guard let latest = here.last else { throw Problem.notFound("Pupil") }
      let registration =
        here.last { $0.enrolledOn <= form.first && ($0.leftOn.map { form.first <= $0 } ?? true) } ?? latest
      let compulsory = CompulsorySchoolAge.span(dateOfBirth: pupil.dateOfBirth)
      try Arrangement.faults(
        form.kind, first: form.first, last: form.last, details: form.details,
        onRoll: registration.days,
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
      let number = try Arrangements.add(
        form.kind, registration.number, form.first, form.last, details, in: unit)
      try unit.audit(.pupilArrangementRecorded, of: form.pupil)
      try RollChange(registers: registers, unit: unit).judge([pupil.id], at: school)
      return Line(
        Arrangement(
          number: number, registration: registration.number, kind: form.kind, first: form.first, last: form.last,
          details: details), form.pupil)
    }
  }

  /// Ends an arrangement on a day, or earlier than it was to.
  ///
  /// - Throws: `Problem` not found when there is none that the caller may see, invalid when it cannot end then.
  func end(_ number: Int64, on last: Day, by edit: Edit) async throws -> Remembered<Line> {
    let current = { @Sendable db in try Self.line(number, for: edit.caller, in: db) }
    return try await registers.write(edit, of: current) { [registers] unit in
      guard let known = try Arrangements.find(number, in: unit.db), unit.caller.mayActFor(school: known.school.text)
      else {
        throw Problem.notFound("Arrangement")
      }
      let before = known.arrangement
      guard last >= before.first, before.last.map({ last <= $0 }) ?? true else {
        throw Problem.invalid([.init("/last", "must be one of the arrangement's days")])
      }
      try Arrangements.end(number, on: last, in: unit.db)
      try unit.audit(.pupilArrangementEnded, of: known.pupil)
      try RollChange(registers: registers, unit: unit)
        .judge([known.pupil], at: known.school)
      return Line(
        Arrangement(
          number: number, registration: before.registration, kind: before.kind, first: before.first, last: last,
          details: before.details), known.pupil)
    }
  }

  /// One arrangement.
  ///
  /// - Throws: `Problem` not found when there is none that the caller may see.
  func line(_ number: Int64, by caller: Caller) async throws -> Line {
    try await registers.write(by: caller) { unit in
      let line = try Self.line(number, for: caller, in: unit.db)
      try unit.audit(.pupilArrangementRead, of: line.pupil)
      return line
    }
  }

  /// - Throws: `Problem` not found when there is none that the caller may see.
  static func line(_ number: Int64, for caller: Caller, in db: Database) throws -> Line {
    guard let known = try Arrangements.find(number, in: db), caller.mayActFor(school: known.school.text) else {
      throw Problem.notFound("Arrangement")
    }
    return Line(known.arrangement, known.pupil)
  }

  /// A page of a school's arrangements.
  func page(of school: URN, after number: Int64, by caller: Caller) async throws -> Page<Line> {
    try await registers.read(.schoolArrangementsRead, of: school, by: caller) { unit in
      let lines = try Arrangements.page(of: school, after: number, limit: ReadSchool.pageSize, in: unit.db)
      return Page(lines, of: ReadSchool.pageSize, endsAt: \.arrangement.number) { Line($0.arrangement, $0.pupil) }
    }
  }
}

extension Registration {
  /// The days on the roll; to the end of time while the child is on it.
  var days: DayRange { DayRange(first: enrolledOn, last: leftOn ?? Day(ordinal: .max)) }
}
