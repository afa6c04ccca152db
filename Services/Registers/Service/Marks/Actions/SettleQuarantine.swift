import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Corrects a mark that waits and sends it again, or discards it. What was sent stays on record as it came.
struct SettleQuarantine: Sendable {
  let registers: Registers

  /// What is corrected; the rest stays.
  struct Correction: Sendable {
    let upn, date, session, code, detail: String?
  }

  enum State: String, Codable, Sendable, CaseIterable { case released, waiting, discarded }

  /// What the caller is told.
  struct Answer: Codable, Sendable {
    /// The mark that was corrected or discarded.
    let number: Int64
    let state: State
    /// The number under which the corrected mark waits.
    let waitsAs: Int64?
    /// What it waits for; absent when it counts.
    let problem: TakeInMarks.RowProblem?
    let receipt: String?
  }

  /// Corrects a waiting mark and sends it again.
  ///
  /// - Throws: `Problem` not found, conflict when it is no longer in quarantine, invalid when the corrected mark would be rejected or
  ///   is none.
  func correct(
    _ number: Int64, _ correction: Correction, at school: URN, by edit: Edit
  ) async throws -> Remembered<Answer> {
    try await registers.write(edit) { [registers] unit in
      let mark = try Self.waiting(number, school, unit.db).corrected(correction)
      let known = try registers.cache.known(school, in: unit.db)
      var judged = MarkJudge(roll: known.roll, calendars: known.calendars, today: unit.today, codes: registers.codes)
        .judge(MarkFile([(Int32(0), mark)]))
      guard judged.missing == 0 else { throw Problem.invalid([.init("/code", "must be a code")]) }
      if judged.rejected > 0, let reason = judged.findings.first?.reason {
        throw Problem.invalid([.init("/\(reason.column ?? "detail")", "\(reason.fault.detail) \(reason.fault.fix)")])
      }
      try Quarantine.settle(number, .superseded, reason: "Corrected", in: unit)
      try unit.audit(.schoolQuarantineCorrected, of: school)
      let work = SchoolWork(registers: registers, school: school, known: known, unit: unit)
      let intake = MarkIntake(work: work)
      let (counts, receipt) = try intake.applyFile(&judged, received: 1, from: .person)
      let problem = judged.findings.first { $0.reason.disposition != .noted }
      let waitsAs = problem == nil ? nil : try Quarantine.number(of: mark, school, in: unit.db)
      if let waitsAs {
        try Quarantine.setCorrects(waitsAs, number, in: unit.db)
      } else {
        try Quarantine.settle(number, .released, reason: "Corrected", in: unit)
      }
      unit.db.afterNextTransaction { _ in registers.telemetry.count(counts) }
      return Answer(
        number: number, state: waitsAs == nil ? .released : .waiting, waitsAs: waitsAs,
        problem: problem.map { TakeInMarks.RowProblem($0.reason) }, receipt: EntryLog.name(ofReceipt: receipt))
    }
  }

  /// Discards a mark in quarantine: it is kept on record and never entered.
  ///
  /// - Throws: `Problem` not found, or conflict when it is no longer in quarantine.
  func discard(
    _ number: Int64, because reason: String, at school: URN, by edit: Edit
  ) async throws -> Remembered<Answer> {
    try await registers.write(edit) { unit in
      _ = try Self.waiting(number, school, unit.db)
      try Quarantine.settle(number, .superseded, reason: reason, in: unit)
      try unit.audit(.schoolQuarantineDiscarded, of: school)
      return Answer(number: number, state: .discarded, waitsAs: nil, problem: nil, receipt: nil)
    }
  }

  /// What the caller is told of many.
  struct Discarded: Codable, Sendable {
    /// How many marks were discarded by this request.
    let discarded: Int
    /// How many of the school still wait, for whatever reason.
    let waiting: Int
  }

  /// Discards all marks that wait for one reason: they are kept, and wait no more. The same again discards none.
  ///
  /// - Parameter receipt: those of one upload only; `nil` for all.
  /// - Throws: `Problem` not found when the school is unknown, or the key's own.
  func discardAll(
    waitingFor reason: String, receipt: Int64?, because why: String, at school: URN, by edit: Edit
  ) async throws -> Remembered<Discarded> {
    try await registers.write(edit) { unit in
      try Registers.requireSchool(school, in: unit.db)
      try unit.audit(.schoolQuarantineDiscarded, of: school)
      let discarded = try Quarantine.discard(
        school, waitingFor: reason, receipt: receipt, because: why, in: unit)
      return Discarded(discarded: discarded, waiting: try Quarantine.countWaiting(school, in: unit.db))
    }
  }

  private static func waiting(_ number: Int64, _ school: URN, _ db: Database) throws -> MarkText {
    guard let found = try Quarantine.find(number, of: school, in: db) else { throw Problem.notFound("Mark") }
    guard found.waits else { throw Problem.conflict("settled", "This mark is no longer in quarantine") }
    return found.mark.mark
  }
}

extension MarkText {
  /// The mark with what was corrected.
  fileprivate func corrected(_ correction: SettleQuarantine.Correction) -> MarkText {
    MarkText(
      upn: correction.upn ?? upn, date: correction.date ?? date, session: correction.session ?? session,
      code: correction.code ?? code, detail: correction.detail ?? detail, token: correction.code == nil ? token : nil,
      minutesLate: minutesLate)
  }
}
