public import Rulebook

/// What a school says of a child it enters in its admission register (School Attendance (Pupil Registration) (England)
/// Regulations 2024, reg 8). What is `nil` was not said: what is known of it stays.
public struct PupilRecord: Hashable, Sendable, Encodable {
  public let upn: UPN
  /// The number that the child had before.
  public let formerUPN: UPN?
  public let givenName: String
  public let familyName: String
  public let dateOfBirth: Day
  public let sex: Sex?
  public let yearGroup: YearGroup?
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

  /// Whether the child leaves at an age at which a name is deleted on a ground of reg 9(1) only.
  public var needsGround: Bool {
    leftOn.map { CompulsorySchoolAge.isCompulsory(dateOfBirth: dateOfBirth, on: $0) } ?? false
  }
}

/// A child's sex as the admission register has it (reg 8).
public enum Sex: String, Hashable, Sendable, Codable, CaseIterable {
  case female = "F"
  case male = "M"
}

/// Whether a child is on the roll of one school only, or of which of two (`attendance.md` 3: dual registration).
public enum RegistrationStatus: String, Hashable, Sendable, Codable, CaseIterable {
  case single, main, subsidiary
}

/// A pupil that cannot be entered. Names the field, never its value.
public struct PupilRefusal: Error, Hashable, Sendable {
  public let reason: String
  public let column: String
  public let detail: String
  public let fix: String

  init(_ reason: String, _ column: String, _ detail: String, _ fix: String) {
    self.reason = reason
    self.column = column
    self.detail = detail
    self.fix = fix
  }

  init(_ reason: MarkReason, _ column: String) { self.init(reason.slug, column, reason.detail, reason.fix) }

  /// The time on roll runs into two earlier ones.
  public static let overlappingEnrolments = PupilRefusal(
    "overlapping-enrolments", "enrolledOn", "The time on roll overlaps several that are recorded.",
    "Send the times one by one with the days they have in the register.")

  /// The number is another child's.
  public static let differentChild = PupilRefusal(
    "different-child", "upn", "The number belongs to a child of another date of birth and another family name.",
    "Check the number with the school that gave it; give the child a number of its own.")

  static func missing(_ column: String) -> PupilRefusal {
    PupilRefusal("missing-value", column, "The value is missing.", "Send it.")
  }
}

/// What a sender should know of a row that was accepted.
public struct PupilNote: Hashable, Sendable {
  public let reason: String
  public let column: String
  public let detail: String
  public let fix: String

  /// A child of compulsory school age left and the ground is not known.
  public static let groundMissing = PupilNote(
    reason: "ground-missing", column: "ground",
    detail: "A child of compulsory school age left and no ground was given (reg 9(1)).",
    fix: "Send the row again with the ground, a to o, before the name is deleted.")
}
