import Contracts
import Foundation
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The table of what schools arranged for children.
enum Arrangements {
  /// Everything arranged for a registration, oldest first.
  static func of(_ registration: Int64, in db: Database) throws -> [Arrangement] {
    try db.rows("SELECT * FROM arrangements WHERE registration = ? ORDER BY first, number", [registration]).map(
      arrangement)
  }

  /// An arrangement with the school and the child it is of.
  struct Line: Sendable {
    let arrangement: Arrangement
    let school: URN
    let pupil: PupilID
  }

  static func find(_ number: Int64, in db: Database) throws -> Line? {
    try db.row(lines + "WHERE a.number = ?", [number]).map(line)
  }

  /// A page of a school's, in the order of entry.
  static func page(of school: URN, after number: Int64, limit: Int, in db: Database) throws -> [Line] {
    try db.rows(lines + "WHERE r.school = ? AND a.number > ? ORDER BY a.number LIMIT ?", [school, number, limit]).map(
      line)
  }

  /// Records an arrangement and returns its number.
  static func add(
    _ kind: Arrangement.Kind, _ registration: Int64, _ first: Day, _ last: Day?, _ details: ArrangementDetails,
    in unit: UnitOfWork
  ) throws -> Int64 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try unit.db.run(
      """
      INSERT INTO arrangements (registration, kind, first, last, details, at_millis, actor, role)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        registration, kind.rawValue, first, last, String(decoding: try encoder.encode(details), as: UTF8.self), unit.at,
        unit.caller.subject, unit.caller.role.rawValue,
      ])
    return unit.db.lastInsertedRowID
  }

  static func end(_ number: Int64, on last: Day, in db: Database) throws {
    try db.run("UPDATE arrangements SET last = ? WHERE number = ?", [last, number])
  }

  private static let lines = """
    SELECT a.*, r.school, p.id AS pupil_id FROM arrangements a JOIN standing_registrations r ON r.number = a.registration
    JOIN pupils p ON p.number = r.pupil\u{20}
    """

  private static func line(_ row: Row) throws -> Line {
    let pupil = try PupilID(row["pupil_id"] as String).orDamaged()
    return Line(arrangement: try arrangement(row), school: try row.get("school"), pupil: pupil)
  }

  private static func arrangement(_ row: Row) throws -> Arrangement {
    let kind: Arrangement.Kind = try row.get("kind")
    return Arrangement(
      number: row["number"], registration: row["registration"], kind: kind, first: try row.get("first"),
      last: try row.get("last"),
      details: try JSONDecoder().decode(ArrangementDetails.self, from: Data((row["details"] as String).utf8)))
  }
}
