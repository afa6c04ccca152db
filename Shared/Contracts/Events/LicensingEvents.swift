public import Rulebook
public import Schemas

/// A child may do a job: a permit was granted, or one in force was amended.
public struct WorkPermitGranted: EventData {
  public static let type = EventType(.licensing, "work-permit-granted")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A person granted a child's work permit. Published for each grant and again when the permit is amended."
  public static let schema = JSONSchema.object([
    .init("permit", .string(pattern: "^c[1-9][0-9]*$"), "The permit's case."),
    .init("pupil", .pupil, "The child."),
    .init("from", .day, "The first day of the permit."),
    .init("until", .day, "The last day of the permit."), LicensingFields.school, Concern.field,
  ])

  public let permit: String
  public let pupil: PupilID
  public let from, until: Day
  /// `nil` for a child without a school, and in events from before it was published.
  public let school: URN?
  /// `nil` in events from before it was published.
  public let concerns: [Concern]?

  public init(
    permit: String, pupil: PupilID, from: Day, until: Day, school: URN? = nil, concerns: [Concern]? = nil
  ) {
    self.permit = permit
    self.pupil = pupil
    self.from = from
    self.until = until
    self.school = school
    self.concerns = concerns
  }
}

/// A child's work permit counts no more.
public typealias WorkPermitRevoked = PermitEnded<RevokedPermit>
/// A child may not do a job: the permit was refused.
public typealias WorkPermitRefused = PermitEnded<RefusedPermit>

public enum RevokedPermit: EventFact {
  public static let type = EventType(.licensing, "work-permit-revoked")
  public static let summary = "Two people revoked a child's work permit. Published once, at once."
}

public enum RefusedPermit: EventFact {
  public static let type = EventType(.licensing, "work-permit-refused")
  public static let summary = "A person refused a child's work permit. Published once; the reason stays in licensing."
}

/// A permit that does not count from a day on.
public struct PermitEnded<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("permit", .string(pattern: "^c[1-9][0-9]*$"), "The permit's case."),
      .init("pupil", .pupil, "The child."),
      .init("on", .day, "The day from which it does not count."), LicensingFields.school, Concern.field,
    ])
  }

  public let permit: String
  public let pupil: PupilID
  public let on: Day
  /// `nil` for a child without a school, and in events from before it was published.
  public let school: URN?
  /// `nil` in events from before it was published.
  public let concerns: [Concern]?

  public init(permit: String, pupil: PupilID, on: Day, school: URN? = nil, concerns: [Concern]? = nil) {
    self.permit = permit
    self.pupil = pupil
    self.on = on
    self.school = school
    self.concerns = concerns
  }
}

/// A child may take part in a production on some days.
public struct PerformanceLicenceGranted: EventData {
  public static let type = EventType(.licensing, "performance-licence-granted")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A person granted a child's performance licence. Published for each grant and again when the licence is varied."
  public static let schema = JSONSchema.object([
    .init("licence", .string(pattern: "^c[1-9][0-9]*$"), "The licence's case."),
    .init("pupil", .pupil, "The child."),
    .init("dates", .array(.day), "The days on which the child takes part, in order."), LicensingFields.school,
    Concern.field,
  ])

  public let licence: String
  public let pupil: PupilID
  public let dates: [Day]
  /// `nil` for a child without a school, and in events from before it was published.
  public let school: URN?
  /// `nil` in events from before it was published.
  public let concerns: [Concern]?

  public init(licence: String, pupil: PupilID, dates: [Day], school: URN? = nil, concerns: [Concern]? = nil) {
    self.licence = licence
    self.pupil = pupil
    self.dates = dates
    self.school = school
    self.concerns = concerns
  }
}

/// A child's licence counts no more: those who were told of it are told that.
public struct PerformanceLicenceRevoked: EventData {
  public static let type = EventType(.licensing, "performance-licence-revoked")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "Two people revoked a child's performance licence. Published once, at once."
  public static let schema = JSONSchema.object([
    .init("licence", .string(pattern: "^c[1-9][0-9]*$"), "The licence's case."),
    .init("pupil", .pupil, "The child."),
    .init("on", .day, "The day from which it does not count."), LicensingFields.school, Concern.field,
  ])

  public let licence: String
  public let pupil: PupilID
  public let on: Day
  /// `nil` for a child without a school.
  public let school: URN?
  public let concerns: [Concern]?

  public init(licence: String, pupil: PupilID, on: Day, school: URN?, concerns: [Concern]?) {
    self.licence = licence
    self.pupil = pupil
    self.on = on
    self.school = school
    self.concerns = concerns
  }
}

private enum LicensingFields {
  static let school = JSONSchema.Field(
    "school", .urn, required: false,
    "The child's school; absent where there is none, and in events from before it was published.")
}

/// A chaperone may not be in charge of children for now.
public struct ChaperoneSuspended: EventData {
  public static let type = EventType(.licensing, "chaperone-suspended")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A chaperone's approval was suspended. Published at once, without a reason: the reason is for few."
  public static let schema = JSONSchema.object([
    .init("approval", .string(pattern: "^c[1-9][0-9]*$"), "The approval's case."),
    .init(
      "person", .string(pattern: "^party-[1-9][0-9]*$"),
      "The chaperone, by an opaque identifier of licensing's register."),
    .init("on", .day, "The day from which the approval does not count."),
  ])

  public let approval: String
  public let person: String
  public let on: Day

  public init(approval: String, person: String, on: Day) {
    self.approval = approval
    self.person = person
    self.on = on
  }
}

/// A register and a child's licences disagree about leave for a performance in one session.
public struct LeaveDiffers: EventData {
  public static let type = EventType(.licensing, "performance-leave-differs")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "The register marks leave for a performance without a licence or an exemption, or another absence on a licensed day. "
    + "Published once for each session, also when the mark came before the licence."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."), .init("school", .urn, "The school whose register it is."),
    .init("date", .day, "The day."), .init("session", .session, "Morning or afternoon."),
    .init("difference", .oneOf(Difference.allCases.map(\.rawValue)), "How they differ."),
  ])

  /// How they differ.
  public enum Difference: String, Codable, Sendable, CaseIterable {
    case leaveWithoutLicence = "leave-without-licence"
    case otherAbsence = "other-absence-on-a-licensed-day"
  }

  public let pupil: PupilID
  public let school: URN
  public let date: Day
  public let session: Session
  public let difference: Difference

  public init(pupil: PupilID, school: URN, date: Day, session: Session, difference: Difference) {
    self.pupil = pupil
    self.school = school
    self.date = date
    self.session = session
    self.difference = difference
  }
}

/// A difference that was published is gone: the mark was amended, or the licence came.
public struct LeaveAgrees: EventData {
  public static let type = EventType(.licensing, "performance-leave-agrees")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A difference about leave for a performance is gone. Published once for each difference that was published."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."), .init("school", .urn, "The school whose register it is."),
    .init("date", .day, "The day."), .init("session", .session, "Morning or afternoon."),
  ])

  public let pupil: PupilID
  public let school: URN
  public let date: Day
  public let session: Session

  public init(pupil: PupilID, school: URN, date: Day, session: Session) {
    self.pupil = pupil
    self.school = school
    self.date = date
    self.session = session
  }
}
