public import Rulebook
public import Schemas

/// An officer accepted a referral: the authority works with the family.
public struct CaseOpened: EventData {
  public static let type = EventType(.casework, "case-opened")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "An officer accepted a referral and a case is open. Published once for each case, at once."
  public static let schema = JSONSchema.object([
    .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The case."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school whose register gave rise to the referral."),
    .init("openedOn", .day, "The day on which the referral was accepted."),
  ])

  public let `case`: String
  public let pupil: PupilID
  public let school: URN
  public let openedOn: Day

  public init(case id: String, pupil: PupilID, school: URN, openedOn: Day) {
    self.case = id
    self.pupil = pupil
    self.school = school
    self.openedOn = openedOn
  }
}
