import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// What is known of a child's situation, to those who may know it. Who may see and set which flag is in
/// ``PupilFlag/access``.
struct FlagRoutes: Sendable {
  let registers: Registers

  private static let readers = Policy.roles(
    .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let writers = Policy.roles(
    .school, .attendanceOfficer, .cmeOfficer, .virtualSchool, reach: .ownRecords)
  private static let formBytes = 4 << 10

  private struct Form: Codable, Sendable {
    let first: Day
    let last: Day?
  }

  /// A child's flags that the caller may see.
  private struct Answer: WholeList, Sendable {
    struct Flag: Codable, Sendable {
      let kind: PupilFlag
      let first: Day
      let last: Day?
      /// Whether it is in force today.
      let inForce: Bool
    }

    let pupil: PupilID
    let flags: [Flag]
    var list: (name: String, rows: [Flag]) { ("flags", flags) }

    init(_ child: ChildAccess, _ today: Day, _ db: Database) throws {
      pupil = child.pupil.id
      flags = try Flags.spans(of: child.pupil.number, in: db).filter { $0.kind.access.see.contains(child.viewer) }
        .map { Flag(kind: $0.kind, first: $0.first, last: $0.last, inForce: $0.covers(today)) }
    }
  }

  func add(to router: ServiceRouter) {
    router.read("/pupils/{id}/flags", Self.readers, "A child's flags, those that the caller may know of") { call in
      let id = try call.pupil()
      return try await registers.readChild(by: call.caller) { unit in
        let child = try ChildAccess(id, in: unit)
        try unit.audit(.pupilFlagsRead, of: child.pupil.id)
        return try Answer(child, unit.today, unit.db)
      }
    }
    router.write(
      .put, "/pupils/{id}/flags/{kind}", Self.writers,
      "Set the days of a flag; the same first day again changes the last", ifMatch: true, upTo: Self.formBytes, set)
  }

  private func set(_ call: Call, _ form: Form) async throws -> Remembered<Answer> {
    let (id, caller, today) = (try call.pupil(), call.caller, registers.today)
    let kind = try call.path("kind", "Flag") { PupilFlag(rawValue: $0) }
    guard form.last.map({ form.first <= $0 }) ?? true else {
      throw Problem.invalid([.init("/last", "must not be before the first day")])
    }
    let span = Flags.Span(kind: kind, first: form.first, last: form.last)
    let current = { @Sendable db in try Answer(try ChildAccess(id, by: caller, on: today, in: db), today, db) }
    return try await registers.write(call.edit, of: current) { [registers] unit in
      let child = try ChildAccess(id, in: unit)
      guard kind.access.set.contains(child.viewer) else { throw Problem.forbidden }
      let known = try Flags.spans(of: child.pupil.number, in: unit.db).filter { $0.kind == kind }
      guard !known.contains(where: { $0.first != span.first && $0.overlaps(span) }) else {
        throw Problem.conflict(
          "overlapping-flags", "The same flag is already set on some of these days, with another first day")
      }
      if !known.contains(span) {
        if known.contains(where: { $0.first == span.first }) { try Self.requireWord(child.pupil, unit) }
        try Flags.save(span, of: child.pupil.number, in: unit)
        if kind.concern != nil { try Flags.publishConcerns(of: child.pupil, in: unit) }
        try AdmissionLog.append(.flag, pupil: child.pupil.number, span, in: unit)
        let change = RollChange(registers: registers, unit: unit)
        let schools = try Pupils.registrations(of: child.pupil.number, in: unit.db).map(\.school)
        for school in Set(schools).sorted() { try change.tellAgain(child.pupil.id, at: school) }
      }
      return try Answer(child, unit.today, unit.db)
    }
  }

  /// A flag that stands is changed by an officer or the school that holds the child.
  private static func requireWord(_ pupil: StoredPupil, _ unit: UnitOfWork) throws {
    guard unit.caller.role == .school else { return }
    let times = ChildTimes(try Pupils.registrations(of: pupil.number, in: unit.db), today: unit.today)
    guard let holder = times.holder, unit.caller.mayActFor(school: holder.text) else {
      throw Problem.conflict(
        "another-schools", "The flag is set by another school or an officer",
        detail: "Ask the authority's attendance officer to change it.")
    }
  }
}
