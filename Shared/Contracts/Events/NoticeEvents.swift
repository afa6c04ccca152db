public import Rulebook
public import Schemas

/// An officer issued a notice to improve to a parent: the family has until its last day.
public struct NoticeToImproveIssued: EventData {
  public static let type = EventType(.enforcement, "notice-to-improve-issued")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "An officer issued a notice to improve to a parent about a child. Published once for each, at once."
  public static let schema = JSONSchema.object(
    NoticeSchema.subject + [
      .init("on", .day, "The day of issue."),
      .init("lastDay", .day, "The last day of the family's time to improve."),
    ])

  public let notice: String
  public let pupil: PupilID
  public let school: URN
  public let person: PersonID
  public let on: Day
  public let lastDay: Day
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(
    notice: String, pupil: PupilID, school: URN, person: PersonID, on: Day, lastDay: Day, concerns: [Concern]? = nil
  ) {
    self.notice = notice
    self.pupil = pupil
    self.school = school
    self.person = person
    self.on = on
    self.lastDay = lastDay
    self.concerns = concerns
  }
}

/// An authorised officer issued a penalty notice to a parent (Education Act 1996 s444A).
public struct PenaltyNoticeIssued: EventData {
  public static let type = EventType(.enforcement, "penalty-notice-issued")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "An authorised officer issued a penalty notice to a parent about a child. Published once for each, at once."
  public static let schema = JSONSchema.object(
    NoticeSchema.subject + [
      .init("on", .day, "The day of issue."),
      .init("level", .integer(minimum: 1), "1 for a first notice in three years, 2 for a second."),
      .init("sessions", .integer(minimum: 1), "How many sessions of absence it is for."),
      .init("lastDayToPay", .day, "The last day for the full sum, by the receipt that the authority relies on."),
    ])

  public let notice: String
  public let pupil: PupilID
  public let school: URN
  public let person: PersonID
  public let on: Day
  public let level: Int
  public let sessions: Int
  public let lastDayToPay: Day
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(
    notice: String, pupil: PupilID, school: URN, person: PersonID, on: Day, level: Int, sessions: Int,
    lastDayToPay: Day, concerns: [Concern]? = nil
  ) {
    self.notice = notice
    self.pupil = pupil
    self.school = school
    self.person = person
    self.on = on
    self.level = level
    self.sessions = sessions
    self.lastDayToPay = lastDayToPay
    self.concerns = concerns
  }
}

/// What became of an issued penalty notice.
public struct PenaltyNoticeEvent<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object(NoticeSchema.subject + [.init("on", .day, "The day on which it was put on record.")])
  }

  public let notice: String
  public let pupil: PupilID
  public let school: URN
  public let person: PersonID
  public let on: Day
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(
    notice: String, pupil: PupilID, school: URN, person: PersonID, on: Day, concerns: [Concern]? = nil
  ) {
    self.notice = notice
    self.pupil = pupil
    self.school = school
    self.person = person
    self.on = on
    self.concerns = concerns
  }
}

/// A payment discharged the notice.
public typealias PenaltyNoticePaid = PenaltyNoticeEvent<NoticePaid>
/// The time to pay is over and nothing has discharged the notice.
public typealias PenaltyNoticeUnpaid = PenaltyNoticeEvent<NoticeUnpaid>
/// The authority withdrew the notice in writing: it bars proceedings.
public typealias PenaltyNoticeWithdrawn = PenaltyNoticeEvent<NoticeWithdrawn>
/// What was told of a notice as paid or unpaid is taken back: its time to pay runs, or its payment was undone.
public typealias PenaltyNoticeReopened = PenaltyNoticeEvent<NoticeReopened>

public enum NoticePaid: EventFact {
  public static let type = EventType(.enforcement, "penalty-notice-paid")
  public static let summary = "A payment in time and in full discharged a penalty notice. Published at once."
}

public enum NoticeUnpaid: EventFact {
  public static let type = EventType(.enforcement, "penalty-notice-unpaid")
  public static let summary = "The time to pay a penalty notice is over and nothing discharged it. Published at once."
}

public enum NoticeWithdrawn: EventFact {
  public static let type = EventType(.enforcement, "penalty-notice-withdrawn")
  public static let summary =
    "The authority withdrew a penalty notice in writing: no proceedings may follow for its sessions. Published once."
}

public enum NoticeReopened: EventFact {
  public static let type = EventType(.enforcement, "penalty-notice-reopened")
  public static let summary =
    "What was told of a notice as paid or unpaid is taken back: the time to pay runs, or a payment was undone."
}

/// What every event about a notice says.
enum NoticeSchema {
  static let subject: [JSONSchema.Field] = [
    .init("notice", .string(pattern: "^c[1-9][0-9]*$"), "The notice's case."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The school whose register is meant."),
    .init("person", .person, "The parent."), Concern.field,
  ]
}
