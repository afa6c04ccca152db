import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Letters
import LicensingDomain
import Messaging
import Rulebook
import ServiceKit

/// Inspections: what is known from the record of the visit and the letters.
struct InspectionCases: CaseProgram {
  typealias Kind = Inspection

  func facts(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> Facts<Kind.Fact> {
    let isTold =
      try Bool.fetchOne(
        unit.db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM documents WHERE matter = ? AND kind = ?)"),
        arguments: [stored.id, InspectionFindingsLetter.id]) ?? false
    return Facts([
      .recorded: .flag(try InspectionBook.record(of: stored.number, in: unit.db) != nil), .told: .flag(isTold),
    ])
  }

  func calendar(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }
  func happened(_ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {}
}

extension InspectionCases: LetterProgram {
  // Nobody shows a letter of findings to others.
  static let document = ""
  static let grants: Set<Inspection.Act> = []
  static let inForce: Set<Inspection.State> = []

  func letter(_ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork) throws -> any Letter {
    guard form.letter == .findings, [.visited, .told].contains(stored.file.state),
      let visit = try InspectionBook.visit(stored.number, in: unit.db),
      let record = try InspectionBook.record(of: stored.number, in: unit.db),
      let decision = stored.file.decisions.last
    else { throw LetterForm.notNow }
    return InspectionFindingsLetter(
      place: visit.place, on: decision.on, outcome: (decision.grounds.text(.outcome) ?? "").replacing("-", with: " "),
      findings: record.findings.map {
        TimesRow(when: [$0.rule, $0.time.map { "\($0)" }].compactMap { $0 }.joined(separator: ", "), times: $0.words)
      }, followUp: stored.file.stated.day(.followUp))
  }
}

/// What is inspected, where and how.
struct InspectionVisit: Codable, Sendable {
  enum Kind: String, Codable, Sendable, CaseIterable { case workplace, performance, rehearsal, premises }

  let kind: Kind
  let isUnannounced: Bool
  /// The case of a permit, a licence or an approval, or a party of the register.
  let subject: String
  let place: String
}

/// Inspections as they are kept: the plan, and every version of the record.
enum InspectionBook {
  static func add(_ visit: InspectionVisit, of number: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO inspection (case_number, version, json) VALUES (?, 0, ?)")
      .execute(arguments: [number, try json(visit)])
  }

  static func add(_ record: InspectionRecord, of number: Int64, in db: Database) throws -> Int {
    let version =
      try Int.fetchOne(db, sql: "SELECT max(version) + 1 FROM inspection WHERE case_number = ?", arguments: [number])
      ?? 1
    try db.cachedStatement(sql: "INSERT INTO inspection (case_number, version, json) VALUES (?, ?, ?)")
      .execute(arguments: [number, version, try json(record)])
    return version
  }

  static func visit(_ number: Int64, in db: Database) throws -> InspectionVisit? {
    try read("version = 0", number, db)
  }

  static func record(of number: Int64, in db: Database) throws -> InspectionRecord? {
    try read("version > 0", number, db)
  }

  private static func read<Value: Decodable>(_ condition: String, _ number: Int64, _ db: Database) throws -> Value? {
    try String.fetchOne(
      db.cachedStatement(
        sql: "SELECT json FROM inspection WHERE case_number = ? AND \(condition) ORDER BY version DESC LIMIT 1"),
      arguments: [number]
    ).map { try JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// The findings of a visit, in writing.
struct InspectionFindingsLetter: Letter {
  let place: String
  let on: Day
  let outcome: String
  let findings: [TimesRow]
  let followUp: Day?

  static let id = "licensing.inspection-findings"

  private static let source = "LIC-17"

  static let particulars: [Particular<Self>] = [
    .text("place", source) { $0.place }, .text("visitedOn", source) { $0.on.inWordsWithWeekday },
    .text("outcome", source) { $0.outcome }, .list("findings", source, of: \.findings, TimesRow.parts),
    .group("followUp", source, of: \.followUp, [.text("rightBy", source) { $0.inWordsWithWeekday }]),
    .statement("answer", source),
  ]

  static let template = """
    id: licensing.inspection-findings
    version: 1
    title: What we found when we visited
    ---
    <p>We visited {{place}} and recorded the outcome on {{visitedOn}}: {{outcome}}.</p>
    <table><caption>What we found</caption><tbody>
    {{#findings}}<tr><th scope="row">{{when}}</th><td>{{times}}</td></tr>{{/findings}}
    </tbody></table>
    {{^findings}}<p>We found nothing that breaks a rule.</p>{{/findings}}
    {{#followUp}}<p>Put this right by {{rightBy}}. We will look again.</p>{{/followUp}}
    {{#answer}}<p>If you think that something here is wrong, write to us.</p>{{/answer}}
    """
}
