import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import LicensingDomain
import Messaging
import RollCopy
import Rulebook

/// What a program of permits or licences adds to its kind of case: the application, and the check of it.
protocol ApplicationProgram: CaseProgram {
  associatedtype Application: Codable & Sendable

  /// The employer or licence holder that an application names, and what it must be.
  static var party: (kind: Party.Kind, id: @Sendable (Application) -> String) { get }
  /// The act that enters an application.
  static var opening: Kind.Act { get }

  /// Why an application cannot be entered: a field and what is wrong.
  func faults(of application: Application) -> [(field: String, text: String)]

  /// An application was entered, or entered anew.
  func entered(_ application: Application, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws

  /// What the rules say of an application; the program decides nothing by it.
  ///
  /// - Parameter number: the case whose application it is; `nil` before it is entered.
  func check(
    _ application: Application, of pupil: PupilID, at school: URN?, in case: Int64?, _ unit: UnitOfWork
  ) throws -> ApplicationCheck
}

extension CaseProgram {
  /// Whose concern a child is on the day, as far as licensing keeps it: its virtual school alone may be told.
  func concerns(of pupil: PupilID, _ unit: UnitOfWork) throws -> [Concern] {
    try Roll.concerns(of: pupil, on: unit.today, in: unit.db)
  }
}

/// What the rules say of an application.
struct ApplicationCheck: Codable, Sendable {
  struct Missing: Codable, Sendable {
    let item: String
    /// As the letter names it.
    let words: String
  }

  /// The rules that it breaks, each on its first day.
  let breaches: [RuleBreach]
  let missing: [Missing]
  /// Why a licence is needed or not; absent for permits.
  let basis: String?
  /// Whether it came too late; absent for permits.
  let late: Bool?
  /// What an officer should know beside, such as school hours that are assumed.
  let notes: [String]
}

/// Applications as they are kept: every version of each.
enum ApplicationBook {
  static func add(
    _ application: some Encodable, of pupil: PupilID, from party: String, to number: Int64, in unit: UnitOfWork
  ) throws -> Int {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let version =
      try Int.fetchOne(
        unit.db.cachedStatement(sql: "SELECT max(version) + 1 FROM application WHERE case_number = ?"),
        arguments: [number]) ?? 1
    try unit.db.cachedStatement(
      sql: "INSERT INTO application (case_number, version, pupil, party, on_day, json) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      number, version, pupil.text, party, unit.today.ordinal,
      String(decoding: try encoder.encode(application), as: UTF8.self),
    ])
    return version
  }

  /// The version that counts; `nil` while none is entered.
  static func current<Application: Decodable>(
    _: Application.Type = Application.self, of number: Int64, in db: Database
  ) throws -> (version: Int, application: Application)? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT version, json FROM application WHERE case_number = ? ORDER BY version DESC LIMIT 1"),
      arguments: [number]
    ).map { row in
      (row[0], try JSONDecoder().decode(Application.self, from: Data((row[1] as String).utf8)))
    }
  }

  /// The children with a permit's application for a workplace of an authority.
  static func pupils(workingAt authority: String, in db: Database) throws -> [PupilID] {
    try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT DISTINCT a.pupil FROM application a JOIN case_file f ON f.number = a.case_number
          WHERE f.kind = ? AND f.is_open = 1 AND a.json ->> 'authority' = ? ORDER BY a.pupil
          """), arguments: [WorkPermit.name, authority]
    ).compactMap { PupilID($0) }
  }

  /// The children of a school with an open permit.
  static func pupils(withPermitsAt school: URN, in db: Database) throws -> [PupilID] {
    try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT DISTINCT pupil FROM case_file WHERE kind = ? AND is_open = 1 AND school = ? ORDER BY pupil"),
      arguments: [WorkPermit.name, school.text]
    ).compactMap { PupilID($0) }
  }

  /// The licences whose application, as it counts, names a chaperone.
  static func licences(naming chaperone: String, in db: Database) throws -> [StoredCase<PerformanceLicence>] {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT a.case_number FROM application a JOIN case_file f ON f.number = a.case_number
          WHERE f.kind = ?1 AND f.is_open = 1
            AND a.version = (SELECT max(version) FROM application WHERE case_number = a.case_number)
            AND EXISTS (SELECT 1 FROM json_each(a.json, '$.days') d, json_each(d.value, '$.chaperones') c
              WHERE c.value ->> 'chaperone' = ?2)
          ORDER BY a.case_number
          """), arguments: [PerformanceLicence.name, chaperone]
    ).compactMap { try Cases<PerformanceLicence>.find("c\($0)", in: db) }
  }

  /// How many versions there are.
  static func count(in db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM application")) ?? 0
  }
}
