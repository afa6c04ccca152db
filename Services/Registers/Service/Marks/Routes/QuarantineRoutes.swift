import Contracts
import Foundation
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// The marks that wait: which, why, and what a person does about them. What was sent stays on record as it came.
struct QuarantineRoutes: Sendable {
  let registers: Registers

  private static let bodyLimitBytes = 16 << 10
  private static let textBytes = 500
  private static let reasonBytes = 60
  private static let reason = QueryParameter(
    "reason", .string(), "Only marks that wait for this reason.", { 1...reasonBytes ~= $0.utf8.count ? $0 : nil }
  ).optional

  /// What is corrected; what is absent stays.
  fileprivate struct CorrectionForm: Codable, Sendable {
    let upn: String?
    let date: Day?
    let session: Session?
    let code: String?
    let detail: String?
  }

  private struct DiscardForm: Codable, Sendable { let reason: String }

  /// Which marks are discarded, and why.
  private struct DiscardAllForm: Codable, Sendable {
    /// The reason for which they wait, as in `waitingBy`.
    let reason: String
    /// Those of one upload only.
    let receipt: String?
    /// Why they are discarded.
    let why: String
  }

  private enum State: String, Codable, Sendable, CaseIterable { case released, waiting, discarded }

  /// What became of one.
  private struct Settled: Codable, Sendable {
    /// The mark that was corrected or discarded.
    let number: Int64
    let state: State
    /// The number under which the corrected mark waits.
    let waitsAs: Int64?
    /// What it waits for; absent when it counts.
    let problem: TakeInMarks.RowProblem?
    let receipt: String?
  }

  /// What became of many.
  private struct Discarded: Codable, Sendable {
    /// How many marks were discarded by this request.
    let discarded: Int
    /// How many of the school still wait, for whatever reason.
    let waiting: Int
  }

  private struct WaitingMark: Listed {
    struct Head: Codable, Sendable {
      /// How many wait in all.
      let waiting: Int
      /// How many of them for each reason.
      let waitingBy: [String: Int]
    }

    static let list = "marks"

    let number: Int64
    let receipt: String
    let reason: String
    let upn, date, session, code, detail: String
    /// The code as it was written, where a dialect mapped it.
    let token: String?
    let minutesLate: Int?

    init(_ waiting: Quarantine.Waiting) {
      let mark = waiting.mark
      (number, receipt) = (waiting.number, EntryLog.name(ofReceipt: waiting.receipt))
      (reason, upn, date, session) = (waiting.reason, mark.upn, mark.date, mark.session)
      (code, detail, token, minutesLate) = (mark.code, mark.detail, mark.token, mark.minutesLate)
    }
  }

  /// A mark of which a file or a register says another code than a person amended it to.
  private struct Difference: Listed {
    static let list = "differences"

    let number: Int64
    let pupil: PupilID
    let date: Day
    let session: Session
    /// What stands in the register.
    let stands: AttendanceCode?
    /// What was sent.
    let said: AttendanceCode
    let source: MarkSource
    let receipt: String
    let at: Timestamp
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/schools/{urn}/quarantine", MarkRoutes.users, "The marks that wait", query: [.after, Self.reason.about], waiting)
    router.write(
      .post, "/schools/{urn}/quarantine/{number}/correct", MarkRoutes.users,
      "Correct a waiting mark and send it again", upTo: Self.bodyLimitBytes, correct)
    router.write(
      .post, "/schools/{urn}/quarantine/{number}/discard", MarkRoutes.users, "Discard a waiting mark, with the reason",
      upTo: Self.bodyLimitBytes, discard)
    router.write(
      .post, "/schools/{urn}/quarantine/discard", MarkRoutes.users, "Discard all marks that wait for one reason",
      upTo: Self.bodyLimitBytes, discardAll)
    router.read(
      "/schools/{urn}/differences", MarkRoutes.users,
      "The marks of which a file or a register says another code than a person amended them to", query: [.after],
      differences)
  }

  private func waiting(_ call: Call) async throws -> Page<WaitingMark> {
    let (school, reason, after) = (try call.school, try call[Self.reason], try call.after)
    return try await registers.read(.schoolQuarantineRead, of: school, by: call.caller) { unit in
      let lines = try Quarantine.waiting(
        school, reason: reason, after: after, limit: Registers.pageSize, in: unit.db)
      let head = WaitingMark.Head(
        waiting: try Quarantine.countWaiting(school, in: unit.db),
        waitingBy: try Quarantine.countByReason(school, in: unit.db))
      return Page(lines, of: Registers.pageSize, head, endsAt: \.number, line: WaitingMark.init)
    }
  }

  /// What sources say against amendments that stand, until they say the same.
  private func differences(_ call: Call) async throws -> Page<Difference> {
    let (school, after) = (try call.school, try call.after)
    return try await registers.read(.schoolDifferencesRead, of: school, by: call.caller) { unit in
      let shelf = try PupilYearTable(unit.db)
      let lines = try SourceCodes.open(school, after: after, limit: Registers.pageSize, in: unit.db)
      return try Page(lines, of: Registers.pageSize, endsAt: \.number) { line in
        let row = try shelf.read(line.registration, SchoolYear(containing: line.day))
        return Difference(
          number: line.number, pupil: line.pupil, date: line.day, session: line.session,
          stands: row[line.day, line.session], said: line.word.said, source: line.word.source,
          receipt: line.word.receipt, at: line.word.at)
      }
    }
  }

  private func correct(_ call: Call, _ form: CorrectionForm) async throws -> Remembered<Settled> {
    let (number, school) = (try call.number("Mark"), try call.school)
    try Self.check(form)
    return try await registers.write(call.edit) { [registers] unit in
      let mark = try Self.waiting(number, school, unit.db).corrected(form)
      let work = try SchoolWork(registers, school, unit)
      var judged = work.judge.judge(MarkFile([(Int32(0), mark)]))
      guard judged.missing == 0 else { throw Problem.invalid([.init("/code", "must be a code")]) }
      if judged.rejected > 0, let reason = judged.findings.first?.reason {
        throw Problem.invalid([.init("/\(reason.column ?? "detail")", "\(reason.fault.detail) \(reason.fault.fix)")])
      }
      try Quarantine.settle(number, .superseded, reason: "Corrected", in: unit)
      try unit.audit(.schoolQuarantineCorrected, of: school)
      let (counts, receipt) = try MarkIntake(work: work).applyFile(&judged, received: 1, from: .person)
      let problem = judged.findings.first { $0.reason.disposition != .noted }
      let waitsAs = problem == nil ? nil : try Quarantine.number(of: mark, school, in: unit.db)
      if let waitsAs {
        try Quarantine.setCorrects(waitsAs, number, in: unit.db)
      } else {
        try Quarantine.settle(number, .released, reason: "Corrected", in: unit)
      }
      unit.db.afterNextTransaction { _ in registers.telemetry.count(counts) }
      return Settled(
        number: number, state: waitsAs == nil ? .released : .waiting, waitsAs: waitsAs,
        problem: problem.map { TakeInMarks.RowProblem($0.reason) }, receipt: EntryLog.name(ofReceipt: receipt))
    }
  }

  private func discard(_ call: Call, _ form: DiscardForm) async throws -> Remembered<Settled> {
    let (number, school, reason) = (try call.number("Mark"), try call.school, try Faults.reason(form.reason))
    return try await registers.write(call.edit) { unit in
      _ = try Self.waiting(number, school, unit.db)
      try Quarantine.settle(number, .superseded, reason: reason, in: unit)
      try unit.audit(.schoolQuarantineDiscarded, of: school)
      return Settled(number: number, state: .discarded, waitsAs: nil, problem: nil, receipt: nil)
    }
  }

  /// The same again discards none.
  private func discardAll(_ call: Call, _ form: DiscardAllForm) async throws -> Remembered<Discarded> {
    let school = try call.school
    let receipt = form.receipt.flatMap { text in
      text.hasPrefix("r") ? Int64(text.dropFirst()).flatMap { $0 > 0 ? $0 : nil } : nil
    }
    var faults = Faults()
    faults.require(
      1...Self.reasonBytes ~= form.reason.utf8.count, "/reason",
      "must be the reason for which the marks wait, as in waitingBy")
    let why = faults.text(form.why, "/why", bytes: 1...Self.textBytes)
    faults.require(form.receipt == nil || receipt != nil, "/receipt", "must be a receipt, for example r12")
    try faults.refuse()
    return try await registers.write(call.edit) { unit in
      try Registers.requireSchool(school, in: unit.db)
      try unit.audit(.schoolQuarantineDiscarded, of: school)
      let discarded = try Quarantine.discard(
        school, waitingFor: form.reason, receipt: receipt, because: why, in: unit)
      return Discarded(discarded: discarded, waiting: try Quarantine.countWaiting(school, in: unit.db))
    }
  }

  private static func waiting(_ number: Int64, _ school: URN, _ db: Database) throws -> MarkText {
    let found = try Quarantine.find(number, of: school, in: db).orNotFound("Mark")
    guard found.waits else { throw Problem.conflict("settled", "This mark is no longer in quarantine") }
    return found.mark.mark
  }

  private static func check(_ form: CorrectionForm) throws(Problem) {
    let texts = [("upn", form.upn), ("code", form.code), ("detail", form.detail)]
    var faults = Faults()
    for (name, text) in texts {
      faults.require((text?.utf8.count ?? 0) <= textBytes, "/\(name)", "must have at most \(textBytes) bytes")
    }
    faults.require(
      form.date != nil || form.session != nil || texts.contains { $0.1 != nil }, "", "must correct something")
    try faults.refuse()
  }
}

extension MarkText {
  /// The mark with what was corrected.
  fileprivate func corrected(_ form: QuarantineRoutes.CorrectionForm) -> MarkText {
    func trimmed(_ text: String?) -> String? { text?.trimmingCharacters(in: .whitespacesAndNewlines) }
    return MarkText(
      upn: trimmed(form.upn) ?? upn, date: form.date?.iso ?? date, session: form.session?.rawValue ?? session,
      code: trimmed(form.code) ?? code, detail: trimmed(form.detail) ?? detail,
      token: form.code == nil ? token : nil, minutesLate: minutesLate)
  }
}
