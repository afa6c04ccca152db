import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Applies judged marks within a transaction: pupil-year rows, the entry log, the quarantine and the events. The one way
/// in for marks, whether they come in a file or have waited.
struct MarkIntake {
  let work: SchoolWork

  private var desk: RegisterDesk { work.desk }
  private var school: URN { work.school }
  private var roll: Roll { work.roll }
  private var writer: Writer { work.writer }
  private var context: EventContext { work.context }
  private var db: Database { work.db }

  /// The most amendments in one event: it must be well below the broker's limit for a record.
  private static let amendmentsPerEvent = 2_000
  /// The reason that stands in the register for an amendment that a file made.
  private static let laterFileReason = "A later file held another code"

  /// Applies the marks of a file.
  ///
  /// - Returns: the counts and the receipt's number.
  func applyFile(
    _ judged: inout JudgedMarks, received: Int, dialect: String? = nil
  ) throws -> (counts: IntakeCounts, receipt: Int64) {
    let settlement = try Settlement(judged, roll: roll, shelf: try PupilYearTable(db))
    if !judged.quarantined.isEmpty {
      judged.limitQuarantine(to: max(0, Quarantine.mostWaiting - (try Quarantine.countWaiting(school, in: db))))
    }
    let counts = Self.counts(judged, settlement, received: received)
    let receipt = try EntryLog.addReceipt(.file, school: school, counts, dialect: dialect, by: writer, in: db)
    try enter(settlement, receipt: receipt)
    if counts.recorded + counts.amended + counts.unchanged > 0 { try supersede(judged) }
    for held in judged.quarantined {
      try Quarantine.add(held.text, reason: held.reason, school: school, receipt: receipt, at: writer.at, in: db)
    }
    return (counts, receipt)
  }

  /// Judges waiting marks again and applies those that count now.
  ///
  /// - Returns: how many.
  func release(_ waiting: [Quarantine.Waiting]) throws -> Int {
    guard !waiting.isEmpty else { return 0 }
    let file = MarkFile(waiting.enumerated().map { (Int32($0.offset), $0.element.mark) })
    let judged = MarkJudge(roll: roll, calendars: work.calendars, today: work.today).judge(file)
    let settlement = try Settlement(judged, roll: roll, shelf: try PupilYearTable(db))
    let counts = Self.counts(judged, settlement, received: file.received)
    let receipt = try EntryLog.addReceipt(.release, school: school, counts, by: writer, in: db)
    try enter(settlement, receipt: receipt)
    var held = judged.held
    for (index, mark) in waiting.enumerated() {
      if let reason = held.removeValue(forKey: Int32(index)) {
        try Quarantine.setReason(mark.number, reason, in: db)
      } else {
        try Quarantine.settle(mark.number, .released, at: writer.at, in: db)
      }
    }
    let released = counts.received - counts.quarantined - counts.rejected
    desk.telemetry.countReleased(released)
    return released
  }

  private static func counts(_ judged: JudgedMarks, _ settlement: Settlement, received: Int) -> IntakeCounts {
    IntakeCounts(
      received: received, recorded: settlement.recorded, amended: settlement.amended,
      unchanged: settlement.unchanged, missing: judged.missing, quarantined: judged.quarantined.count,
      rejected: judged.rejected)
  }

  /// Writes the log and the events of a settlement.
  private func enter(_ settlement: Settlement, receipt: Int64) throws {
    for batch in settlement.batches {
      let entry = try EntryLog.add(batch, roll: roll, school: school, receipt: receipt, in: db)
      try desk.outbox.append(
        MarksRecorded.self, logRow: entry, bytes: batch.marks.count * EntryLog.bytesPerMark,
        remains: MarksRecorded(school: school, date: batch.day, session: batch.session, marks: [:]),
        subject: school.text, context: context, in: db)
    }
    for amendment in settlement.amendments {
      try EntryLog.add(
        EntryLog.NewAmendment(
          registration: amendment.entry.registration, day: amendment.day, session: amendment.session,
          from: amendment.from, to: amendment.to, kind: .laterFile, reason: Self.laterFileReason,
          detail: amendment.detail, token: amendment.token, minutesLate: amendment.minutesLate), receipt: receipt,
        by: writer, in: db)
    }
    for start in stride(from: 0, to: settlement.amendments.count, by: Self.amendmentsPerEvent) {
      let part = settlement.amendments[start..<min(start + Self.amendmentsPerEvent, settlement.amendments.count)]
      let event = MarksAmended(
        school: school,
        amendments: part.map {
          .init(
            pupil: $0.entry.pupil, date: $0.day, session: $0.session, from: $0.from, to: $0.to, reason: .laterFile)
        })
      try desk.outbox.append(event, subject: school.text, context: context, in: db)
    }
    for batch in settlement.batches {
      try MissingRegisters.receive(
        school, batch.day, batch.session, at: writer.at, outbox: desk.outbox, context: context, in: db)
    }
    try JudgeFindings(work: work).judge(settlement.changedRows)
  }

  /// A waiting mark whose session has one now waits no more.
  private func supersede(_ judged: JudgedMarks) throws {
    for waiting in try Quarantine.waiting(school, limit: Quarantine.mostWaiting, in: db)
    where judged.accepts(waiting.mark, roll: roll) {
      try Quarantine.settle(waiting.number, .superseded, at: writer.at, in: db)
    }
  }
}
