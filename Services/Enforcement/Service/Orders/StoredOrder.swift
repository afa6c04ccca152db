import Contracts
import EnforcementDomain
import GRDB
import RollCopy
import Rulebook
import Store

/// An order as it is kept beside its case.
struct StoredOrder: Sendable {
  let number: Int64
  let caseNumber: Int64?
  let pupil: PupilID
  let school: URN?
  /// The identifier under which the parent was named; `nil` for an order that is about the child alone.
  let person: PersonID?
  let circumstances: Set<Conflicts.Circumstance>

  /// What there is one open case about.
  var subject: String { "o\(number)" }
}

/// Questions to the table of orders.
enum StoredOrders {
  static func find(subject: String, in db: Database) throws -> StoredOrder? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM court_order WHERE number = ?"),
      arguments: [Int64(subject.dropFirst()) ?? 0]
    ).map(stored)
  }

  /// Those of a kind against a person, about any child, under any of the person's identifiers.
  static func all(_ kind: String, against person: PersonID, in db: Database) throws -> [StoredOrder] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM court_order WHERE kind = ?1
          AND (person = ?2 OR person IN (SELECT merged FROM roll_person_merged WHERE person = ?2)) ORDER BY number
        """, arguments: [kind, person]
    ).map(stored)
  }

  static func insert(
    _ kind: String, about pupil: PupilID, at school: URN?, against person: PersonID?,
    _ circumstances: Set<Conflicts.Circumstance>, in db: Database
  ) throws -> StoredOrder {
    try db.execute(
      sql: "INSERT INTO court_order (kind, pupil, school, person, circumstances) VALUES (?, ?, ?, ?, ?)",
      arguments: [kind, pupil, school, person, try circumstances.stored()])
    return StoredOrder(
      number: db.lastInsertedRowID, caseNumber: nil, pupil: pupil, school: school, person: person,
      circumstances: circumstances)
  }

  static func setCase(_ caseNumber: Int64, of number: Int64, in db: Database) throws {
    try db.execute(sql: "UPDATE court_order SET case_number = ? WHERE number = ?", arguments: [caseNumber, number])
  }

  static func set(_ circumstances: Set<Conflicts.Circumstance>, of number: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE court_order SET circumstances = ? WHERE number = ?", arguments: [try circumstances.stored(), number])
  }

  private static func stored(_ row: Row) throws -> StoredOrder {
    StoredOrder(
      number: row["number"], caseNumber: row["case_number"], pupil: try row.get("pupil"),
      school: try row.get("school"), person: try row.get("person"),
      circumstances: try Set(stored: row["circumstances"]))
  }
}
