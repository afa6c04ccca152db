import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Keeps what is known of a child's situation. Who may see and set which flag is in ``PupilFlag/access``.
struct KeepFlags: Sendable {
  let registers: Registers

  /// A child's flags that the caller may see.
  struct Answer: WholeList, Sendable {
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
  }

  private struct Stated: Encodable {
    let kind: PupilFlag
    let first: Day
    let last: Day?
  }

  /// - Throws: `Problem` not found as for ``ChildAccess``.
  func read(_ id: PupilID, by caller: Caller) async throws -> Answer {
    try await registers.readChild(by: caller) { unit in
      let child = try ChildAccess(id, in: unit)
      try unit.audit(.pupilFlagsRead, of: child.pupil.id)
      return try Self.answer(child, unit.today, unit.db)
    }
  }

  /// Sets a flag from a first to a last day. The same first day again changes the last.
  ///
  /// - Throws: `Problem` not found; forbidden to those who may not set the kind; a conflict when it shares a day with
  ///   another time of the same kind.
  func set(
    _ kind: PupilFlag, of id: PupilID, first: Day, last: Day?, by edit: Edit
  ) async throws -> Remembered<Answer> {
    let today = registers.today
    let current = { @Sendable db in try Self.answer(of: id, for: edit.caller, on: today, in: db) }
    return try await registers.write(edit, of: current) { [registers] unit in
      let child = try ChildAccess(id, in: unit)
      guard kind.access.set.contains(child.viewer) else { throw Problem.forbidden }
      let span = Flags.Span(kind: kind, first: first, last: last)
      let known = try Flags.spans(of: child.pupil.number, in: unit.db).filter { $0.kind == kind }
      guard !known.contains(where: { $0.first != first && $0.overlaps(span) }) else {
        throw Problem.conflict(
          "overlapping-flags", "The same flag is already set on some of these days, with another first day")
      }
      if !known.contains(span) {
        try Self.requireWord(over: known.first { $0.first == first }, child.pupil, unit.caller, unit.today, unit.db)
        try Flags.save(span, of: child.pupil.number, in: unit)
        if kind.concern != nil { try Flags.publishConcerns(of: child.pupil, in: unit) }
        try AdmissionLog.append(
          .flag, pupil: child.pupil.number, Stated(kind: kind, first: first, last: last), in: unit)
        let change = RollChange(registers: registers, unit: unit)
        let schools = try Pupils.registrations(of: child.pupil.number, in: unit.db).map(\.school)
        for school in Set(schools).sorted() { try change.tellAgain(child.pupil.id, at: school) }
      }
      return try Self.answer(child, unit.today, unit.db)
    }
  }

  /// A flag that stands is changed by an officer or the school that holds the child.
  private static func requireWord(
    over known: Flags.Span?, _ pupil: StoredPupil, _ caller: Caller, _ today: Day, _ db: Database
  ) throws {
    guard known != nil, caller.role == .school else { return }
    let times = ChildTimes(try Pupils.registrations(of: pupil.number, in: db), today: today)
    guard let holder = times.holder, caller.mayActFor(school: holder.text) else {
      throw Problem.conflict(
        "another-schools", "The flag is set by another school or an officer",
        detail: "Ask the authority's attendance officer to change it.")
    }
  }

  /// A child's flags that the caller may see, without a note of the read.
  ///
  /// - Throws: `Problem` not found as for ``ChildAccess``.
  static func answer(of id: PupilID, for caller: Caller, on today: Day, in db: Database) throws -> Answer {
    try answer(try ChildAccess(id, by: caller, on: today, in: db), today, db)
  }

  private static func answer(_ child: ChildAccess, _ today: Day, _ db: Database) throws -> Answer {
    let inForce = try Flags.inForce(child.pupil.number, on: today, in: db)
    return Answer(
      pupil: child.pupil.id,
      flags: try Flags.spans(of: child.pupil.number, in: db).filter { $0.kind.access.see.contains(child.viewer) }.map {
        Answer.Flag(
          kind: $0.kind, first: $0.first, last: $0.last,
          inForce: inForce.contains($0.kind) && $0.first <= today && ($0.last.map { today <= $0 } ?? true))
      })
  }
}
