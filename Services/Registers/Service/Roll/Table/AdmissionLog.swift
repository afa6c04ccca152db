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
    try unit.insert(
      "admission_log",
      [
        "pupil": pupil, "registration": registration, "kind": kind.rawValue, "statement": try String(json: statement),
      ])
    try unit.audit(.pupilWritten(kind), ofPupil: pupil)
  }
}
