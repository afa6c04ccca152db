import Contracts
import Crypto
import Foundation
import GRDB
import Letters
import LicensingDomain
import Messaging
import Rulebook
import ServiceKit

/// What applicants sent, as it is kept until an officer takes it over. Keys and codes are kept as digests.
enum DraftBook {
  enum State: String, Codable, Sendable, CaseIterable { case unconfirmed, confirmed, taken, closed, lapsed }

  enum Kind: String, Codable, Sendable, CaseIterable {
    case permit = "work-permit"
    case licence = "performance-licence"
  }

  struct Stored: Sendable {
    let number: Int64
    let state: State
    let kind: Kind
    let on: Day
    let confirmedOn: Day?
    let tries, sent: Int
    let codeDigest: String
    let caseNumber: Int64?
    /// `nil` once it is taken over, closed or lapsed.
    let form: ApplicantForm?
  }

  static func digest(_ text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Whether there is room for another draft from an address.
  static func hasRoom(for email: String, under terms: ApplicantTerms, in db: Database) throws -> Bool {
    func count(_ condition: String, _ arguments: StatementArguments) throws -> Int {
      try Int.fetchOne(db, sql: "SELECT count(*) FROM draft WHERE \(condition)", arguments: arguments) ?? 0
    }
    return try count("state = 'unconfirmed' AND email_digest = ?", [digest(email)]) < terms.waitingOfOne
      && count("state = 'unconfirmed'", []) < terms.waitingOfAll
      && count("state = 'confirmed'", []) < terms.waitingForOfficers
  }

  static func add(_ form: ApplicantForm, key: String, code: String, in unit: UnitOfWork) throws -> Int64 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO draft (key_digest, code_digest, email_digest, state, kind, on_day, json)
        VALUES (?, ?, ?, 'unconfirmed', ?, ?, ?)
        """
    ).execute(arguments: [
      digest(key), digest(code), digest(form.applicant.email.lowercased()),
      (form.permit == nil ? Kind.licence : .permit).rawValue, unit.today.ordinal,
      String(decoding: try encoder.encode(form), as: UTF8.self),
    ])
    return unit.db.lastInsertedRowID
  }

  static func find(key: String, in db: Database) throws -> Stored? {
    guard let key = CheckMark.code(key) else { return nil }
    return try find("key_digest = ?", [digest(key)], db)
  }

  static func find(_ number: Int64, in db: Database) throws -> Stored? { try find("number = ?", [number], db) }

  private static func find(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> Stored? {
    try Row.fetchOne(db, sql: "SELECT * FROM draft WHERE \(condition)", arguments: arguments).flatMap(stored)
  }

  static func page(after number: Int64, limit: Int, in db: Database) throws -> [Stored] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM draft WHERE state = 'confirmed' AND number > ? ORDER BY number LIMIT ?",
      arguments: [number, limit]
    ).compactMap(stored)
  }

  private static func stored(_ row: Row) throws -> Stored? {
    guard let state = State(rawValue: row["state"]), let kind = Kind(rawValue: row["kind"]) else { return nil }
    return Stored(
      number: row["number"], state: state, kind: kind, on: Day(ordinal: row["on_day"]),
      confirmedOn: (row["confirmed_day"] as Int32?).map(Day.init(ordinal:)), tries: row["tries"], sent: row["sent"],
      codeDigest: row["code_digest"], caseNumber: row["case_number"],
      form: try (row["json"] as String?).map { try JSONDecoder().decode(ApplicantForm.self, from: Data($0.utf8)) })
  }

  static func note(try number: Int64, in db: Database) throws {
    try db.execute(sql: "UPDATE draft SET tries = tries + 1 WHERE number = ?", arguments: [number])
  }

  static func renew(_ code: String, of number: Int64, in db: Database) throws {
    try db.execute(
      sql: "UPDATE draft SET code_digest = ?, sent = sent + 1, tries = 0 WHERE number = ?",
      arguments: [digest(code), number])
  }

  static func confirm(_ number: Int64, on day: Day, in db: Database) throws {
    try db.execute(
      sql: "UPDATE draft SET state = 'confirmed', confirmed_day = ? WHERE number = ?", arguments: [day.ordinal, number])
  }

  /// Ends a draft: its contents and files are forgotten.
  ///
  /// - Returns: the files that nothing names any more.
  static func end(_ number: Int64, as state: State, case caseNumber: Int64? = nil, in db: Database) throws -> [String] {
    let digests = try String.fetchAll(
      db, sql: "SELECT DISTINCT digest FROM draft_document WHERE draft = ?", arguments: [number])
    try db.execute(sql: "DELETE FROM draft_document WHERE draft = ?", arguments: [number])
    try db.execute(
      sql: "UPDATE draft SET state = ?, json = NULL, case_number = ? WHERE number = ?",
      arguments: [state.rawValue, caseNumber, number])
    return try digests.filter { digest in
      try Int.fetchOne(
        db,
        sql:
          "SELECT (SELECT count(*) FROM upload WHERE digest = ?1) + (SELECT count(*) FROM draft_document WHERE digest = ?1)",
        arguments: [digest]) == 0
    }
  }
}

extension DraftBook {
  /// The row of the timetable that forgets a draft unless it is confirmed before.
  static func row(_ number: Int64) -> String { "draft \(number)" }

  /// Runs a row of the timetable. A draft that nobody confirmed has no files.
  ///
  /// - Returns: whether it is a draft's.
  static func lapse(_ name: String, in unit: UnitOfWork) throws -> Bool {
    let words = name.split(separator: " ")
    guard words.count == 2, words[0] == "draft", let number = Int64(words[1]) else { return false }
    guard try find(number, in: unit.db)?.state == .unconfirmed else { return true }
    _ = try end(number, as: .lapsed, in: unit.db)
    return true
  }
}

/// The files of a draft.
enum DraftDocuments {
  struct Stored: Sendable {
    let number: Int64
    let document: LicenceApplication.Document
    let digest: String
    let kind: UploadStore.Kind
  }

  static func add(
    _ document: LicenceApplication.Document, _ digest: String, _ kind: UploadStore.Kind, to draft: Int64,
    in db: Database
  ) throws -> Int64 {
    let number =
      try Int64.fetchOne(db, sql: "SELECT max(number) + 1 FROM draft_document WHERE draft = ?", arguments: [draft]) ?? 1
    try db.execute(
      sql: "INSERT INTO draft_document (draft, number, document, digest, media_type) VALUES (?, ?, ?, ?, ?)",
      arguments: [draft, number, document.rawValue, digest, kind.rawValue])
    return number
  }

  static func all(of draft: Int64, in db: Database) throws -> [Stored] {
    try Row.fetchAll(db, sql: "SELECT * FROM draft_document WHERE draft = ? ORDER BY number", arguments: [draft])
      .compactMap { row in
        guard let document = LicenceApplication.Document(rawValue: row["document"]),
          let kind = UploadStore.Kind(rawValue: row["media_type"])
        else { return nil }
        return Stored(number: row["number"], document: document, digest: row["digest"], kind: kind)
      }
  }
}
