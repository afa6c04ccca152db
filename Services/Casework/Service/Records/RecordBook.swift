import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store

/// The records of cases: written once, never changed.
enum RecordBook {
  /// A record as it is kept.
  struct Kept<Record: Sendable>: Sendable {
    let number: Int64
    let at: Timestamp
    /// Who wrote it, by an opaque identifier.
    let by: String
    let record: Record
  }

  /// Puts something on record in a case.
  ///
  /// - Returns: its number.
  /// - Throws: `Problem` invalid for what is wrong with it, not found when it is about a record that the case does not have.
  static func add<Record: CaseRecord>(_ record: Record, to number: Int64, in unit: UnitOfWork) throws -> Int64 {
    try record.faults.refuse()
    if let about = record.about {
      let isThere = try Bool.fetchOne(
        unit.db.cachedStatement(
          sql: "SELECT EXISTS (SELECT 1 FROM case_record WHERE number = ? AND case_number = ? AND kind = ?)"),
        arguments: [about, number, Record.kind.about?.rawValue])
      guard isThere == true else { throw Problem.notFound("Record") }
    }
    try unit.db.cachedStatement(
      sql: "INSERT INTO case_record (case_number, kind, about, at_millis, by, json) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      number, Record.kind.rawValue, record.about, unit.at, unit.caller.subject, String(json: record),
    ])
    return unit.db.lastInsertedRowID
  }

  /// The records of one kind in a case, in order.
  static func all<Record: CaseRecord>(_: Record.Type, of number: Int64, in db: Database) throws -> [Kept<Record>] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT number, at_millis, by, json FROM case_record WHERE case_number = ? AND kind = ? ORDER BY number"),
      arguments: [number, Record.kind.rawValue]
    ).map { row in
      Kept(
        number: row["number"], at: Timestamp(millis: row["at_millis"]), by: row["by"],
        record: try JSONDecoder().decode(Record.self, from: Data((row["json"] as String).utf8)))
    }
  }
}
