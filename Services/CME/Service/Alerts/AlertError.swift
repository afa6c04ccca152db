/// Why an alert cannot be sealed or is refused. Texts hold nothing of a child, a family or a key.
public enum AlertError: Error, Hashable, Sendable {
  /// Not of the length and shape of any alert.
  case malformed
  /// Of a version that this program does not read.
  case unknownVersion
  /// For another authority.
  case notForUs
  /// The directory has no key of the authority that is in force.
  case noKey(AlertKeyUse)
  /// The directory has no such key of the sender.
  case unknownKey(AlertKeyUse)
  /// The key was not in force when the alert was sent, or has been retired for too long.
  case keyNotInForce(AlertKeyUse)
  /// The signature is not the sender's, or something in the alert was changed.
  case forged
  /// Sealed to another key, or changed by the sender after sealing.
  case undecipherable
  /// An alert that was read before.
  case replayed
  /// Alerts before it are missing.
  case outOfOrder(expected: Int64)
  /// It does not follow the alert that was read before it, although its number does: the sender's history branched.
  case branched
  /// Sent later than now, or longer ago than alerts are read.
  case untimely
  /// The content does not fit into an alert, or breaks a limit.
  case beyondLimits
  /// The answer to a blind question was not made with the key that the directory has.
  case unproven
}
