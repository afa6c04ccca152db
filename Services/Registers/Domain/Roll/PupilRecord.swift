public import Rulebook
public import Search

/// What a school says of a child it enters in its admission register (School Attendance (Pupil Registration) (England)
/// Regulations 2024, reg 8). What is `nil` was not said: what is known of it stays.
@dynamicMemberLookup
public struct PupilRecord: Hashable, Sendable, Codable {
  /// Provisional where none was sent.
  public private(set) var upn: UPN
  public let givenName: String
  public let familyName: String
  public let dateOfBirth: Day
  public let enrolledOn: Day
  /// All that was said.
  public private(set) var said: PupilStatement

  /// `nil` without what a register cannot be without.
  init?(_ said: PupilStatement) {
    guard let upn = said.upn, let given = said[.givenName], let family = said[.familyName],
      let born = said.dateOfBirth, let first = said[.enrolledOn].flatMap({ Day(iso: $0) })
    else { return nil }
    (self.upn, givenName, familyName, dateOfBirth, enrolledOn) = (upn, given, family, born, first)
    self.said = said
  }

  public init(from decoder: any Decoder) throws {
    guard let record = PupilRecord(try PupilStatement(from: decoder)) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not an entry"))
    }
    self = record
  }

  public func encode(to encoder: any Encoder) throws { try said.encode(to: encoder) }

  public subscript<Value>(dynamicMember path: KeyPath<PupilStatement, Value>) -> Value { said[keyPath: path] }

  /// Whether a last day was sent that cannot be read: what is on record of the leaving stays.
  public var isLeavingUnread: Bool { said.isLeavingUnread ?? false }
  /// Whether no contact was left out: only then does anybody who is not among them leave the list on record.
  public var areContactsWhole: Bool { said.areContactsWhole ?? true }

  /// The number under which the child would have been entered without one.
  public func provisional(at school: URN) -> UPN {
    .provisional(at: school, givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth)
  }

  /// The same about a child that is known under another number.
  public func under(_ number: UPN) -> PupilRecord {
    var record = self
    record.upn = number
    record.said[.upn] = number.text
    if record.formerUPN == number { record.said[.formerUPN] = nil }
    return record
  }

  /// The same about a child that had a number before.
  public func knownBefore(as number: UPN) -> PupilRecord {
    var record = self
    record.said[.formerUPN] = number.text
    return record
  }

  /// What tells the child from another.
  public var facts: PupilMatching.Facts {
    PupilMatching.Facts(givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth, sex: said.sex)
  }

  /// Whether the child leaves at an age at which a name is deleted on a ground of reg 9(1) only.
  public var needsGround: Bool {
    said.leftOn.map { CompulsorySchoolAge.isCompulsory(dateOfBirth: dateOfBirth, on: $0) } ?? false
  }
}

/// Whether a child is on the roll of one school only, or of which of two (2024 Regulations reg 10: dual registration).
public enum RegistrationStatus: String, Hashable, Sendable, Codable, CaseIterable {
  case single, main, subsidiary
}
