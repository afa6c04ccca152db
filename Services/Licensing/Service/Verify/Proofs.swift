import CaseFlow
import CaseKit
import Foundation
import GRDB
import Letters
import LicensingDomain
import Messaging
import Rulebook

/// What whoever holds a permit, licence, card or approval may see of it: nothing about the child or the person.
struct Proof: Codable, Sendable {
  let from, until: Day
  /// Days and times, or other conditions, as they are printed.
  let conditions: [TimesRow]
}

/// A document that its holder shows to others.
protocol ProvenLetter: Letter {
  var proof: Proof { get }
}

/// A kind of case whose documents are shown to others.
protocol ProvenProgram: CaseProgram {
  /// What its document is called.
  static var document: String { get }
  /// The acts by which it counts, each time in a new form, and the states in which it does.
  static var grants: Set<Kind.Act> { get }
  static var inForce: Set<Kind.State> { get }
}

extension ProvenProgram {
  /// The decision by which the case counts now; `nil` while it does not.
  static func standing(_ file: CaseFile<Kind>) -> Int? {
    guard let state = file.state, inForce.contains(state) else { return nil }
    return file.decisions.last { grants.contains($0.act) && $0.stands }?.number
  }

  /// Whether a document of a decision still counts.
  static func isValid(_ number: Int64, by decision: Int, in db: Database) throws -> Bool {
    try Cases<Kind>.find("c\(number)", in: db).map { standing($0.file) == decision } ?? false
  }
}

extension PermitCases: ProvenProgram {
  static let document = "Work permit"
  static let grants: Set<WorkPermit.Act> = [.grant, .amend]
  static let inForce: Set<WorkPermit.State> = [.granted]
}

extension LicenceCases: ProvenProgram {
  static let document = "Licence for a child to perform"
  static let grants: Set<PerformanceLicence.Act> = [.grant, .vary, .allow]
  static let inForce: Set<PerformanceLicence.State> = [.granted]
}

extension ChaperoneCases: ProvenProgram {
  static let document = "Approved chaperone"
  static let grants: Set<ChaperoneApproval.Act> = [.approve, .renew]
  static let inForce: Set<ChaperoneApproval.State> = [.approved]
}

extension BodyCases: ProvenProgram {
  static let document = "Approved body of persons"
  static let grants: Set<BodyApproval.Act> = [.approve]
  static let inForce: Set<BodyApproval.State> = [.approved]
}

/// The codes of documents that were issued: only inserted. What a code says is looked up in the case each time, so that a
/// revocation counts at once.
enum ProofBook {
  static func add(
    _ mark: CheckMark, _ proof: Proof, of document: String, in number: Int64, by decision: Int, _ unit: UnitOfWork
  ) throws {
    try unit.db.cachedStatement(
      sql: "INSERT INTO proof (code, document, case_number, decision, json) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [
      mark.code, document, number, decision, String(decoding: try JSONEncoder().encode(proof), as: UTF8.self),
    ])
  }

  /// What a code is answered with.
  struct Answer: Sendable {
    let title, document: String
    let isValid: Bool
    let proof: Proof
  }

  /// `nil` for a code that no document has.
  static func answer(_ code: String, on day: Day, in db: Database) throws -> Answer? {
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(
          sql: """
            SELECT p.document, p.case_number, p.decision, p.json, f.kind, w.number IS NOT NULL AS withdrawn
            FROM proof p JOIN case_file f ON f.number = p.case_number
            LEFT JOIN document_withdrawals w ON w.number = p.document WHERE p.code = ?
            """), arguments: [code])
    else { return nil }
    let proof = try JSONDecoder().decode(Proof.self, from: Data((row["json"] as String).utf8))
    let (number, decision) = (row["case_number"] as Int64, row["decision"] as Int)
    let (title, counts): (String, Bool) =
      switch row["kind"] as String {
      case WorkPermit.name: (PermitCases.document, try PermitCases.isValid(number, by: decision, in: db))
      case PerformanceLicence.name: (LicenceCases.document, try LicenceCases.isValid(number, by: decision, in: db))
      case ChaperoneApproval.name: (ChaperoneCases.document, try ChaperoneCases.isValid(number, by: decision, in: db))
      default: (BodyCases.document, try BodyCases.isValid(number, by: decision, in: db))
      }
    let isInTime = DayRange(first: proof.from, last: proof.until).contains(day)
    return Answer(
      title: title, document: row["document"], isValid: counts && isInTime && !(row["withdrawn"] as Bool), proof: proof)
  }
}
