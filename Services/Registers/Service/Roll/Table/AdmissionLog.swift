import Contracts
import Foundation
import GRDB
import Messaging
import ServiceKit
import Store

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
    _ kind: Kind, pupil: Int64, registration: Int64? = nil, _ statement: some Encodable, in unit: UnitOfWork
  ) throws {
    try unit.db.run(
      """
      INSERT INTO admission_log (pupil, registration, kind, statement, at_millis, actor, role)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        pupil, registration, kind.rawValue, try String(json: statement), unit.at, unit.caller.subject,
        unit.caller.role.rawValue,
      ])
    try unit.audit(.pupilWritten(kind), ofPupil: pupil)
  }
}
