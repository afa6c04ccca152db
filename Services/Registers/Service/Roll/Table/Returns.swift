import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// A return that a school filed.
struct StoredReturn: Hashable, Sendable {
  let number: Int64
  let registration: Int64
  let kind: ReturnKind
  let finding: Int64?
  let dueOn: Day?
  let filedOn: Day
  let note: String
}

/// The table of returns, and what they answer.
enum Returns {
  /// A finding that asks for a return and has none.
  struct OpenFinding: Hashable, Sendable {
    let number: Int64
    let registration: Int64
    let kind: FindingKind
    let became: Day
  }

  /// What a school's place and the child on it are, for its returns.
  struct Line: Hashable, Sendable {
    let registration: Registration
    let pupil: StoredPupil

    var place: ReturnExpectations.Place {
      ReturnExpectations.Place(
        enteredOn: registration.enteredOn ?? registration.enrolledOn, leftOn: registration.leftOn,
        deletedOn: registration.deletedOn, yearGroup: pupil.yearGroup.flatMap { YearGroup($0) },
        stated: pupil.yearGroupYear)
    }
  }

  /// Everyone who is or was on a school's roll, in the order of entry.
  static func lines(of school: URN, in db: Database) throws -> [Line] {
    var (lines, number): ([Line], Int64) = ([], 0)
    while true {
      let page = try Pupils.page(of: school, after: number, limit: 1_000, in: db)
      lines += page.map { Line(registration: $0.registration, pupil: $0.pupil) }
      guard page.count == 1_000, let last = page.last else { return lines }
      number = last.registration.number
    }
  }

  /// The returns of a child's time on a roll.
  static func filed(_ registration: Int64, in db: Database) throws -> [StoredReturn] {
    try db.rows("SELECT * FROM returns WHERE registration = ? ORDER BY number", [registration]).map(stored)
  }

  /// The returns of a school, newest first.
  static func filed(at school: URN, before number: Int64?, limit: Int, in db: Database) throws -> [StoredReturn] {
    try db.rows(
      """
      SELECT t.* FROM returns t JOIN registrations r ON r.number = t.registration
      WHERE r.school = ? AND t.number < ? ORDER BY t.number DESC LIMIT ?
      """, [school, number ?? .max, limit]
    ).map(stored)
  }

  /// The registrations of a school that have a return of a kind.
  static func registrations(at school: URN, with kind: ReturnKind, in db: Database) throws -> Set<Int64> {
    Set(
      try db.values(
        """
        SELECT t.registration FROM returns t JOIN registrations r ON r.number = t.registration
        WHERE r.school = ? AND t.kind = ?
        """, [school, kind.rawValue], as: Int64.self))
  }

  /// The open findings of a school's children that ask for a return and have none, oldest first.
  static func openFindings(at school: URN, in db: Database) throws -> [OpenFinding] {
    try db.rows(
      """
      SELECT f.number, f.registration, f.kind, f.became FROM findings f
      JOIN registrations r ON r.number = f.registration
      WHERE r.school = ? AND f.lapsed_millis IS NULL AND f.kind IN (?, ?)
        AND NOT EXISTS (SELECT 1 FROM returns t WHERE t.finding = f.number)
      ORDER BY f.became, f.number
      """, [school, FindingKind.tenDayAbsence.rawValue, FindingKind.fifteenDaySickness.rawValue]
    ).map(finding)
  }

  /// An open finding.
  static func openFinding(_ number: Int64, in db: Database) throws -> OpenFinding? {
    try db.row(
      "SELECT number, registration, kind, became FROM findings WHERE number = ? AND lapsed_millis IS NULL", [number]
    ).map(finding)
  }

  /// The newest open finding of a kind of a child's time on a roll.
  static func newestFinding(_ kind: FindingKind, of registration: Int64, in db: Database) throws -> OpenFinding? {
    try db.row(
      """
      SELECT number, registration, kind, became FROM findings
      WHERE registration = ? AND kind = ? AND lapsed_millis IS NULL ORDER BY became DESC, number DESC LIMIT 1
      """, [registration, kind.rawValue]
    ).map(finding)
  }

  static func add(
    _ kind: ReturnKind, of registration: Int64, finding: Int64?, dueOn: Day?, filedOn: Day, note: String,
    in unit: UnitOfWork
  ) throws -> StoredReturn {
    try unit.db.run(
      """
      INSERT INTO returns (registration, kind, finding, due_on, filed_on, note, at_millis, actor, role)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        registration, kind.rawValue, finding, dueOn, filedOn, note, unit.at, unit.caller.subject,
        unit.caller.role.rawValue,
      ])
    return StoredReturn(
      number: unit.db.lastInsertedRowID, registration: registration, kind: kind, finding: finding, dueOn: dueOn,
      filedOn: filedOn, note: note)
  }

  private static func finding(_ row: Row) throws -> OpenFinding {
    let kind: FindingKind = try row.get("kind")
    return OpenFinding(
      number: row["number"], registration: row["registration"], kind: kind, became: try row.get("became"))
  }

  private static func stored(_ row: Row) throws -> StoredReturn {
    let kind: ReturnKind = try row.get("kind")
    return StoredReturn(
      number: row["number"], registration: row["registration"], kind: kind, finding: row["finding"],
      dueOn: try row.get("due_on"), filedOn: try row.get("filed_on"),
      note: row["note"])
  }
}
