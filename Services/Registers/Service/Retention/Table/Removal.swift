import Foundation
import GRDB
import Keeping
import RegistersDomain
import Rulebook
import Store

/// Takes rows out of the register into the bin of a disposal, within one transaction in which the log gives way.
struct Removal {
  let disposal: Int64
  let db: Database
  /// How many rows of each table went or were cut, and how many marks.
  private(set) var counts = Counts()

  /// What went, by table; a batch of entries counts where any of its marks went.
  struct Counts: Codable, Hashable, Sendable {
    var marks = 0
    var entries = 0
    var entryWords = 0
    var amendments = 0
    var pupilYears = 0
    var findings = 0
    var returns = 0
    var quarantine = 0
    var receipts = 0
    /// What sources said last or against an amendment; absent in what was carried out before these were kept.
    var differences: Int?

    static func + (a: Counts, b: Counts) -> Counts {
      Counts(
        marks: a.marks + b.marks, entries: a.entries + b.entries, entryWords: a.entryWords + b.entryWords,
        amendments: a.amendments + b.amendments, pupilYears: a.pupilYears + b.pupilYears,
        findings: a.findings + b.findings, returns: a.returns + b.returns, quarantine: a.quarantine + b.quarantine,
        receipts: a.receipts + b.receipts,
        differences: a.differences == nil && b.differences == nil ? nil : (a.differences ?? 0) + (b.differences ?? 0))
    }
  }

  init(disposal: Int64, in db: Database) {
    self.disposal = disposal
    self.db = db
  }

  /// Takes out everything that a school's log of a year has of some registrations.
  mutating func take(_ registrations: Set<Int64>, of log: SchoolYearLog) throws {
    guard !registrations.isEmpty else { return }
    for batch in log.batches { try take(registrations, of: batch) }
    for registration in registrations.sorted() { try takeDerived(registration, log.year) }
  }

  private mutating func take(_ registrations: Set<Int64>, of batch: SchoolYearLog.Batch) throws {
    let (taken, left) = batch.marks.split(registrations)
    guard taken.count > 0 else { return }
    let words = try db.rows("SELECT * FROM entry_words WHERE entry = ?", [batch.number])
    for row in words where registrations.contains(row["registration"]) {
      try DisposalBin.keep(row, of: RemovedTable.entryWords.rawValue, disposal: disposal, in: db)
      try db.run(
        "DELETE FROM entry_words WHERE entry = ? AND registration = ?", [batch.number, row["registration"] as Int64])
      counts.entryWords += 1
    }
    guard
      let row = try db.row("SELECT * FROM entries WHERE number = ?", [batch.number])
    else { throw DatabaseError.damaged }
    try DisposalBin.keep(
      row, of: RemovedTable.entries.rawValue, replacing: ("marks", Data(taken.bytes).databaseValue), disposal: disposal,
      in: db)
    if left.count == 0 {
      try db.run("DELETE FROM entries WHERE number = ?", [batch.number])
    } else {
      try db.run("UPDATE entries SET marks = ? WHERE number = ?", [Data(left.bytes), batch.number])
    }
    counts.entries += 1
    counts.marks += taken.count
  }

  private mutating func takeDerived(_ registration: Int64, _ year: SchoolYear) throws {
    counts.amendments += try take(
      .amendments, "registration = ? AND day BETWEEN ? AND ?", [registration, year.first.ordinal, year.last.ordinal])
    for source in [RemovedTable.sourceCodes, .differences] {
      let taken = try take(
        source, "registration = ? AND day BETWEEN ? AND ?", [registration, year.first.ordinal, year.last.ordinal])
      if taken > 0 { counts.differences = (counts.differences ?? 0) + taken }
    }
    counts.returns += try take(
      .returns, "finding IN (SELECT number FROM findings WHERE registration = ? AND start_year = ?)",
      [registration, year.startYear])
    counts.findings += try take(.findings, "registration = ? AND start_year = ?", [registration, year.startYear])
    counts.pupilYears += try take(.pupilYears, "number = ? * 256 + ? - 1900", [registration, year.startYear])
  }

  /// What files said and nobody's register took, older than its time, unless the child has a hold.
  mutating func takeQuarantine(madeBefore millis: Int64, limit: Int) throws -> Int {
    let taken = try take(
      .quarantine,
      """
      number IN (SELECT q.number FROM quarantine q JOIN receipts r ON r.number = q.receipt
        WHERE \(Uploads.quarantineIsOver) ORDER BY q.number LIMIT ?)
      """, [millis, millis, limit])
    counts.quarantine += taken
    return taken
  }

  /// Receipts older than their time that explain nothing any more. The newest stays: its number is never given again.
  mutating func takeReceipts(madeBefore millis: Int64, limit: Int) throws -> Int {
    let taken = try take(
      .receipts,
      """
      number IN (SELECT r.number FROM receipts r WHERE \(Uploads.receiptIsOver)
        AND NOT EXISTS (SELECT 1 FROM entries WHERE receipt = r.number)
        AND NOT EXISTS (SELECT 1 FROM amendments WHERE receipt = r.number)
        AND NOT EXISTS (SELECT 1 FROM quarantine WHERE receipt = r.number)
        AND NOT EXISTS (SELECT 1 FROM differences WHERE receipt = r.number)
        AND NOT EXISTS (SELECT 1 FROM register_windows WHERE receipt = r.number) ORDER BY r.number LIMIT ?)
      """, [millis, limit])
    counts.receipts += taken
    return taken
  }

  private func take(_ table: RemovedTable, _ condition: String, _ arguments: StatementArguments) throws -> Int {
    try DisposalBin.take(table.rawValue, where: condition, arguments, disposal: disposal, in: db)
  }
}

/// Which of the files' own traces have had their time.
enum Uploads {
  /// Of a quarantined row `q` of receipt `r`; two arguments, both the first millisecond of which nothing goes.
  static let quarantineIsOver = """
    r.at_millis < ? AND coalesce(q.settled_millis, 0) < ? AND q.number < (SELECT max(number) FROM quarantine)
    AND NOT EXISTS (SELECT 1 FROM quarantine c WHERE c.corrects = q.number)
    AND upper(trim(q.upn)) NOT IN (\(Holds.heldPupils)
      SELECT upn FROM pupils WHERE number IN (SELECT pupil FROM held)
      UNION SELECT upn FROM former_upns WHERE pupil IN (SELECT pupil FROM held))
    """
  /// Of a receipt `r`; one argument.
  static let receiptIsOver = "r.at_millis < ? AND r.number < (SELECT max(number) FROM receipts)"

  /// How many quarantined rows and receipts had their time.
  static func countOver(madeBefore millis: Int64, in db: Database) throws -> (quarantine: Int, receipts: Int) {
    let quarantine = try db.value(
      "SELECT count(*) FROM quarantine q JOIN receipts r ON r.number = q.receipt WHERE \(quarantineIsOver)",
      [millis, millis], as: Int.self)
    let receipts = try db.value("SELECT count(*) FROM receipts r WHERE \(receiptIsOver)", [millis], as: Int.self)
    return (quarantine ?? 0, receipts ?? 0)
  }
}
