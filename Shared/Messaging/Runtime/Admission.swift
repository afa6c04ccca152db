public import Contracts
import ServiceKit

/// Whom a program keeps out although role and schools would let them in: an officer who has left, or who must not know of
/// a child. A program that has one gives it to its ``Transactions``; it is asked in the transaction of each request.
public protocol Admission: Sendable {
  /// - Throws: `Problem` for a caller who may do nothing here any more.
  func admit(_ unit: UnitOfWork) throws

  /// Whether the caller must not know of a child, by its opaque identifier as the audit log has it.
  func hides(_ subject: String, from unit: UnitOfWork) throws -> Bool

  /// Every child of whom the caller must not know; lists leave them out.
  func hidden(from unit: UnitOfWork) throws -> [PupilID]
}
