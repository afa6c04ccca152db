public import Rulebook
public import Schemas

/// A return that a school owes the authority (School Attendance (Pupil Registration) (England) Regulations 2024, reg 13;
/// 2024 Regulations reg 13).
public enum ReturnKind: String, Codable, Sendable, CaseIterable {
  case newPupil = "new-pupil"
  case deletion
  /// Ten continuous school days of absence.
  case attendance
  /// Fifteen school days of illness.
  case sickness
}

/// A school filed a return that the registers expected of it, or one that they did not.
public struct ReturnFiled: EventData {
  public static let type = EventType(.registers, "return-filed")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "A school filed a return about a child. Published once for each return."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school."),
    .init("kind", .oneOf(ReturnKind.allCases.map(\.rawValue)), "Which return."),
    .init("filedOn", .day, "The day on which it was filed."),
    .init("dueOn", .day, required: false, "The last day on which it was in time, where there is one."),
    .init("finding", .string(pattern: "^f[0-9]+$"), required: false, "The finding that it answers."),
  ])

  public let pupil: PupilID
  public let school: URN
  public let kind: ReturnKind
  public let filedOn: Day
  public let dueOn: Day?
  public let finding: String?

  public init(pupil: PupilID, school: URN, kind: ReturnKind, filedOn: Day, dueOn: Day?, finding: String?) {
    self.pupil = pupil
    self.school = school
    self.kind = kind
    self.filedOn = filedOn
    self.dueOn = dueOn
    self.finding = finding
  }
}

/// A school in session has sent no register by the hour at which it is expected.
public struct RegisterMissing: EventData {
  public static let type = EventType(.registers, "register-missing")
  public static let classification = DataClassification.internal
  public static let summary =
    "A school has sent no register of a session by the hour at which it is expected. Published once for each, and again when the report lapsed and the register is due after all, or when the register came and none of its marks counts any more."
  public static let schema = JSONSchema.object(RegisterFields.all)

  public let school: URN
  public let date: Day
  public let session: Session

  public init(school: URN, date: Day, session: Session) {
    self.school = school
    self.date = date
    self.session = session
  }
}

/// A register that was reported missing has come.
public struct RegisterReceived: EventData {
  public static let type = EventType(.registers, "register-received")
  public static let classification = DataClassification.internal
  public static let summary = "A register that was reported missing has come. Published once for each report."
  public static let schema = JSONSchema.object(RegisterFields.all)

  public let school: URN
  public let date: Day
  public let session: Session

  public init(school: URN, date: Day, session: Session) {
    self.school = school
    self.date = date
    self.session = session
  }
}

/// A register that was reported missing is not due any more: the calendar does not have the session now, or nobody is on
/// the roll for it.
public struct RegisterMissingLapsed: EventData {
  public static let type = EventType(.registers, "register-missing-lapsed")
  public static let classification = DataClassification.internal
  public static let summary =
    "A register that was reported missing is no longer due: the school's calendar or roll has changed. Published once for each report."
  public static let schema = JSONSchema.object(RegisterFields.all)

  public let school: URN
  public let date: Day
  public let session: Session

  public init(school: URN, date: Day, session: Session) {
    self.school = school
    self.date = date
    self.session = session
  }
}

private enum RegisterFields {
  static let all: [JSONSchema.Field] = [
    .init("school", .urn, "The school."), .init("date", .day, "The day of the session."),
    .init("session", .session, "Morning or afternoon."),
  ]
}

/// A child on a roll came of compulsory school age (Education Act 1996 s8).
public struct CompulsorySchoolAgeReached: EventData {
  public static let type = EventType(.registers, "compulsory-school-age-reached")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "A child on roll is of compulsory school age from this day on. Published once."
  public static let schema = JSONSchema.object(AgeFields.all("The first day of compulsory school age."))

  public let pupil: PupilID
  public let school: URN
  public let on: Day

  public init(pupil: PupilID, school: URN, on: Day) {
    self.pupil = pupil
    self.school = school
    self.on = on
  }
}

/// A child on a roll was of compulsory school age for the last time (Education Act 1996 s8).
public struct CompulsorySchoolAgeEnded: EventData {
  public static let type = EventType(.registers, "compulsory-school-age-ended")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "A child on roll is past compulsory school age. Published once, on the day after."
  public static let schema = JSONSchema.object(AgeFields.all("The last day of compulsory school age."))

  public let pupil: PupilID
  public let school: URN
  public let on: Day

  public init(pupil: PupilID, school: URN, on: Day) {
    self.pupil = pupil
    self.school = school
    self.on = on
  }
}

private enum AgeFields {
  static func all(_ on: String) -> [JSONSchema.Field] {
    [.init("pupil", .pupil, "The child."), .init("school", .urn, "The school."), .init("on", .day, on)]
  }
}

/// Two records turned out to be one child; a person decided it.
public struct PupilsMerged: EventData {
  public static let type = EventType(.registers, "pupils-merged")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "Two records are one child: what was said of one is true of the other. Published once, when a person decided it."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The identifier that stays."),
    .init("merged", .pupil, "The identifier that is no longer used."),
  ])

  public let pupil: PupilID
  public let merged: PupilID

  public init(pupil: PupilID, merged: PupilID) {
    self.pupil = pupil
    self.merged = merged
  }
}
