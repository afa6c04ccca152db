public import Rulebook
public import Search

/// What a school says of a child it enters in its admission register (School Attendance (Pupil Registration) (England)
/// Regulations 2024, reg 8). What is `nil` was not said: what is known of it stays.
public struct PupilRecord: Hashable, Sendable, Codable {
  /// Provisional where none was sent.
  public private(set) var upn: UPN
  /// The number that the child had before.
  public private(set) var formerUPN: UPN?
  public let givenName: String
  public let familyName: String
  public let dateOfBirth: Day
  public let sex: Sex?
  public let yearGroup: CurriculumYear?
  /// The day on which the name was entered, where it is not the first day on roll.
  public let enteredOn: Day?
  public let enrolledOn: Day
  public let status: RegistrationStatus?
  /// The last day on roll.
  public let leftOn: Day?
  /// The day on which the name was deleted.
  public let deletedOn: Day?
  public let ground: DeletionGround?
  /// Where the child goes: a school's URN, or words.
  public let destination: String?
  public let addressProtected: Bool?
  public let contacts: [ContactStatement]?
  /// Whether a last day was sent that cannot be read: what is on record of the leaving stays.
  public let isLeavingUnread: Bool
  /// Whether no contact was left out: only then does anybody who is not among them leave the list on record.
  public let areContactsWhole: Bool

  /// The number under which the child would have been entered without one.
  public func provisional(at school: URN) -> UPN {
    .provisional(at: school, givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth)
  }

  /// The same about a child that is known under another number.
  public func under(_ number: UPN) -> PupilRecord {
    var record = self
    record.upn = number
    if record.formerUPN == number { record.formerUPN = nil }
    return record
  }

  /// The same about a child that had a number before.
  public func knownBefore(as number: UPN) -> PupilRecord {
    var record = self
    record.formerUPN = number
    return record
  }

  /// What tells the child from another.
  public var facts: PupilMatching.Facts {
    PupilMatching.Facts(givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth, sex: sex)
  }

  /// Whether the child leaves at an age at which a name is deleted on a ground of reg 9(1) only.
  public var needsGround: Bool {
    leftOn.map { CompulsorySchoolAge.isCompulsory(dateOfBirth: dateOfBirth, on: $0) } ?? false
  }
}

/// Whether a child is on the roll of one school only, or of which of two (`attendance.md` 3: dual registration).
public enum RegistrationStatus: String, Hashable, Sendable, Codable, CaseIterable {
  case single, main, subsidiary
}

/// A part of a child's record that schools state.
public enum RecordField: String, Hashable, Sendable, Codable, CaseIterable {
  case upn, formerUPN, givenName, familyName, dateOfBirth, sex, yearGroup, addressProtected, contacts

  /// As a school office says it.
  var words: String {
    switch self {
    case .upn: "the pupil number"
    case .formerUPN: "the former pupil number"
    case .givenName: "the given name"
    case .familyName: "the family name"
    case .dateOfBirth: "the date of birth"
    case .sex: "the sex"
    case .yearGroup: "the year group"
    case .addressProtected: "the protection of the address"
    case .contacts: "the protection of a contact"
    }
  }
}
