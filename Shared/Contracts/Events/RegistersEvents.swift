public import Rulebook
public import Schemas

/// A school was opened in the authority's registers, or what is known of it changed.
public struct SchoolRecorded: EventData {
  public static let type = EventType(.registers, "school-recorded")
  public static let classification = DataClassification.internal
  public static let summary =
    "A school was opened in the registers or what is known of it changed. Published at every change, with the whole."
  public static let schema = JSONSchema.object([
    .init("urn", .urn, "The school's unique reference number."),
    .init("name", .string(), "The school's name."),
    .init("phase", .oneOf(SchoolPhase.allCases.map(\.rawValue)), "The phase of education."),
    .init("kind", .oneOf(SchoolKind.allCases.map(\.rawValue)), "Who maintains it; decides which law applies."),
  ])

  public let urn: URN
  public let name: String
  public let phase: SchoolPhase
  public let kind: SchoolKind

  public init(urn: URN, name: String, phase: SchoolPhase, kind: SchoolKind) {
    self.urn = urn
    self.name = name
    self.phase = phase
    self.kind = kind
  }
}

/// The phase of education a school offers.
public enum SchoolPhase: String, Sendable, Codable, CaseIterable {
  case nursery, primary, secondary
  case allThrough = "all-through"
  case sixteenPlus = "16-plus"
  case special
  case alternativeProvision = "alternative-provision"
}

/// Who maintains a school. Penalty notices for absence do not reach independent schools.
public enum SchoolKind: String, Sendable, Codable, CaseIterable {
  case maintained, academy
  case pupilReferralUnit = "pupil-referral-unit"
  case alternativeProvisionAcademy = "alternative-provision-academy"
  case nonMaintainedSpecial = "non-maintained-special"
  case independent
}

/// A school's calendar for one school year was set or changed.
public struct CalendarRecorded: EventData {
  public static let type = EventType(.registers, "calendar-recorded")
  public static let classification = DataClassification.internal
  public static let summary =
    "A school's calendar for one school year was set or changed. Published at every change, with the whole year."
  public static let schema = JSONSchema.object([
    .init("school", .urn, "The school."),
    .init("schoolYear", .string(pattern: "^[0-9]{4}/[0-9]{2}$"), "The school year, for example 2026/27."),
    .init(
      "terms",
      .array(
        .object([
          .init("first", .day, "The first day, inclusive."), .init("last", .day, "The last day, inclusive."),
        ])), "When the school is in session; half terms lie between."),
    .init("closed", .array(.day), "Weekdays within terms without sessions, in order."),
    .init(
      "oneSessionDays", .map(keys: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", values: .session),
      "Days with one session only, and which."),
    .init("training", .array(.day), required: false, "Which of the closed days are for staff training (INSET)."),
    .init(
      "yearGroupClosures",
      .array(
        .object([
          .init(
            "yearGroups", .array(.string(pattern: "^(N1|N2|R|[1-9]|1[0-4])$")), "The year groups, for example R or 8."),
          .init("first", .day, "The first day, inclusive."), .init("last", .day, "The last day, inclusive."),
        ])), required: false, "Days on which the school is closed to some year groups only."),
    .init(
      "additionalDays", .array(.day), required: false,
      "Days on which the school is open although it is a weekend or no term, in order."),
  ])

  public let school: URN
  public let schoolYear: String
  public let terms: [DayRange]
  public let closed: [Day]
  public let oneSessionDays: [String: Session]
  public let training: [Day]?
  public let yearGroupClosures: [YearGroupClosure]?
  public let additionalDays: [Day]?

  public init(school: URN, schoolYear: SchoolYear, calendar: SchoolCalendar) {
    self.school = school
    self.schoolYear = schoolYear.label
    terms = calendar.terms
    closed = calendar.closed.sorted()
    oneSessionDays = Dictionary(uniqueKeysWithValues: calendar.oneSessionDays.map { ($0.key.iso, $0.value) })
    training = calendar.training.isEmpty ? nil : calendar.training.sorted()
    yearGroupClosures = calendar.yearGroupClosures.isEmpty ? nil : calendar.yearGroupClosures
    additionalDays = calendar.additionalDays.isEmpty ? nil : calendar.additionalDays.sorted()
  }

  /// The calendar as the rules use it. Days that are no dates are left out.
  public var calendar: SchoolCalendar {
    let oneSession = oneSessionDays.compactMap { key, value in Day(iso: key).map { ($0, value) } }
    return SchoolCalendar(
      terms: terms, closed: Set(closed), oneSessionDays: Dictionary(oneSession, uniquingKeysWith: { $1 }),
      training: Set(training ?? []), yearGroupClosures: yearGroupClosures ?? [],
      additionalDays: Set(additionalDays ?? []))
  }
}

/// A child was entered in a school's admission register, or the entry changed. The only event that names a child.
public struct PupilEnrolled: EventData {
  public static let type = EventType(.registers, "pupil-enrolled")
  public static let classification = DataClassification.personal
  public static let summary =
    "A child was entered in a school's admission register, or the entry changed. Published at every change, whole."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school."),
    .init("upn", .string(pattern: "^[A-Z][0-9]{11}[0-9A-Z]$"), required: false, "The unique pupil number."),
    .init("givenName", .string(), "The given name."),
    .init("familyName", .string(), "The family name."),
    .init("dateOfBirth", .day, "The date of birth."),
    .init("yearGroup", .string(), required: false, "The national curriculum year group, for example 8 or R."),
    .init(
      "yearGroupYear", .string(pattern: "^[0-9]{4}/[0-9]{2}$"), required: false,
      "The school year for which the year group was stated, for example 2026/27: it moves on by itself."),
    .init("enrolledOn", .day, "The first day on roll."),
    .init("leftOn", .day, required: false, "The last day on roll, where it is over."),
    .init("addressProtected", .boolean, "Never tell where this child lives or learns."),
    .init(
      "registration", .integer(), required: false,
      "The time on roll: its number stays when its days or its child's record change."),
    .init("sex", .oneOf(Sex.allCases.map(\.rawValue)), required: false, "The sex, where the school has stated it."),
  ])

  public let pupil: PupilID
  public let school: URN
  public let upn: UPN?
  public let givenName: String
  public let familyName: String
  public let dateOfBirth: Day
  public let yearGroup: String?
  public let yearGroupYear: String?
  public let enrolledOn: Day
  public let leftOn: Day?
  public let addressProtected: Bool
  public let registration: Int64?
  /// `nil` where the school has not stated it, and in events from before it was published.
  public let sex: Sex?

  public init(
    pupil: PupilID, school: URN, upn: UPN?, givenName: String, familyName: String, dateOfBirth: Day,
    yearGroup: String?, yearGroupYear: SchoolYear? = nil, enrolledOn: Day, leftOn: Day? = nil,
    addressProtected: Bool, registration: Int64? = nil, sex: Sex? = nil
  ) {
    self.pupil = pupil
    self.school = school
    self.upn = upn
    self.givenName = givenName
    self.familyName = familyName
    self.dateOfBirth = dateOfBirth
    self.yearGroup = yearGroup
    self.yearGroupYear = yearGroupYear?.label
    self.enrolledOn = enrolledOn
    self.leftOn = leftOn
    self.addressProtected = addressProtected
    self.registration = registration
    self.sex = sex
  }
}

/// A child's name was deleted from a school's admission register.
public struct PupilLeft: EventData {
  public static let type = EventType(.registers, "pupil-left")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "A child left a school's roll. Published when the last day is recorded or changes."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school."),
    .init("leftOn", .day, "The last day on roll."),
    .init(
      "ground", .oneOf(DeletionGround.allCases.map(\.rawValue)), required: false,
      "The ground of deletion, reg 9(1)(a) to (o), for a child of compulsory school age."),
    .init("destinationKnown", .boolean, required: false, "Whether the school knows where the child goes."),
    .init("concerns", .array(.oneOf(Concern.allCases.map(\.rawValue))), required: false, "Whose concern the child is."),
    .init("registration", .integer(), required: false, "The time on roll that ended."),
  ])

  public let pupil: PupilID
  public let school: URN
  public let leftOn: Day
  public let ground: DeletionGround?
  public let destinationKnown: Bool?
  public let concerns: [Concern]?
  public let registration: Int64?

  public init(
    pupil: PupilID, school: URN, leftOn: Day, ground: DeletionGround? = nil, destinationKnown: Bool? = nil,
    concerns: [Concern]? = nil, registration: Int64? = nil
  ) {
    self.pupil = pupil
    self.school = school
    self.leftOn = leftOn
    self.ground = ground
    self.destinationKnown = destinationKnown
    self.concerns = concerns
    self.registration = registration
  }
}

/// Marks of one school and one session, grouped by code, that were not there before.
public struct MarksRecorded: EventData {
  public static let type = EventType(.registers, "marks-recorded")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "Marks of one school and session were recorded for the first time. Published for every file or form accepted."
  public static let schema = JSONSchema.object([
    .init("school", .urn, "The school."),
    .init("date", .day, "The day of the session."),
    .init("session", .session, "Morning or afternoon."),
    .init(
      "marks", .map(keys: "^([/\\\\#A-Z]|[A-Z][0-9])$", values: .array(.pupil)),
      "For each attendance code the children who have it."),
  ])

  public let school: URN
  public let date: Day
  public let session: Session
  public let marks: [String: [PupilID]]

  public init(school: URN, date: Day, session: Session, marks: [String: [PupilID]]) {
    self.school = school
    self.date = date
    self.session = session
    self.marks = marks
  }
}

/// Entries of a register were amended (School Attendance (Pupil Registration) (England) Regulations 2024, reg 6).
public struct MarksAmended: EventData {
  public static let type = EventType(.registers, "marks-amended")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "Entries of a register were amended. Published for every amendment, in order."
  public static let schema = JSONSchema.object([
    .init("school", .urn, "The school."),
    .init(
      "amendments",
      .array(
        .object([
          .init("pupil", .pupil, "The child."),
          .init("date", .day, "The day of the session."),
          .init("session", .session, "Morning or afternoon."),
          .init("from", .code, required: false, "The code before; absent where there was none."),
          .init("to", .code, required: false, "The code now; absent where the mark was withdrawn."),
          .init("reason", .oneOf(Amendment.Reason.allCases.map(\.rawValue)), "Why; the words stay in the register."),
        ])), "The amendments, in the order they were made."),
  ])

  public let school: URN
  public let amendments: [Amendment]

  public init(school: URN, amendments: [Amendment]) {
    self.school = school
    self.amendments = amendments
  }

  /// One amended entry.
  public struct Amendment: Codable, Hashable, Sendable {
    /// What kind of reason was given; free text never leaves the register.
    public enum Reason: String, Codable, Sendable, CaseIterable {
      /// A person corrected the entry and said why.
      case corrected
      /// A later file held another code.
      case laterFile = "later-file"
    }

    public let pupil: PupilID
    public let date: Day
    public let session: Session
    public let from: AttendanceCode?
    public let to: AttendanceCode?
    public let reason: Reason

    public init(
      pupil: PupilID, date: Day, session: Session, from: AttendanceCode?, to: AttendanceCode?, reason: Reason
    ) {
      self.pupil = pupil
      self.date = date
      self.session = session
      self.from = from
      self.to = to
      self.reason = reason
    }
  }
}
