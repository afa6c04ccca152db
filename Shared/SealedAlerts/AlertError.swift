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
  /// Sent later than now.
  case early
  /// Sent longer ago than alerts are read.
  case late
  /// The content does not fit into an alert, or breaks a limit.
  case beyondLimits
  /// The answer to a blind question was not made with the key that the directory has.
  case unproven
}
