import Contracts
import Foundation
import GRDB
import ServiceKit

/// Every statement about a child as it was made: append-only, in the transaction of what it changed, with an entry in
/// the audit log beside those of the reads.
enum AdmissionLog {
  /// What a statement is about.
  enum Kind: String, CaseIterable {
    case entry, contact, siblings, flag, merged, withdrawn
    /// Something was put before an officer, and what the officer decided.
    case proposed, decided
    /// A protection does not stand any more.
    case protection
  }

  static func append(
    _ kind: Kind, pupil: Int64, registration: Int64? = nil, _ statement: some Encodable, by writer: Writer,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO admission_log (pupil, registration, kind, statement, at_millis, actor, role)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      pupil, registration, kind.rawValue, String(decoding: try encodeAnswer(statement), as: UTF8.self),
      writer.at.millis, writer.caller.subject, writer.caller.role.rawValue,
    ])
    try RegisterDesk.auditWrite("pupil.\(kind.rawValue).written", pupil: pupil, by: writer, in: db)
  }
}
