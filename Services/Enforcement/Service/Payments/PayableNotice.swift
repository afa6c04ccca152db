import Contracts
import EnforcementDomain
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
