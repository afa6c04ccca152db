import Contracts
import Foundation
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit

/// Takes in a file of marks: everything that can be applied, in one transaction.
struct TakeInMarks: Sendable {
  let desk: RegisterDesk

  /// The most problems told one by one.
  static let mostProblems = 1_000

  /// What the sender is told.
  struct Answer: Encodable, Sendable {
    let receipt: String
    let received, recorded, amended, unchanged, missing, quarantined, rejected: Int
    /// Rows that do not count, in row order.
    let problems: [RowProblem]
    /// Rows that count and deserve a look.
    let notes: [RowProblem]
    /// How many of both are not told.
    let omitted: Int
  }

  /// One row that does not count as it was sent.
  struct RowProblem: Encodable, Sendable {
    let row: Int32
    let column: String?
    let reason: String
    let detail: String
    let fix: String

    init(_ finding: RowFinding) {
      row = finding.number
      column = finding.reason.column
      reason = finding.reason.slug
      detail = finding.reason.detail
      fix = finding.reason.fix
    }
  }

  /// Applies a file and answers with its receipt as JSON; to the same request again with the same answer.
  ///
  /// - Throws: `Problem` when the school is unknown or the key was used for another request.
  func callAsFunction(
    _ file: MarkFile, for school: URN, by caller: Caller, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    let writer = desk.writer(caller)
    let context = desk.context(writer)
    let today = desk.clock.today()
    let (body, counts) = try await desk.write { [desk] db -> ([UInt8], IntakeCounts?) in
      if let answer = try IdempotentAnswers.find(key, in: db) { return (answer, nil) }
      try RegisterDesk.requireSchool(school, in: db)
      let known = try desk.cache.known(school, in: db)
      var judged = MarkJudge(roll: known.roll, calendars: known.calendars, today: today).judge(file)
      let intake = MarkIntake(
        desk: desk, school: school, roll: known.roll, calendars: known.calendars, today: today, writer: writer,
        context: context, db: db)
      let (counts, receipt) = try intake.applyFile(&judged, received: file.received)
      let body = try Self.encode(counts, receipt: receipt, judged)
      try IdempotentAnswers.keep(body, for: key, at: writer.at, in: db)
      return (body, counts)
    }
    if let counts { desk.telemetry.count(counts) }
    return body
  }

  private static func encode(_ counts: IntakeCounts, receipt: Int64, _ judged: JudgedMarks) throws -> [UInt8] {
    let problems = judged.findings.lazy.filter { $0.reason.disposition != .noted }
      .prefix(mostProblems).map(RowProblem.init)
    let notes = judged.findings.lazy.filter { $0.reason.disposition == .noted }
      .prefix(mostProblems).map(RowProblem.init)
    let answer = Answer(
      receipt: EntryLog.name(ofReceipt: receipt), received: counts.received, recorded: counts.recorded,
      amended: counts.amended, unchanged: counts.unchanged, missing: counts.missing, quarantined: counts.quarantined,
      rejected: counts.rejected, problems: Array(problems), notes: Array(notes),
      omitted: judged.findings.count - problems.count - notes.count)
    return try encodeAnswer(answer)
  }
}

/// An answer as JSON, for those that are kept beside their effects.
func encodeAnswer(_ answer: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return Array(try encoder.encode(answer))
}
