public import CaseFlow
import Rulebook

/// The search for a child who may be missing education: from the first report to the child's place, or to the end of
/// the search (Education Act 1996 s436A). Chapter 5 of `cme.md` has its stages.
public enum MissingChild: CaseKind {
  public enum State: String, FlowName {
    case suspected, enquiring
    case transferPending = "transfer-pending"
    case whereaboutsUnknown = "whereabouts-unknown"
    case locatedNoPlace = "located-no-place"
    case orderConsidered = "order-considered"
    case monitoring, closed
  }

  public enum Act: String, FlowName {
    case open, screen, escalate, doubt, refer
    case reviewDoubt = "review-doubt"
    case begin, contact, visit, classify, certify
    case alert, confirm, recall, lose, review, hear, locate, offer
    case considerOrder = "consider-order"
    case start
    case stopAttending = "stop-attending"
    case close
    case ageOut = "age-out"
    case closeUnlocated = "close-unlocated"
    case reopen, lapse, join
  }

  public enum Clock: String, FlowName {
    case triage
    case firstContact = "first-contact"
    case visit, referral
    case doubtReview = "doubt-review"
    case unlocatedReview = "unlocated-review"
    case search
    case laterReview = "later-review"
    case transfer
    case placeOffer = "place-offer"
    case fairAccess = "fair-access"
    case attendance
  }

  public enum Fact: String, FlowName {
    /// What made the authority look for the child, as ``Trigger``.
    case trigger
    /// What the answers to the safeguarding questions come to: yes, no or unknown.
    case safeguarding
    /// Why the child is missing education, as ``MissingReason``, and since when, where anybody knows.
    case reason, becameOn
    /// To whom the child was referred.
    case referredTo
    /// The code of the authority where the child may live.
    case authority
    /// The other authority's receipt, where it came by another way than the alert: who, when, under which reference.
    case confirmation
    /// The first day at the new school or provision.
    case startedOn
    /// How the search ended, as ``Outcome``, and what shows it.
    case outcome, evidence
    /// Whether the child is on a roll that the authority knows.
    case onRoll
    /// The other authority's confirmation that it received the alert: its reference there.
    case receipt
    /// What could be certified of the joint enquiries, as ``Certificate``; absent while something is missing.
    case certificate
    /// Whether the school days without news are over, after which a manager reviews the search.
    case pastReview
    /// Whether the search has lasted as long as it must before it may be closed without the child.
    case pastSearch
    /// Whether every check was made again at the end of the search.
    case checksRepeated
  }

  public enum Role: String, FlowName {
    case cmeOfficer = "cme-officer"
    case manager
  }

  public static let name = "missing-child"

  /// What the safeguarding questions can come to.
  static let verdicts: Set = ["yes", "no", "unknown"]
  /// Whom a child at risk is referred to.
  static let referrals: Set = ["social-care", "police"]
  /// The states in which nobody knows where the child is, or has seen to it.
  static let searching: Set<State> = [.suspected, .enquiring, .transferPending, .whereaboutsUnknown]
  static let open: Set<State> = searching.union([.locatedNoPlace, .orderConsidered, .monitoring])
}
