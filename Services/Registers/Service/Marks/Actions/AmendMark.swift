import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Amends one entry of a register: the original stays, beside it what it is now, why, when and by whom (School
/// Attendance (Pupil Registration) (England) Regulations 2024; ATT-3).
struct AmendMark: Sendable {
  let registers: Registers

  /// What is asked for.
  struct Request: Sendable {
    let pupil: PupilID
    let day: Day
    let session: Session
    let code: String
    let reason: String
    let detail: String
  }

  /// What the caller is told.
  struct Answer: Codable, Sendable {
    let pupil: PupilID
    let date: Day
    let session: Session
    let from: AttendanceCode?
    let to: AttendanceCode
    /// False when the entry had this code already: nothing was written.
    let amended: Bool
  }

  /// Amends the entry.
  ///
  /// - Throws: `Problem` when the school or the child is unknown there, or the code cannot stand on that day.
  func callAsFunction(_ request: Request, at school: URN, by edit: Edit) async throws -> Remembered<Answer> {
    let current = { @Sendable [registers] (db: Database) -> (any Encodable)? in
      try ReadPupil.why(request.pupil, request.day, request.session, for: edit.caller, registers.codes, in: db)
    }
    let answer = try await registers.write(edit, of: current) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      let known = try registers.cache.known(school, in: unit.db)
      let positions = known.roll.entries.indices.filter { known.roll.entries[$0].pupil == request.pupil }
      guard
        let position = positions.first(where: { known.roll.entries[$0].covers(request.day) }) ?? positions.last
      else { throw Problem.notFound("Pupil on this roll") }
      let entry = known.roll.entries[position]
      let shelf = try PupilYearTable(unit.db)
      var row = try shelf.read(entry.registration, SchoolYear(containing: request.day))
      let before = row[request.day, request.session]
      let code = try code(request, entry, replacing: before, known, unit.today)
      let answer = Answer(
        pupil: request.pupil, date: request.day, session: request.session, from: before, to: code,
        amended: before != code)
      guard answer.amended else { return answer }
      row[request.day, request.session] = code
      try shelf.write(entry.registration, row)
      var book = try SourceCodes.book(
        .person, of: school, in: DayRange(first: request.day, last: request.day), db: unit.db)
      book.amend(
        code, standing: before,
        at: SourceBook.Key(registration: entry.registration, day: request.day, session: request.session))
      try SourceCodes.keep(book, of: school, in: unit.db)
      try EntryLog.add(
        EntryLog.NewAmendment(
          registration: entry.registration, day: request.day, session: request.session, from: before, to: code,
          kind: .corrected, reason: request.reason, detail: request.detail), receipt: nil, in: unit)
      let event = MarksAmended(
        school: school,
        amendments: [
          .init(
            pupil: request.pupil, date: request.day, session: request.session, from: before, to: code,
            reason: .corrected)
        ])
      try unit.publish(event, subject: school.text)
      try unit.audit(.pupilMarkAmended, of: request.pupil)
      try Self.supersede(request, entry, school, unit)
      if before == nil { try MissingRegisters.receive(school, request.day, request.session, in: unit) }
      let work = SchoolWork(registers: registers, school: school, known: known, unit: unit)
      try JudgeFindings(work: work).judge([(position, row)])
      return answer
    }
    if answer.new?.amended == true { registers.telemetry.countAmended() }
    return answer
  }

  private func code(
    _ request: Request, _ entry: RollEntry, replacing before: AttendanceCode?, _ known: SchoolCache.Known, _ today: Day
  ) throws(Problem) -> AttendanceCode {
    let judge = MarkJudge(roll: known.roll, calendars: known.calendars, today: today, codes: registers.codes)
    do throws(MarkRefusal) {
      if let code = try judge.check(
        entry, request.day, request.session, token: request.code, replacing: before)
      {
        return code
      }
    } catch {
      throw .invalid([
        .init("/\(error.reason.column ?? "code")", "\(error.reason.fault.detail) \(error.reason.fault.fix)")
      ])
    }
    throw .invalid([.init("/code", "An amended entry needs a code.")])
  }

  /// A mark in quarantine for the same child and session is superseded.
  private static func supersede(
    _ request: Request, _ entry: RollEntry, _ school: URN, _ unit: UnitOfWork
  ) throws {
    for waiting in try Quarantine.waiting(school, under: [entry.upn] + entry.alsoKnownAs, in: unit.db)
    where entry.isKnown(as: waiting.mark.upn) && waiting.mark.date == request.day.iso
      && waiting.mark.session.uppercased() == request.session.rawValue
    {
      try Quarantine.settle(waiting.number, .superseded, at: unit.at, in: unit.db)
    }
  }
}
