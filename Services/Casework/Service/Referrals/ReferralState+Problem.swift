public import CaseworkDomain
import HTTPTypes
public import ServiceKit

extension ReferralState.Refusal: ProblemError {
  /// The refusal as a caller sees it.
  public var problem: Problem? {
    switch self {
    case .notFromHere: .conflict("referral-sent", "This cannot be done in the current state of the referral")
    case .returnedBefore: .conflict("returned-before", "A referral is returned once")
    case .safeguardingBlank:
      .conflict("safeguarding-blank", "Answer the safeguarding question before you send this referral")
    }
  }
}
