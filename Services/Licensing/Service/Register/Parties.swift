import CaseFlow
import CaseKit
import Foundation
import GRDB
import Letters
import LicensingDomain
import Rulebook

/// An employer, a licence holder, a chaperone or a body of persons. Their names are in no other program.
struct Party: Sendable {
  enum Kind: String, Codable, Sendable, CaseIterable {
    case employer
    case holder = "licence-holder"
    case chaperone, body
  }

  let number: Int64
  let kind: Kind
  let name: String
  let address: [String]
  let contact: String
  /// The number of the case of its approval.
  let caseNumber: Int64?

  var id: String { Self.id(number) }
  /// As letters are addressed to it.
  var recipient: Recipient { Recipient(id: id, name: name, address: address) }

  static let idPattern = "^party-[1-9][0-9]*$"
  static func id(_ number: Int64) -> String { "party-\(number)" }

  /// The number in an identifier; `nil` when it is none.
  static func number(_ id: String) -> Int64? {
    guard id.hasPrefix("party-"), let number = Int64(id.dropFirst(6)), Party.id(number) == id else { return nil }
    return number
  }
}

/// Questions to the register of parties.
enum Parties {
  static func add(
    _ kind: Party.Kind, name: String, address: [String], contact: String, in db: Database
  ) throws -> Party {
    let lines = String(decoding: try JSONEncoder().encode(address), as: UTF8.self)
    try db.cachedStatement(sql: "INSERT INTO party (kind, name, address, contact) VALUES (?, ?, ?, ?)")
      .execute(arguments: [kind.rawValue, name, lines, contact])
    return Party(
      number: db.lastInsertedRowID, kind: kind, name: name, address: address, contact: contact, caseNumber: nil)
  }

  static func file(_ number: Int64, under caseNumber: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE party SET case_number = ? WHERE number = ?")
      .execute(arguments: [caseNumber, number])
  }

  /// `nil` unless there is one of the kind.
  static func find(_ id: String, _ kind: Party.Kind, in db: Database) throws -> Party? {
    try Party.number(id).flatMap { number in
      try Row.fetchOne(
        db.cachedStatement(sql: "SELECT * FROM party WHERE number = ? AND kind = ?"),
        arguments: [number, kind.rawValue]
      ).flatMap(party)
    }
  }

  static func page(_ kind: Party.Kind, after number: Int64, limit: Int, in db: Database) throws -> [Party] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM party WHERE kind = ? AND number > ? ORDER BY number LIMIT ?"),
      arguments: [kind.rawValue, number, limit]
    ).compactMap(party)
  }

  private static func party(_ row: Row) throws -> Party? {
    guard let kind = Party.Kind(rawValue: row["kind"]) else { return nil }
    let address = try JSONDecoder().decode([String].self, from: Data((row["address"] as String).utf8))
    return Party(
      number: row["number"], kind: kind, name: row["name"], address: address, contact: row["contact"],
      caseNumber: row["case_number"])
  }

  /// The days for which a chaperone is approved; `nil` while it is not, or is suspended.
  static func approval(ofChaperone id: String, in db: Database) throws -> DayRange? {
    guard let party = try find(id, .chaperone, in: db), let number = party.caseNumber,
      let stored = try Cases<ChaperoneApproval>.find("c\(number)", in: db), stored.file.state == .approved,
      let from = stored.file.stated.day(.from), let until = stored.file.stated.day(.until)
    else { return nil }
    return DayRange(first: from, last: until)
  }
}
