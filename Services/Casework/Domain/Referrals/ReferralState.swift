/// How far a referral is: draft, complete, received; triage may return it once.
public enum ReferralState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Something is missing.
  case draft
  /// Nothing is missing; it is not sent.
  case complete
  /// Sent, with the child matched: it is before triage, or linked to the child's open case.
  case received
  /// Triage wants more, once.
  case returned

  /// Why a step is refused.
  public enum Refusal: Error, Hashable, Sendable {
    /// The referral is not where the step applies.
    case notFromHere
    /// It was returned before.
    case returnedBefore
    /// The safeguarding question is blank.
    case safeguardingBlank
  }

  /// After the referrer has changed it.
  ///
  /// - Throws: ``Refusal/notFromHere`` once it is received.
  public func saved(isComplete: Bool) throws(Refusal) -> ReferralState {
    switch self {
    case .draft, .complete: isComplete ? .complete : .draft
    case .returned: .returned
    case .received: throw .notFromHere
    }
  }

  /// After it is sent.
  ///
  /// - Throws: ``Refusal``.
  public func sent(canBeSent: Bool) throws(Refusal) -> ReferralState {
    guard self != .received else { throw .notFromHere }
    guard canBeSent else { throw .safeguardingBlank }
    return .received
  }

  /// After triage has returned it.
  ///
  /// - Parameter before: whether it was returned before.
  /// - Throws: ``Refusal``.
  public func returned(before: Bool) throws(Refusal) -> ReferralState {
    guard self == .received else { throw .notFromHere }
    guard !before else { throw .returnedBefore }
    return .returned
  }
}
