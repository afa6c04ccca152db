import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Corrects a mark that waits and sends it again, or discards it. What was sent stays on record as it came.
struct SettleQuarantine: Sendable {
  let desk: RegisterDesk

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
    _ number: Int64, _ correction: Correction, at school: URN, by caller: Caller, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    let today = desk.clock.today()
    let (body, counts) = try await desk.write(by: caller) { [desk] writer, db -> ([UInt8], IntakeCounts?) in
      if let answer = try IdempotentAnswers.find(key, in: db) { return (answer, nil) }
      let mark = try Self.waiting(number, school, db).corrected(correction)
      let known = try desk.cache.known(school, in: db)
      var judged = MarkJudge(roll: known.roll, calendars: known.calendars, today: today)
        .judge(MarkFile([(Int32(0), mark)]))
      guard judged.missing == 0 else { throw Problem.invalid([.init("/code", "must be a code")]) }
      if judged.rejected > 0, let reason = judged.findings.first?.reason {
        throw Problem.invalid([.init("/\(reason.column ?? "detail")", "\(reason.detail) \(reason.fix)")])
      }
      try Quarantine.settle(number, .superseded, reason: "Corrected", by: writer, in: db)
      try RegisterDesk.audit(
        "school.quarantine.correct", school.text, by: writer, requestID: writer.requestID, in: db)
      let work = SchoolWork(
        desk: desk, school: school, known: known, writer: writer, today: today, db: db)
      let intake = MarkIntake(work: work)
      let (counts, receipt) = try intake.applyFile(&judged, received: 1, from: .person)
      let problem = judged.findings.first { $0.reason.disposition != .noted }
      let waitsAs = problem == nil ? nil : try Quarantine.number(of: mark, school, in: db)
      if let waitsAs {
        try Quarantine.setCorrects(waitsAs, number, in: db)
      } else {
        try Quarantine.settle(number, .released, reason: "Corrected", by: writer, in: db)
      }
      let body = try encodeAnswer(
        Answer(
          number: number, state: waitsAs == nil ? .released : .waiting, waitsAs: waitsAs,
          problem: problem.map { TakeInMarks.RowProblem($0.reason) },
          receipt: EntryLog.name(ofReceipt: receipt)))
      try IdempotentAnswers.keep(body, for: key, at: writer.at, in: db)
      return (body, counts)
    }
    if let counts { desk.telemetry.count(counts) }
    return body
  }

  /// Discards a mark in quarantine: it is kept on record and never entered.
  ///
  /// - Throws: `Problem` not found, or conflict when it is no longer in quarantine.
  func discard(_ number: Int64, because reason: String, at school: URN, by caller: Caller) async throws -> Answer {
    return try await desk.write(by: caller) { writer, db in
      _ = try Self.waiting(number, school, db)
      try Quarantine.settle(number, .superseded, reason: reason, by: writer, in: db)
      try RegisterDesk.audit(
        "school.quarantine.discard", school.text, by: writer, requestID: writer.requestID, in: db)
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
    waitingFor reason: String, receipt: Int64?, because why: String, at school: URN, by caller: Caller,
    key: IdempotencyKey?, requestID: String
  ) async throws -> [UInt8] {
    try await desk.write(by: caller) { writer, db in
      if let answer = try IdempotentAnswers.find(key, in: db) { return answer }
      try RegisterDesk.requireSchool(school, in: db)
      try RegisterDesk.audit("school.quarantine.discard", school.text, by: writer, requestID: requestID, in: db)
      let discarded = try Quarantine.discard(
        school, waitingFor: reason, receipt: receipt, because: why, by: writer, in: db)
      let body = try encodeAnswer(
        Discarded(discarded: discarded, waiting: try Quarantine.countWaiting(school, in: db)))
      try IdempotentAnswers.keep(body, for: key, at: writer.at, in: db)
      return body
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
