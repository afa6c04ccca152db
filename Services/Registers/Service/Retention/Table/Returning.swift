import Contracts
import Foundation
import GRDB
import Keeping
import Messaging
import RegistersDomain
import Rulebook
import Store

/// The tables that a disposal takes rows from, in the order in which they can be put back.
enum RemovedTable: String, CaseIterable, Sendable {
  case receipts, entries
  case entryWords = "entry_words"
  case amendments, findings, returns, quarantine
  case pupilYears = "pupil_years"
  case sourceCodes = "source_codes"
  case differences
}

/// Puts rows of a disposal back where something new may have taken their place since.
struct Returning {
  let unit: UnitOfWork

  private var db: Database { unit.db }

  func insert(_ values: DisposalBin.Values, into table: RemovedTable) throws {
    var values = values
    switch table {
    case .entries:
      // Only a part of the batch was taken, or another disposal's part came back before.
      if let rest: Data = try blob("SELECT marks FROM entries WHERE number = ?", values["number"]) {
        guard let rest = EntryBatch(bytes: Array(rest)), case .blob(let taken) = values["marks"],
          let part = EntryBatch(bytes: Array(taken))
        else { throw DatabaseError.damaged }
        try db.run(
          "UPDATE entries SET marks = ? WHERE number = ?",
          [Data(rest.joined(with: part).bytes), values["number"]?.databaseValue])
        return
      }
    case .pupilYears:
      // Marks of the year came in meanwhile: they stand.
      if let newer: Data = try blob("SELECT codes FROM pupil_years WHERE number = ?", values["number"]) {
        let year = SchoolYear(startYear: 0)
        guard let row = PupilYear(year: year, codes: Array(newer)), case .blob(let older) = values["codes"],
          let before = PupilYear(year: year, codes: Array(older))
        else { throw DatabaseError.damaged }
        try db.run(
          "UPDATE pupil_years SET codes = ? WHERE number = ?",
          [Data(row.filled(from: before).codes), values["number"]?.databaseValue])
        return
      }
    case .quarantine:
      // The same mark was sent again meanwhile and waits: the older one is history.
      if values["state"] == .text("waiting"),
        try db.has(
          """
          SELECT 1 FROM quarantine WHERE school = ? AND upn = ? AND date = ? AND session = ? AND code = ?
            AND state = 'waiting'
          """, Self.values(["school", "upn", "date", "session", "code"], of: values))
      {
        values["state"] = .text("superseded")
        values["settled_millis"] = .integer(unit.at.millis)
      }
    case .sourceCodes:
      // Sources have spoken since: what they said last stands.
      let place = Self.values(["registration", "day", "session"], of: values)
      if try db.has("SELECT 1 FROM source_codes WHERE registration = ? AND day = ? AND session = ?", place) { return }
      if try db.has("SELECT 1 FROM source_codes WHERE number = ?", Self.values(["number"], of: values)) {
        values["number"] = .null
      }
    case .receipts, .entryWords, .amendments, .findings, .returns, .differences: break
    }
    try DisposalBin.insert(values, into: table.rawValue, in: db)
  }

  private static func values(_ columns: [String], of row: DisposalBin.Values) -> StatementArguments {
    StatementArguments(columns.map { row[$0]?.databaseValue ?? .null })
  }

  private func blob(_ sql: String, _ number: DisposalBin.Cell?) throws -> Data? {
    try Data.fetchOne(db.cachedStatement(sql: sql), arguments: [number?.databaseValue])
  }
}
