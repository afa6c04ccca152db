/// How the search for a child ended. Each has its evidence; without it the search stays open.
public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
  case onRoll = "on-roll"
  case homeEducated = "home-educated"
  case otherProvision = "other-provision"
  case otherAuthority = "other-authority"
  case abroad
  case locatedNoPlace = "located-no-place"
  case attendanceOrder = "attendance-order"
  case overAge = "over-age"
  case died
  case notAChildOfTheArea = "not-a-child-of-area"
  case duplicate
  /// Not found after the whole search, with all checks repeated.
  case unlocated = "unlocated-closed"

  /// What shows that it is so.
  public enum Evidence: String, Hashable, Sendable, Codable, CaseIterable {
    /// The school's written confirmation, with the day and who gave it.
    case school
    /// The parent's written notice, and what the authority found of the education.
    case homeEducation = "home-education"
    case provider
    /// The other authority's receipt.
    case receipt
    case ticket
    case schoolAbroad = "school-abroad"
    case embassy, family
    /// Contact with the child and the family.
    case contact
    case order
    case dateOfBirth = "date-of-birth"
    case notification
    case address
    /// The other case.
    case otherCase = "other-case"
    /// That every check was made again.
    case checksRepeated = "checks-repeated"
  }

  /// What can show it; one is enough (CME-8).
  public var evidence: Set<Evidence> {
    switch self {
    case .onRoll: [.school]
    case .homeEducated: [.homeEducation]
    case .otherProvision: [.provider]
    case .otherAuthority: [.receipt]
    case .abroad: [.ticket, .schoolAbroad, .embassy, .family]
    case .locatedNoPlace: [.contact]
    case .attendanceOrder: [.order]
    case .overAge: [.dateOfBirth]
    case .died: [.notification]
    case .notAChildOfTheArea: [.address]
    case .duplicate: [.otherCase]
    case .unlocated: [.checksRepeated]
    }
  }

  /// Whether the child was found; `nil` where the search ended for another reason and counts neither way (CME-9).
  public var isLocated: Bool? {
    switch self {
    case .onRoll, .homeEducated, .otherProvision, .otherAuthority, .abroad, .locatedNoPlace, .attendanceOrder: true
    case .overAge, .died, .notAChildOfTheArea, .duplicate: nil
    case .unlocated: false
    }
  }
}
