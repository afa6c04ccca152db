import Contracts
import GRDB
public import RegistersDomain
import Rulebook
import ServiceKit
public import Store

extension Arrangement: StoredRow {}

/// An arrangement as callers see it.
struct ArrangementLine: StoredRow, Listed {
  static let list = "arrangements"

  let number: Int64
  let pupil: PupilID
  let kind: Arrangement.Kind
  let first: Day
  let last: Day?
  let details: ArrangementDetails
}

/// The table of what schools arranged for children.
enum Arrangements {
  private static let lines = """
    SELECT a.number, p.id AS pupil, a.kind, a.first, a.last, a.details, r.school FROM arrangements a
    JOIN standing_registrations r ON r.number = a.registration JOIN pupils p ON p.number = r.pupil\u{20}
    """

  /// Everything arranged for a registration, oldest first.
  static func of(_ registration: Int64, in db: Database) throws -> [Arrangement] {
    try db.all("SELECT * FROM arrangements WHERE registration = ? ORDER BY first, number", [registration])
  }

  /// An arrangement and the school that made it; `nil` when there is none.
  static func find(_ number: Int64, in db: Database) throws -> (line: ArrangementLine, school: URN)? {
    try db.row(lines + "WHERE a.number = ?", [number]).map { (try ArrangementLine(row: $0), try $0.get("school")) }
  }

  /// A page of a school's, in the order of entry.
  static func page(of school: URN, after number: Int64, limit: Int, in db: Database) throws -> [ArrangementLine] {
    try db.all(lines + "WHERE r.school = ? AND a.number > ? ORDER BY a.number LIMIT ?", [school, number, limit])
  }
}
