import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import GRDB
import Rulebook

/// The enquiries for children, as they are kept.
enum Enquiries {
  /// What both sides say beside the enquiries.
  struct Statement: Hashable, Sendable {
    let ground: DeletionGround
    let finding: Certificate.Statement.Finding
    let isUnavoidable, areDaysShown: Bool
    /// The officer of the school, by name of office and never of person.
    let schoolOfficer: String
    /// Who signed for the school, by an opaque identifier; `nil` until somebody has.
    var schoolSignedBy: String?
  }

  /// Signs for the school what both sides say, as it was said last.
  static func sign(_ number: Int64, by officer: String, at moment: Timestamp, in db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE enquiry_statement SET school_signed_by = ?, school_signed_millis = ? WHERE case_number = ?"
    ).execute(arguments: [officer, moment.millis, number])
  }

  static func add(
    _ check: Enquiry.Check, evidence: String, to number: Int64, by officer: String, at moment: Timestamp,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO enquiry_check (case_number, item, part, asked_on, result, evidence, officer, at_millis)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      number, check.item, check.part.rawValue, check.askedOn.ordinal, check.result?.rawValue, evidence, officer,
      moment.millis,
    ])
  }

  /// The checks of a search in the order in which they were written down.
  static func checks(of number: Int64, in db: Database) throws -> [Enquiry.Check] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT item, part, asked_on, result FROM enquiry_check WHERE case_number = ? ORDER BY id"),
      arguments: [number]
    ).compactMap { row in
      EnquiryPart(rawValue: row[1]).map {
        .init(
          item: row[0], part: $0, askedOn: Day(ordinal: row[2]),
          result: (row[3] as String?).flatMap(Enquiry.Check.Result.init))
      }
    }
  }

  static func save(
    _ statement: Statement, of number: Int64, by officer: String, at moment: Timestamp, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO enquiry_statement
          (case_number, ground, finding, unavoidable, days_shown, school_officer, officer, at_millis)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      number, statement.ground.rawValue, statement.finding.rawValue, statement.isUnavoidable, statement.areDaysShown,
      statement.schoolOfficer, officer, moment.millis,
    ])
  }

  static func statement(of number: Int64, in db: Database) throws -> Statement? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT ground, finding, unavoidable, days_shown, school_officer, school_signed_by FROM enquiry_statement
          WHERE case_number = ?
          """), arguments: [number]
    ).flatMap { row in
      guard let ground = DeletionGround(rawValue: row[0]), let finding = Certificate.Statement.Finding(rawValue: row[1])
      else { return nil }
      return Statement(
        ground: ground, finding: finding, isUnavoidable: row[2], areDaysShown: row[3], schoolOfficer: row[4],
        schoolSignedBy: row[5])
    }
  }

  /// The enquiries of a search.
  static func enquiry(of stored: StoredCase<MissingChild>, began: Day, in db: Database) throws -> Enquiry {
    Enquiry(
      opened: began, ground: try statement(of: stored.number, in: db)?.ground,
      checks: try checks(of: stored.number, in: db))
  }

  /// What could be certified, or what keeps it back; `nil` before both sides have said anything.
  static func judge(
    _ enquiry: Enquiry, of stored: StoredCase<MissingChild>, on day: Day, in db: Database
  ) throws -> (certificate: Certificate?, obstacles: [Certificate.Obstacle])? {
    try statement(of: stored.number, in: db).map {
      Certificate.judge(
        enquiry,
        .init(
          $0.finding, isSafeguardingAnswered: stored.file.stated[.safeguarding] != nil, isUnavoidable: $0.isUnavoidable,
          areDaysShown: $0.areDaysShown, hasSchoolOfficer: !$0.schoolOfficer.isEmpty && $0.schoolSignedBy != nil,
          // Whoever stated it for the authority signed it so.
          hasAuthorityOfficer: true),
        on: day)
    }
  }
}
