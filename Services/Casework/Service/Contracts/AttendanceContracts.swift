import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

/// What casework adds to attendance contracts: what the sessions of the period say, and what it publishes.
struct AttendanceContracts: CaseProgram {
  typealias Kind = AttendanceContract

  let figures: CaseFigures

  func facts(
    of stored: StoredCase<AttendanceContract>, in unit: UnitOfWork
  ) throws -> Facts<AttendanceContract.Fact> {
    guard let last = stored.file.stated.day(.lastDay) else { return Facts() }
    let result = try result(of: stored, in: unit.db)
    return Facts([
      .isOver: .flag(last < unit.today), .result: .text((result?.result.outcome ?? .notMeasurable).rawValue),
    ])
  }

  /// What the sessions of a contract's period say of its target, with the figures; `nil` before it is offered.
  func result(
    of stored: StoredCase<AttendanceContract>, in db: Database
  ) throws -> (result: ContractResult, baseline: Attended, achieved: Attended)? {
    let stated = stored.file.stated
    guard let school = stored.school, let first = stated.day(.firstDay), let last = stated.day(.lastDay),
      let target = stated.text(.target).flatMap(Fraction.init(decimal:)),
      let terms = try ContractTerms.find(stored.id, in: db)
    else { return nil }
    let baseline = try CaseFigures.latest(.contract, of: terms.caseNumber, for: stored.number, in: db)?.attended
    let days = try Roll.calendar(ofSchool: school, in: db)?.schoolDays.filter { first <= $0 && $0 <= last } ?? []
    let achieved = try figures.attended(stored.pupil, at: school, on: days, in: db)
    let before = baseline ?? Attended([], codes: .england)
    return (ContractResult(target: target, baseline: before, achieved: achieved), before, achieved)
  }

  func calendar(of stored: StoredCase<AttendanceContract>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(
    _ entry: Entry<AttendanceContract>, in stored: StoredCase<AttendanceContract>, _ unit: UnitOfWork
  ) throws {
    guard case .acted(let act) = entry.what, let school = stored.school else { return }
    let concerns = try Roll.concerns(of: stored.pupil, on: entry.on, in: unit.db)
    switch act {
    case .offer:
      try unit.publish(
        ContractOffered(
          contract: stored.id, pupil: stored.pupil, school: school, offeredOn: entry.on, concerns: concerns),
        subject: stored.pupil.text)
    case .review, .findMet, .findPartMet, .findNotMet, .findNotMeasurable:
      let outcome = act == .review ? nil : entry.to.flatMap { ContractReviewed.Result(rawValue: $0.rawValue) }
      try unit.publish(
        ContractReviewed(
          contract: stored.id, pupil: stored.pupil, school: school, reviewedOn: entry.on, result: outcome,
          concerns: concerns),
        subject: stored.pupil.text)
    default: break
    }
    // Of an offer the terms are written after it.
    if act != .offer { try SupportBook.publish(of: stored.pupil, in: unit) }
  }
}

/// What a contract says beside its target and its days: frozen with the offer.
struct ContractTerms: Codable, Sendable {
  /// What each side undertakes, and what both said.
  struct Words: Codable, Hashable, Sendable {
    /// What the parent agrees to comply with.
    let requirements: [String]
    /// What the school or the authority gives or arranges.
    let support: [String]
    let childView, parentView: String
    /// What follows when it is not kept.
    let consequences: String
    let counselling: String?

    var faults: Faults {
      var faults = Faults()
      for (rows, pointer) in [(requirements, "/words/requirements"), (support, "/words/support")] {
        faults.require(1...20 ~= rows.count, pointer, "must have 1 to 20 rows")
        faults.require(
          rows.allSatisfy { 1...1_000 ~= $0.count }, pointer, "must be rows of 1 to 1000 characters")
      }
      for (text, pointer) in [
        (childView, "/words/childView"), (parentView, "/words/parentView"), (consequences, "/words/consequences"),
      ] { faults.require(1...4_000 ~= text.count, pointer, "must have 1 to 4000 characters") }
      faults.require(
        (counselling?.count ?? 0) <= 4_000, "/words/counselling", "must have at most 4000 characters")
      return faults
    }
  }

  let contract: String
  let caseNumber: Int64
  let parent: PersonID
  let target: String
  let words: Words

  /// The subject of which there is one open contract: the case and the parent.
  static func subject(_ number: Int64, _ parent: PersonID) -> String { "c\(number) \(parent.text)" }

  func insert(in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO contract (id, case_number, parent, target, words) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [contract, caseNumber, parent, target, String(json: words)])
  }

  static func find(_ contract: String, in db: Database) throws -> ContractTerms? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM contract WHERE id = ?"), arguments: [contract]).map(terms)
  }

  /// Those of a case, oldest first.
  static func all(ofCase number: Int64, in db: Database) throws -> [ContractTerms] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM contract WHERE case_number = ? ORDER BY rowid"), arguments: [number]
    ).map(terms)
  }

  private static func terms(_ row: Row) throws -> ContractTerms {
    ContractTerms(
      contract: row["id"], caseNumber: row["case_number"], parent: try row.get("parent"), target: row["target"],
      words: try JSONDecoder().decode(Words.self, from: Data((row["words"] as String).utf8)))
  }
}
