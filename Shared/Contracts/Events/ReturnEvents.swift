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
public typealias RegisterMissing = RegisterEvent<RegisterExpected>
/// A register that was reported missing has come.
public typealias RegisterReceived = RegisterEvent<RegisterArrived>
/// A register that was reported missing is not due any more: the calendar does not have the session now, or nobody is on
/// the roll for it.
public typealias RegisterMissingLapsed = RegisterEvent<RegisterNotDue>

public enum RegisterExpected: EventFact {
  public static let type = EventType(.registers, "register-missing")
  public static let summary =
    "A school has sent no register of a session by the hour at which it is expected. Published once for each, and again when the report lapsed and the register is due after all, or when the register came and none of its marks counts any more."
}

public enum RegisterArrived: EventFact {
  public static let type = EventType(.registers, "register-received")
  public static let summary = "A register that was reported missing has come. Published once for each report."
}

public enum RegisterNotDue: EventFact {
  public static let type = EventType(.registers, "register-missing-lapsed")
  public static let summary =
    "A register that was reported missing is no longer due: the school's calendar or roll has changed. Published once for each report."
}

/// Something about the register of a session that a school did not send in time.
public struct RegisterEvent<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .internal }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("school", .urn, "The school."), .init("date", .day, "The day of the session."),
      .init("session", .session, "Morning or afternoon."),
    ])
  }

  public let school: URN
  public let date: Day
  public let session: Session

  public init(school: URN, date: Day, session: Session) {
    self.school = school
    self.date = date
    self.session = session
  }
}

/// A child on a roll came of compulsory school age (Education Act 1996 s8).
public typealias CompulsorySchoolAgeReached = SchoolAgeEvent<SchoolAgeBegun>
/// A child on a roll was of compulsory school age for the last time (Education Act 1996 s8).
public typealias CompulsorySchoolAgeEnded = SchoolAgeEvent<SchoolAgeOver>

/// A boundary of compulsory school age.
public protocol SchoolAgeFact: EventFact {
  /// What the event's day is.
  static var on: String { get }
}

public enum SchoolAgeBegun: SchoolAgeFact {
  public static let type = EventType(.registers, "compulsory-school-age-reached")
  public static let summary = "A child on roll is of compulsory school age from this day on. Published once."
  public static let on = "The first day of compulsory school age."
}

public enum SchoolAgeOver: SchoolAgeFact {
  public static let type = EventType(.registers, "compulsory-school-age-ended")
  public static let summary = "A child on roll is past compulsory school age. Published once, on the day after."
  public static let on = "The last day of compulsory school age."
}

/// A child on a roll crossed a boundary of compulsory school age.
public struct SchoolAgeEvent<Fact: SchoolAgeFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([.init("pupil", .pupil, "The child."), .init("school", .urn, "The school."), .init("on", .day, Fact.on)])
  }

  public let pupil: PupilID
  public let school: URN
  public let on: Day

  public init(pupil: PupilID, school: URN, on: Day) {
    self.pupil = pupil
    self.school = school
    self.on = on
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
