import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Takes in marks, as a file, as one session's register or one by one: everything that can be applied, in one
/// transaction.
struct TakeInMarks: Sendable {
  let registers: Registers

  /// The most problems told one by one.
  static let mostProblems = 1_000

  /// Marks as they were sent, and what was said of them.
  struct Sent: Sendable {
    let file: MarkFile
    var source = MarkSource.files
    /// The dialect that was declared; `nil` for the service's own.
    var dialect: String?
    /// Where each mark stands in a JSON body that is no array of marks, by its number.
    var pointers: [String] = []
    /// When the register was open, and the session it is of.
    var window: (RegisterWindow, Day, Session)?
    /// The child, where one mark of one was sent.
    var pupil: PupilID?
  }

  /// What the sender is told. Every mark is in exactly one of the six counts.
  struct Answer: Codable, Sendable {
    let receipt: String
    let received, recorded, amended, unchanged, missing, quarantined, rejected: Int
    /// How many were quarantined for each reason; the sum is ``quarantined``.
    let quarantinedBy: [String: Int]
    /// How many were rejected for each reason; the sum is ``rejected``.
    let rejectedBy: [String: Int]
    /// Rows that do not count, in row order; of more than are told, those that are not kept come before those that wait.
    let problems: [RowProblem]
    /// Rows that count and deserve a look.
    let notes: [RowProblem]
    /// How many of both are not told.
    let omitted: Int
  }

  /// One row that does not count as it was sent, or that deserves a look.
  struct RowProblem: Codable, Sendable {
    /// As the sender counts; absent where it is not about a row.
    let row: Int32?
    /// The column of the file, from 1, where a row holds several marks.
    let place: Int?
    /// Where the mark stands in the body, for a register that was sent as JSON.
    let pointer: String?
    let column: String?
    let reason: String
    let detail: String
    let fix: String

    init(_ finding: RowFinding, pointers: [String]) {
      let pointer = pointers.indices.contains(Int(finding.number)) ? pointers[Int(finding.number)] : nil
      self.init(finding.reason, row: pointer == nil ? finding.number : nil, place: finding.place, pointer: pointer)
    }

    init(_ reason: MarkReason, row: Int32? = nil, place: Int? = nil, pointer: String? = nil) {
      self.row = row
      self.place = place
      self.pointer = pointer
      column = reason.column
      self.reason = reason.slug
      detail = reason.fault.detail
      fix = reason.fault.fix
    }
  }

  /// Applies a file and answers with its receipt as JSON; to the same request again with the same answer.
  ///
  /// - Throws: `Problem` when the school is unknown or the key was used for another request.
  func callAsFunction(
    _ file: MarkFile, dialect: String? = nil, for school: URN, by edit: Edit
  ) async throws -> Remembered<Answer> {
    try await callAsFunction(for: school, by: edit) { _, _ in Sent(file: file, dialect: dialect) }
  }

  /// Applies marks that are put together with what is known of the school.
  ///
  /// - Parameter current: what the caller may have read of what the marks change.
  /// - Throws: as for a file, and what `sent` throws.
  func callAsFunction(
    for school: URN, by edit: Edit, of current: (@Sendable (Database) throws -> (any Encodable)?)? = nil,
    _ sent: @Sendable @escaping (SchoolCache.Known, Database) throws -> Sent
  ) async throws -> Remembered<Answer> {
    try await registers.write(edit, of: current) { [registers] unit in
      try Registers.requireSchool(school, in: unit.db)
      let work = try SchoolWork(registers, school, unit)
      let sent = try sent(work.known, unit.db)
      var judged = work.judge.judge(sent.file)
      let (counts, receipt) = try MarkIntake(work: work).applyFile(
        &judged, received: sent.file.received, from: sent.source, dialect: sent.dialect)
      if let (window, day, session) = sent.window {
        try SessionRegister.keep(window, school, day, session, receipt: receipt, in: unit.db)
      }
      try unit.audit(.schoolMarksWritten, of: school)
      if let pupil = sent.pupil {
        try unit.audit(.pupilMarkWritten, of: pupil)
      }
      unit.db.afterNextTransaction { _ in registers.telemetry.count(counts) }
      return Self.answer(counts, receipt: receipt, judged, sent)
    }
  }

  private static func answer(
    _ counts: IntakeCounts, receipt: Int64, _ judged: JudgedMarks, _ sent: Sent
  ) -> Answer {
    func first(_ most: Int, _ disposition: MarkReason.Disposition) -> [RowFinding] {
      Array(judged.findings.lazy.filter { $0.reason.disposition == disposition }.prefix(most))
    }
    // What is quarantined can be looked up; what is not kept is told here or nowhere.
    let rejected = first(mostProblems, .rejected)
    let quarantined = first(mostProblems - rejected.count, .quarantined)
    let problems = (rejected + quarantined).sorted { $0.number < $1.number }
      .map { RowProblem($0, pointers: sent.pointers) }
    let notes = first(mostProblems, .noted).map { RowProblem($0, pointers: sent.pointers) }
    let window = sent.window.flatMap { window, day, _ in window.note(on: day) }
      .map { RowProblem($0, pointer: "/closedAt") }
    return Answer(
      receipt: EntryLog.name(ofReceipt: receipt), received: counts.received, recorded: counts.recorded,
      amended: counts.amended, unchanged: counts.unchanged, missing: counts.missing, quarantined: counts.quarantined,
      rejected: counts.rejected, quarantinedBy: judged.quarantinedBy, rejectedBy: judged.rejectedBy,
      problems: problems, notes: notes + [window].compactMap { $0 },
      omitted: judged.findings.count - problems.count - notes.count)
  }
}
