/// Why a case is closed (`casework.md` 18). The raw values are the answers that the closing act takes.
public enum Closing: String, Sendable, Hashable, Codable, CaseIterable {
  /// Target, or the closing figure, over the closing window, with two reviews.
  case sustained
  /// Better than at referral, and the plan has ended.
  case partial
  /// All stages were tried or declined; the next owner is named.
  case noImprovement = "no-improvement"
  /// Enforcement took the case and ended it.
  case escalated
  /// Voluntary help was refused and there is no statutory ground.
  case declined
  /// Another service or authority has accepted.
  case transferred
  /// The child moved: the destination is known, or a case of a child missing education is open.
  case moved
  /// The last day of compulsory school age has passed.
  case overSchoolAge = "over-school-age"
  /// The wrong child, or a case that was there already.
  case error

  /// Whether the closing says something of the work: moves, age and errors do not.
  public var countsInGain: Bool {
    switch self {
    case .sustained, .partial, .noImprovement, .escalated, .declined, .transferred: true
    case .moved, .overSchoolAge, .error: false
    }
  }

  /// Whether a referral soon after it is reported as one that came back.
  public var countsInReReferral: Bool {
    switch self {
    case .sustained, .partial, .noImprovement, .escalated, .declined: true
    case .transferred, .moved, .overSchoolAge, .error: false
    }
  }
}
