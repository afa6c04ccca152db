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

  private var registers: Registers { work.registers }
  private var school: URN { work.school }
  private var roll: Roll { work.roll }
  private var unit: UnitOfWork { work.unit }
  private var db: Database { work.db }

  /// The most amendments in one event: it must be well below the broker's limit for a record.
  private static let amendmentsPerEvent = 2_000

  /// The reason that stands in the register for an amendment that a source made.
  private static func reason(_ source: MarkSource) -> String {
    switch source {
    case .files: "A later file held another code"
    case .entries: "A later register or mark held another code"
    case .person: "A mark that waited was corrected"
    }
  }

  /// What kind of amendment a source makes.
  private static func kind(_ source: MarkSource) -> MarksAmended.Amendment.Reason {
    source == .person ? .corrected : .laterFile
  }

  /// Applies the marks of a file.
  ///
  /// - Returns: the counts and the receipt's number.
  /// - Throws: `Problem` conflict when more marks would wait than may: then nothing is to be applied.
  func applyFile(
    _ judged: inout JudgedMarks, received: Int, from source: MarkSource, dialect: String? = nil
  ) throws -> (counts: IntakeCounts, receipt: Int64) {
    var settled = 0
    if source != .person {
      settled = try judged.passOver { try Quarantine.isSettledByPerson($0, school, in: db) }
    }
    let settlement = try settle(judged, from: source)
    judged.note(settlement.noted)
    var counts = Self.counts(judged, settlement, received: received)
    counts.unchanged += settled
    let receipt = try EntryLog.addReceipt(
      .file, school: school, counts, from: source, dialect: dialect, in: unit)
    try enter(settlement, receipt: receipt)
    if counts.recorded + counts.amended + counts.unchanged > 0 { try supersede(judged) }
    try quarantine(judged, from: source, receipt: receipt)
    return (counts, receipt)
  }

  private func settle(_ judged: JudgedMarks, from source: MarkSource) throws -> Settlement {
    try Settlement(
      judged, roll: roll, shelf: try PupilYearTable(db),
      book: try SourceCodes.book(source, of: school, in: judged.days, db: db))
  }

  /// Keeps aside what cannot be applied yet.
  private func quarantine(_ judged: JudgedMarks, from source: MarkSource, receipt: Int64) throws {
    let reasons = judged.quarantinedBy
    guard !reasons.isEmpty else { return }
    let before = try Quarantine.countWaiting(school, in: db)
    let haveRoom = try Quarantine.add(
      judged, school: school, receipt: receipt, isCorrection: source == .person,
      most: max(before, Quarantine.mostWaiting), at: unit.at, in: db)
    guard haveRoom else { throw Self.full(before, reasons) }
  }

  private static func full(_ before: Int, _ reasons: [String: Int]) -> Problem {
    let most = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return .conflict(
      "quarantine-full", "Too many marks would wait",
      detail:
        "\(before) marks of this school wait to be corrected, and \(reasons.values.reduce(0, +)) rows of this file would; at most \(Quarantine.mostWaiting) may. Nothing of the file was entered. Its rows would wait for: \(most). Mend what the rows wait for (often a calendar or a roll that is not recorded), correct the marks that wait, or discard those that are not meant with POST /schools/{urn}/quarantine/discard. Then send the file again."
    )
  }

  /// Judges waiting marks again and applies those that count now.
  ///
  /// - Returns: how many.
  func release(_ waiting: [Quarantine.Waiting]) throws -> Int {
    let bySource = Dictionary(grouping: waiting, by: \.source)
    return try MarkSource.allCases.reduce(0) { released, source in
      released + (try release(bySource[source] ?? [], from: source))
    }
  }

  private func release(_ waiting: [Quarantine.Waiting], from source: MarkSource) throws -> Int {
    guard !waiting.isEmpty else { return 0 }
    let file = MarkFile(waiting.enumerated().map { (Int32($0.offset), $0.element.mark) })
    let judged = work.judge.judge(file)
    let settlement = try settle(judged, from: source)
    let counts = Self.counts(judged, settlement, received: file.received)
    let receipt = try EntryLog.addReceipt(.release, school: school, counts, from: source, in: unit)
    try enter(settlement, receipt: receipt)
    var held = judged.held
    for (index, mark) in waiting.enumerated() {
      if let reason = held.removeValue(forKey: Int32(index)) {
        try Quarantine.setReason(mark.number, reason, in: db)
      } else {
        try Quarantine.settle(mark.number, .released, at: unit.at, in: db)
      }
    }
    let released = counts.received - counts.quarantined - counts.rejected
    registers.telemetry.countReleased(released)
    return released
  }

  private static func counts(_ judged: JudgedMarks, _ settlement: Settlement, received: Int) -> IntakeCounts {
    IntakeCounts(
      received: received, recorded: settlement.recorded, amended: settlement.amended,
      unchanged: settlement.unchanged, missing: judged.missing, quarantined: judged.quarantinedBy.values.reduce(0, +),
      rejected: judged.rejected)
  }

  /// Writes the log and the events of a settlement.
  private func enter(_ settlement: Settlement, receipt: Int64) throws {
    let source = settlement.book.source
    try SourceCodes.keep(settlement.book, of: school, in: db)
    try SourceCodes.add(settlement.noted, from: source, of: school, receipt: receipt, in: db)
    for batch in settlement.batches {
      let entry = try EntryLog.add(batch, roll: roll, school: school, receipt: receipt, in: db)
      try unit.publish(
        MarksRecorded.self, logRow: entry, bytes: batch.marks.count * EntryLog.bytesPerMark,
        remains: MarksRecorded(school: school, date: batch.day, session: batch.session, marks: [:]),
        subject: school.text)
    }
    for amendment in settlement.amendments {
      try EntryLog.add(
        EntryLog.NewAmendment(
          registration: amendment.entry.registration, day: amendment.day, session: amendment.session,
          from: amendment.from, to: amendment.to, kind: Self.kind(source), reason: Self.reason(source),
          detail: amendment.detail, token: amendment.token, minutesLate: amendment.minutesLate), receipt: receipt,
        in: unit)
    }
    for start in stride(from: 0, to: settlement.amendments.count, by: Self.amendmentsPerEvent) {
      let part = settlement.amendments[start..<min(start + Self.amendmentsPerEvent, settlement.amendments.count)]
      let event = MarksAmended(
        school: school,
        amendments: part.map {
          .init(
            pupil: $0.entry.pupil, date: $0.day, session: $0.session, from: $0.from, to: $0.to,
            reason: Self.kind(source))
        })
      try unit.publish(event, subject: school.text)
    }
    for batch in settlement.batches {
      try MissingRegisters.receive(
        school, batch.day, batch.session, in: unit)
    }
    try JudgeFindings(work: work).judge(settlement.changedRows)
  }

  /// A mark in quarantine whose session has an entry now is superseded.
  private func supersede(_ judged: JudgedMarks) throws {
    for waiting in try Quarantine.waiting(school, limit: Quarantine.mostWaiting, in: db)
    where judged.accepts(waiting.mark, roll: roll) {
      try Quarantine.settle(waiting.number, .superseded, at: unit.at, in: db)
    }
  }
}

extension Registers {
  /// Judges again the marks that were dated in the future and whose day has come: each school in a transaction of its
  /// own, so that a stop between two loses nothing.
  ///
  /// - Returns: how many count now.
  func releaseDue(today: Day) async throws -> Int {
    let schools = try await read { try Quarantine.schoolsDue(through: today, in: $0) }
    var released = 0
    for school in schools {
      released += try await write(by: .program(.registers)) { unit in
        let work = try SchoolWork(self, school, unit)
        return try MarkIntake(work: work).release(try Quarantine.due(school, through: today, in: unit.db))
      }
    }
    return released
  }
}
