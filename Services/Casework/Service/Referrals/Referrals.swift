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

/// The referrals that people sent, and what was missing when they did.
enum Referrals {
  /// A referral as it is kept.
  struct Stored: Sendable {
    let number: Int64
    let pupil: PupilID
    let school: URN
    var state: ReferralState
    var wasReturned: Bool
    var form: Referral
    /// What was missing when it was sent last.
    var gaps: [ReferralGap]
    /// The case that it opened, or that was open; `nil` before it is sent.
    var caseNumber: Int64?
    /// Whether the case was open already.
    var isDuplicate: Bool
    /// `nil` before it is sent.
    var sentOn: Day?
    /// Why triage returned it.
    var returnReason: String
    let madeBy: String

    var id: String { "r\(number)" }
  }

  static func insert(
    _ form: Referral, about pupil: PupilID, at school: URN, _ state: ReferralState, by caller: Caller, in db: Database
  ) throws -> Stored {
    try db.cachedStatement(
      sql: "INSERT INTO referral (pupil, school, route, state, form, made_by) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      pupil, school, form.route.rawValue, state.rawValue, String(json: form), caller.subject,
    ])
    return Stored(
      number: db.lastInsertedRowID, pupil: pupil, school: school, state: state, wasReturned: false, form: form,
      gaps: [], caseNumber: nil, isDuplicate: false, sentOn: nil, returnReason: "", madeBy: caller.subject)
  }

  static func save(_ stored: Stored, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE referral SET route = ?, state = ?, was_returned = ?, form = ?, gaps = ?, case_number = ?, is_duplicate = ?,
          sent_on = ?, return_reason = ? WHERE number = ?
        """
    ).execute(arguments: [
      stored.form.route.rawValue, stored.state.rawValue, stored.wasReturned, String(json: stored.form),
      String(json: stored.gaps), stored.caseNumber, stored.isDuplicate, stored.sentOn, stored.returnReason,
      stored.number,
    ])
  }

  /// - Throws: `Problem` not found unless there is such a referral and the caller may see it.
  static func find(_ id: String, for caller: Caller, in db: Database) throws -> Stored {
    guard id.hasPrefix("r"), let number = Int64(id.dropFirst()),
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT * FROM referral WHERE number = ?"), arguments: [number])
    else { throw Problem.notFound("Referral") }
    let stored = try stored(row)
    guard caller.maySee(stored.school),
      caller.role != .school || stored.form.route.isSchools || stored.madeBy == caller.subject
    else { throw Problem.notFound("Referral") }
    return stored
  }

  /// A page in the order of entry, of what a caller may see: a school sees the referrals that schools make, and its own.
  static func page(
    _ state: ReferralState?, for unit: UnitOfWork, after number: Int64, limit: Int
  ) throws -> [Stored] {
    let (db, caller, schools) = (unit.db, unit.caller, unit.caller.confinedTo)
    let marks = schools.map { "AND school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
    var arguments: StatementArguments = try [
      number, state?.rawValue, state?.rawValue, unit.hiddenPupils.list, caller.role != .school,
      String(json: ReferralRoute.allCases.filter(\.isSchools)), caller.subject,
    ]
    arguments += StatementArguments((schools ?? []).sorted())
    arguments += [limit]
    return try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM referral WHERE number > ? AND (? IS NULL OR state = ?)
          AND pupil NOT IN (SELECT value FROM json_each(?))
          AND (? OR route IN (SELECT value FROM json_each(?)) OR made_by = ?) \(marks) ORDER BY number LIMIT ?
        """, arguments: arguments
    ).map(stored)
  }

  /// The other referrals of the same child, oldest first.
  static func others(of stored: Stored, in db: Database) throws -> [String] {
    try Int64.fetchAll(
      db.cachedStatement(sql: "SELECT number FROM referral WHERE pupil = ? AND number <> ? ORDER BY number"),
      arguments: [stored.pupil, stored.number]
    ).map { "r\($0)" }
  }

  /// Those that were sent and belong to a case, oldest first.
  static func all(ofCase number: Int64, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT * FROM referral WHERE case_number = ? AND sent_on IS NOT NULL ORDER BY number"),
      arguments: [number]
    ).map(stored)
  }

  private static func stored(_ row: Row) throws -> Stored {
    guard let state = ReferralState(rawValue: row["state"]) else {
      throw ContractError.invalidData(path: "referral")
    }
    return Stored(
      number: row["number"], pupil: try row.get("pupil"), school: try row.get("school"), state: state,
      wasReturned: row["was_returned"], form: try decode(row["form"]), gaps: try decode(row["gaps"]),
      caseNumber: row["case_number"], isDuplicate: row["is_duplicate"], sentOn: try row.get("sent_on"),
      returnReason: row["return_reason"], madeBy: row["made_by"])
  }

  private static func decode<Value: Decodable>(_ json: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(json.utf8))
  }
}
