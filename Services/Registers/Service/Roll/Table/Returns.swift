import Contracts
import GRDB
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// A return that a school filed.
struct FiledReturn: StoredRow, Listed {
  struct Head: Codable, Sendable {
    let school: URN
    let expected: [ExpectedReturn]
  }

  static let list = "filed"
  static let cursor = "before"

  let number: Int64
  let pupil: PupilID
  let kind: ReturnKind
  let filedOn: Day
  let dueOn: Day?
  /// The finding that it answers.
  let finding: String?
  let note: String

  /// What is owed, where that was asked for.
  static func sheet(of page: Page<Self>) throws -> (name: String, bytes: [UInt8]) {
    let owed = page.head.expected
    return ("returns", try owed.isEmpty ? LineTable.bytes(page.lines) : LineTable.bytes(owed))
  }
}

/// A return that is expected.
struct ExpectedReturn: Codable, Sendable {
  let pupil: PupilID
  let kind: ReturnKind
  let dueOn: Day
  let finding: String?
}

/// The table of returns, and what they answer.
enum Returns {
  /// A finding that asks for a return and has none.
  struct OpenFinding: StoredRow, Sendable {
    let number: Int64
    let registration: Int64
    let kind: FindingKind
    let became: Day

    var dueOn: Day? { ReturnExpectations.due(kind, became: became) }
  }

  private static let returns = """
    SELECT t.number, p.id AS pupil, t.kind, t.filed_on, t.due_on, 'f' || t.finding AS finding, t.note FROM returns t
    JOIN registrations r ON r.number = t.registration JOIN pupils p ON p.number = r.pupil\u{20}
    """
  private static let findings = "SELECT f.number, f.registration, f.kind, f.became FROM findings f "

  /// The returns of a child's time on a roll.
  static func filed(_ registration: Int64, in db: Database) throws -> [FiledReturn] {
    try db.all(returns + "WHERE t.registration = ? ORDER BY t.number", [registration])
  }

  /// The returns of a school, newest first.
  static func filed(at school: URN, before number: Int64?, limit: Int, in db: Database) throws -> [FiledReturn] {
    try db.all(
      returns + "WHERE r.school = ? AND t.number < ? ORDER BY t.number DESC LIMIT ?", [school, number ?? .max, limit])
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
    try db.all(
      findings + """
        JOIN registrations r ON r.number = f.registration
        WHERE r.school = ? AND f.lapsed_millis IS NULL AND f.kind IN (?, ?)
          AND NOT EXISTS (SELECT 1 FROM returns t WHERE t.finding = f.number)
        ORDER BY f.became, f.number
        """, [school, FindingKind.tenDayAbsence.rawValue, FindingKind.fifteenDaySickness.rawValue])
  }

  /// An open finding.
  static func openFinding(_ number: Int64, in db: Database) throws -> OpenFinding? {
    try db.first(findings + "WHERE f.number = ? AND f.lapsed_millis IS NULL", [number])
  }

  /// The newest open finding of a kind of a child's time on a roll.
  static func newestFinding(_ kind: FindingKind, of registration: Int64, in db: Database) throws -> OpenFinding? {
    try db.first(
      findings + """
        WHERE f.registration = ? AND f.kind = ? AND f.lapsed_millis IS NULL
        ORDER BY f.became DESC, f.number DESC LIMIT 1
        """, [registration, kind.rawValue])
  }
}

extension ReturnExpectations {
  /// Of everyone who is or was on a school's roll.
  init(_ lines: [Pupils.Line], at school: URN, in db: Database) throws {
    self.init(places: lines.map(\.place), calendars: try Schools.calendars(of: school, in: db))
  }
}

extension Pupils.Line {
  /// What the school's returns of the child depend on.
  var place: ReturnExpectations.Place {
    ReturnExpectations.Place(
      enteredOn: registration.enteredOn ?? registration.enrolledOn, leftOn: registration.leftOn,
      deletedOn: registration.deletedOn, yearGroup: pupil.yearGroup.flatMap { YearGroup($0) },
      stated: pupil.yearGroupYear)
  }
}
