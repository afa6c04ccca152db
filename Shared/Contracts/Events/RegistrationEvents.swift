public import Rulebook
public import Schemas

/// An entry in a school's admission register was made by mistake and does not count any more.
public struct RegistrationWithdrawn: EventData {
  public static let type = EventType(.registers, "registration-withdrawn")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A child was entered in a school's admission register by mistake: the time on roll and its marks count nowhere."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school."),
    .init("registration", .integer(), "The time on roll that never was."),
  ])

  public let pupil: PupilID
  public let school: URN
  public let registration: Int64

  public init(pupil: PupilID, school: URN, registration: Int64) {
    self.pupil = pupil
    self.school = school
    self.registration = registration
  }
}

/// Marks that have been kept for as long as the law asks were disposed of (ATT-3). They may come back for a
/// month.
public typealias MarksDisposed = DisposalEvent<MarksGone>
/// Marks that were disposed of came back: the disposal was reversed.
public typealias MarksRestored = DisposalEvent<MarksBack>

public enum MarksGone: EventFact {
  public static let type = EventType(.registers, "marks-disposed")
  public static let summary =
    "Marks of a school year were disposed of: they count nowhere. They may come back until marks-erased."
}

public enum MarksBack: EventFact {
  public static let type = EventType(.registers, "marks-restored")
  public static let summary = "Marks of a school year that were disposed of came back: they count again."
}

/// One child's time on the roll, whose marks of a year a disposal took or gave back.
public struct DisposedRegistration: Codable, Hashable, Sendable {
  public let registration: Int64
  public let pupil: PupilID

  public init(registration: Int64, pupil: PupilID) {
    self.registration = registration
    self.pupil = pupil
  }
}

/// What a disposal did with some registrations' marks of one school year.
public struct DisposalEvent<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("disposal", .integer(), "The disposal's number."),
      .init("school", .urn, "The school."),
      .init(
        "schoolYear", .string(pattern: "^[0-9]{4}/[0-9]{2}$"), "The school year of the marks, for example 2026/27."),
      .init(
        "registrations",
        .array(
          .object([
            .init("registration", .integer(), "The time on roll."), .init("pupil", .pupil, "The child."),
          ])), "Whose marks: all of the year."),
    ])
  }

  public let disposal: Int64
  public let school: URN
  public let schoolYear: String
  public let registrations: [DisposedRegistration]

  public init(disposal: Int64, school: URN, schoolYear: SchoolYear, registrations: [DisposedRegistration]) {
    self.disposal = disposal
    self.school = school
    self.schoolYear = schoolYear.label
    self.registrations = registrations
  }
}

/// A disposal became final: whoever keeps a copy of what it took removes it.
public struct MarksErased: EventData {
  public static let type = EventType(.registers, "marks-erased")
  public static let classification = DataClassification.internal
  public static let summary =
    "The disposal of a school's marks became final. Published once for each school: programs with a copy remove it."
  public static let schema = JSONSchema.object([
    .init("disposal", .integer(), "The disposal's number."), .init("school", .urn, "The school."),
  ])

  public let disposal: Int64
  public let school: URN

  public init(disposal: Int64, school: URN) {
    self.disposal = disposal
    self.school = school
  }
}
