import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Amends one entry of a register: the original stays, beside it what it is now, why, when and by whom (School
/// Attendance (Pupil Registration) (England) Regulations 2024; ATT-3).
struct AmendmentRoutes: Sendable {
  let registers: Registers

  private static let textBytes = 500

  private struct Form: Codable, Sendable {
    let pupil: PupilID
    let date: Day
    let session: Session
    let code: String
    let reason: String
    let detail: String?
  }

  private struct Answer: Codable, Sendable {
    let pupil: PupilID
    let date: Day
    let session: Session
    let from: AttendanceCode?
    let to: AttendanceCode
    /// False when the entry had this code already: nothing was written.
    let amended: Bool
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/schools/{urn}/amendments", .roles(.school, reach: .ownSchool), "Amend one entry, with the reason",
      ifMatch: true, amend)
  }

  private func amend(_ call: Call, _ form: Form) async throws -> Remembered<Answer> {
    let (school, caller) = (try call.school, call.caller)
    var faults = Faults()
    let reason = faults.text(form.reason, "/reason", bytes: 1...Self.textBytes)
    let detail = faults.text(form.detail, "/detail", bytes: 0...Self.textBytes)
    try faults.refuse()
    let current = { @Sendable [registers] (db: Database) in
      try ReadPupil.why(form.pupil, form.date, form.session, for: caller, registers.codes, in: db)
    }
    let answer = try await registers.write(call.edit, of: current) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      let work = try SchoolWork(registers, school, unit)
      let entries = work.roll.entries
      let positions = entries.indices.filter { entries[$0].pupil == form.pupil }
      let position = try (positions.first { entries[$0].covers(form.date) } ?? positions.last)
        .orNotFound("Pupil on this roll")
      let entry = entries[position]
      let shelf = try PupilYearTable(unit.db)
      var row = try shelf.read(entry.registration, SchoolYear(containing: form.date))
      let before = row[form.date, form.session]
      let code = try Self.code(form, entry, replacing: before, work.judge)
      let answer = Answer(
        pupil: form.pupil, date: form.date, session: form.session, from: before, to: code, amended: before != code)
      guard answer.amended else { return answer }
      row[form.date, form.session] = code
      try shelf.write(entry.registration, row)
      let key = SourceBook.Key(registration: entry.registration, day: form.date, session: form.session)
      var book = try SourceCodes.book(
        .person, of: school, in: DayRange(first: form.date, last: form.date), db: unit.db)
      book.amend(code, standing: before, at: key)
      try SourceCodes.keep(book, of: school, in: unit.db)
      try EntryLog.add(
        EntryLog.NewAmendment(
          registration: entry.registration, day: form.date, session: form.session, from: before, to: code,
          kind: .corrected, reason: reason, detail: detail), receipt: nil, in: unit)
      let amendment = MarksAmended.Amendment(
        pupil: form.pupil, date: form.date, session: form.session, from: before, to: code, reason: .corrected)
      try unit.publish(MarksAmended(school: school, amendments: [amendment]), subject: school.text)
      try unit.audit(.pupilMarkAmended, of: form.pupil)
      try Self.supersede(form, entry, school, unit)
      if before == nil { try MissingRegisters.receive(school, form.date, form.session, in: unit) }
      try JudgeFindings(work: work).judge([(position, row)])
      return answer
    }
    if answer.new?.amended == true { registers.telemetry.countAmended() }
    return answer
  }

  private static func code(
    _ form: Form, _ entry: RollEntry, replacing before: AttendanceCode?, _ judge: MarkJudge
  ) throws(Problem) -> AttendanceCode {
    do throws(MarkRefusal) {
      if let code = try judge.check(entry, form.date, form.session, token: form.code, replacing: before) {
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
  private static func supersede(_ form: Form, _ entry: RollEntry, _ school: URN, _ unit: UnitOfWork) throws {
    for waiting in try Quarantine.waiting(school, under: [entry.upn] + entry.alsoKnownAs, in: unit.db)
    where entry.isKnown(as: waiting.mark.upn) && waiting.mark.date == form.date.iso
      && waiting.mark.session.uppercased() == form.session.rawValue
    {
      try Quarantine.settle(waiting.number, .superseded, at: unit.at, in: unit.db)
    }
  }
}
