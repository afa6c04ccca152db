import Contracts
import EnforcementDomain
import GRDB
import Messaging
import Rulebook

/// What of a notice the money rests on.
struct PayableNotice: Sendable {
  let number: DocumentNumber
  let school: URN
  let issued: Day
  /// `nil` while its service is not on record.
  let period: NoticePeriod?
  let withdrawnOn: Day?
}

/// The notices that money can be for.
protocol NoticeLookup: Sendable {
  func notice(_ number: DocumentNumber, in db: Database) throws -> PayableNotice?
  /// The money of a notice changed.
  func moneyChanged(on number: DocumentNumber, in unit: UnitOfWork) throws
}
