import NotifierDomain
import Rulebook

/// Why something that a person asked of the notifier was not done.
enum NotifierError: Error, Hashable, Sendable {
  /// There is no such subscription, or it was deleted.
  case subscriptionNotFound
  /// The request for a subscription is wrong or asks for more than the policy allows.
  case refused(Faults)
  /// The subscription is not suspended.
  case notSuspended
  /// The sharing agreement has ended: a new subscription under a new agreement is needed.
  case agreementEnded
  /// The range to replay is empty or turned round.
  case emptyRange
  /// The range holds more messages than one replay sends.
  case rangeTooLarge
  /// A receiver was tested a moment ago, or too many are tested at once.
  case testedTooOften(retryAfterSeconds: Int)
  /// Another key would make too many that sign at once.
  case tooManyKeys
}
