import CaseworkDomain
import Contracts

extension CaseClosed.Reason {
  /// Why a case was closed, as far as others need it.
  init(_ closing: Closing) {
    switch closing {
    case .sustained, .partial, .noImprovement, .escalated, .declined: self = .ended
    case .transferred: self = .transferred
    case .moved: self = .moved
    case .overSchoolAge: self = .overSchoolAge
    case .error: self = .error
    }
  }
}
