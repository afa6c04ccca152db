public import Contracts
public import Rulebook

/// A fact about a child that receivers can subscribe to, as the event tells it: no name in it.
public enum Report: Hashable, Sendable {
  case proposed(PenaltyNoticeProposed)
  case revised(PenaltyNoticeProposalRevised)
  case lapsed(PenaltyNoticeProposalLapsed)

  /// The types that ``init(_:)`` reads.
  public static let types: [EventType] = [
    PenaltyNoticeProposed.type, PenaltyNoticeProposalRevised.type, PenaltyNoticeProposalLapsed.type,
  ]

  /// Reads an event's data; `nil` for a type that is not reported to anyone.
  ///
  /// - Throws: `ContractError.invalidData` when the data is not of the type's shape.
  public init?(_ event: Event) throws(ContractError) {
    switch event.type {
    case PenaltyNoticeProposed.type.name: self = .proposed(try PenaltyNoticeProposed.decode(event))
    case PenaltyNoticeProposalRevised.type.name: self = .revised(try PenaltyNoticeProposalRevised.decode(event))
    case PenaltyNoticeProposalLapsed.type.name: self = .lapsed(try PenaltyNoticeProposalLapsed.decode(event))
    default: return nil
    }
  }

  /// The type of the event.
  public var type: EventType {
    switch self {
    case .proposed: PenaltyNoticeProposed.type
    case .revised: PenaltyNoticeProposalRevised.type
    case .lapsed: PenaltyNoticeProposalLapsed.type
    }
  }

  /// The child.
  public var pupil: PupilID {
    switch self {
    case .proposed(let data): data.pupil
    case .revised(let data): data.pupil
    case .lapsed(let data): data.pupil
    }
  }

  /// The school whose register is meant.
  public var school: URN {
    switch self {
    case .proposed(let data): data.school
    case .revised(let data): data.school
    case .lapsed(let data): data.school
    }
  }

  var proposal: String {
    switch self {
    case .proposed(let data): data.proposal
    case .revised(let data): data.proposal
    case .lapsed(let data): data.proposal
    }
  }

  var grounds: ProposalGrounds? {
    switch self {
    case .proposed(let data): data.grounds
    case .revised(let data): data.grounds
    case .lapsed: nil
    }
  }
}

/// Who a child is: personal, kept by the notifier only to put into messages that may name the child.
public struct Identity: Hashable, Sendable {
  /// The child.
  public let pupil: PupilID
  /// The given name.
  public let givenName: String
  /// The family name.
  public let familyName: String
  /// The date of birth.
  public let dateOfBirth: Day
  /// Never tell where this child lives or learns.
  public let addressProtected: Bool

  public init(pupil: PupilID, givenName: String, familyName: String, dateOfBirth: Day, addressProtected: Bool) {
    self.pupil = pupil
    self.givenName = givenName
    self.familyName = familyName
    self.dateOfBirth = dateOfBirth
    self.addressProtected = addressProtected
  }
}

/// What is known around a report when its message is cut.
public struct ReportContext: Hashable, Sendable {
  /// Who the child is.
  public let identity: Identity
  /// `nil` while the school's own event has not arrived.
  public let schoolName: String?
  /// When it happened.
  public let time: Timestamp
  /// The authority's three digits.
  public let authority: String

  public init(identity: Identity, schoolName: String?, time: Timestamp, authority: String) {
    self.identity = identity
    self.schoolName = schoolName
    self.time = time
    self.authority = authority
  }
}
