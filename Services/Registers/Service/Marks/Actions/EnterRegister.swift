import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// Enters one session's register of a school, or one mark of a child: the same way in as a file.
struct EnterRegister: Sendable {
  private let registers: Registers
  private let takeIn: TakeInMarks

  init(registers: Registers) {
    self.registers = registers
    takeIn = TakeInMarks(registers: registers)
  }

  /// One mark of a register that was sent, and where it stands in the body.
  struct Line: Sendable {
    let code: String
    let pupil: PupilID?
    let pointer: String
  }

  /// Enters a session's register: children by their opaque identifiers.
  ///
  /// - Throws: as ``TakeInMarks``.
  func session(
    _ lines: [Line], _ day: Day, _ session: Session, window: RegisterWindow?, at school: URN, by edit: Edit
  ) async throws -> Remembered<TakeInMarks.Answer> {
    let current = { @Sendable (db: Database) -> (any Encodable)? in
      try Registers.requireSchool(school, in: db)
      return try ReadRegister.page(school, day, session, in: db)
    }
    return try await takeIn(for: school, by: edit, of: current) { known, _ in
      let entries = Dictionary(known.roll.entries.map { ($0.pupil, $0.upn) }, uniquingKeysWith: { first, _ in first })
      let marks = lines.map { line in
        line.pupil.flatMap { entries[$0] }.map { upn in
          MarkText(upn: upn.text, date: day.iso, session: session.rawValue, code: line.code, detail: "")
        }
      }
      return TakeInMarks.Sent(
        file: MarkFile(elements: marks, otherwise: .unknownIdentifier), source: .entries,
        pointers: lines.map(\.pointer),
        window: window.map { ($0, day, session) })
    }
  }

  /// What one mark says.
  struct Mark: Sendable {
    let code: String
    let detail: String
    let minutesLate: Int?
  }

  /// Enters one mark of a child in the register of its school; of the one that is named when it has two.
  ///
  /// - Throws: `Problem` not found when the child is on no roll that the caller may act for, conflict when a school must
  ///   be named.
  func mark(
    _ mark: Mark, of id: PupilID, _ day: Day, _ session: Session, at named: URN?, by edit: Edit
  ) async throws -> Remembered<TakeInMarks.Answer> {
    let (school, upn) = try await registers.read { db in
      guard let pupil = try Pupils.find(id, in: db) else { throw Problem.notFound("Pupil") }
      let own = try Pupils.registrations(of: pupil.number, in: db)
        .filter { edit.caller.mayActFor(school: $0.school.text) && (named == nil || $0.school == named) }
      guard !own.isEmpty else { throw Problem.notFound("Pupil") }
      let covering = own.filter { $0.covers(day) }
      let schools = Set((covering.isEmpty ? own : covering).map(\.school))
      guard let school = schools.first, schools.count == 1 else {
        throw Problem.conflict(
          "several-schools", "The child is on more than one roll",
          detail: "Name the school in the query parameter school.")
      }
      return (school, pupil.upn)
    }
    let current = { @Sendable [registers] (db: Database) -> (any Encodable)? in
      try ReadPupil.why(id, day, session, for: edit.caller, registers.codes, in: db)
    }
    return try await takeIn(for: school, by: edit, of: current) { _, _ in
      TakeInMarks.Sent(
        file: MarkFile([
          (
            number: Int32(0),
            mark: MarkText(
              upn: upn.text, date: day.iso, session: session.rawValue, code: mark.code, detail: mark.detail,
              minutesLate: mark.minutesLate)
          )
        ]), source: .entries, pointers: [""], pupil: id)
    }
  }
}
