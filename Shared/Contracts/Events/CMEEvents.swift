public import Rulebook
public import Schemas

/// The authority looks for a child who may be missing education, for the first time or again.
public struct SearchOpened: EventData {
  public static let type = EventType(.cme, "search-opened")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "The authority looks for a child who may be missing education. Published once for each search, and again when a closed one is opened anew."
  public static let schema = JSONSchema.object([
    .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The search."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, required: false, "The child's last school, where one is known."),
    .init("trigger", .string(pattern: "^T([1-9]|1[0-3])$"), "What made the authority look: T1 to T13."),
    .init("openedOn", .day, "The day on which the search began."),
  ])

  public let `case`: String
  public let pupil: PupilID
  public let school: URN?
  public let trigger: String
  public let openedOn: Day

  public init(case id: String, pupil: PupilID, school: URN?, trigger: String, openedOn: Day) {
    self.case = id
    self.pupil = pupil
    self.school = school
    self.trigger = trigger
    self.openedOn = openedOn
  }
}

/// A manager found that nobody knows where a child is.
public struct WhereaboutsUnknown: EventData {
  public static let type = EventType(.cme, "whereabouts-unknown")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A manager found that the whereabouts of a child are unknown. Published each time that it is found."
  public static let schema = JSONSchema.object([
    .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The search."),
    .init("pupil", .pupil, "The child."),
    .init("on", .day, "The day on which it was found."),
  ])

  public let `case`: String
  public let pupil: PupilID
  public let on: Day

  public init(case id: String, pupil: PupilID, on: Day) {
    self.case = id
    self.pupil = pupil
    self.on = on
  }
}

/// The search for a child ended.
public struct SearchClosed: EventData {
  public static let type = EventType(.cme, "search-closed")
  public static let classification = DataClassification.pseudonymous
  public static let summary = "The search for a child ended. Published each time that it is closed."
  public static let schema = JSONSchema.object([
    .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The search."),
    .init("pupil", .pupil, "The child."),
    .init(
      "outcome", .string(pattern: "^[a-z]+(-[a-z]+)*$"), required: false,
      "How it ended, for example on-roll; absent when the report fell away before anybody looked at it."),
    .init("located", .boolean, required: false, "Whether the child was found; absent when that was not the end."),
    .init("closedOn", .day, "The day on which it was closed."),
  ])

  public let `case`: String
  public let pupil: PupilID
  public let outcome: String?
  public let located: Bool?
  public let closedOn: Day

  public init(case id: String, pupil: PupilID, outcome: String?, located: Bool?, closedOn: Day) {
    self.case = id
    self.pupil = pupil
    self.outcome = outcome
    self.located = located
    self.closedOn = closedOn
  }
}
