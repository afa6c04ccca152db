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
    .init("openedOn", .day, "The day on which the search began."), Concern.field,
  ])

  public let `case`: String
  public let pupil: PupilID
  public let school: URN?
  public let trigger: String
  public let openedOn: Day
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(
    case id: String, pupil: PupilID, school: URN?, trigger: String, openedOn: Day, concerns: [Concern]? = nil
  ) {
    self.case = id
    self.pupil = pupil
    self.school = school
    self.trigger = trigger
    self.openedOn = openedOn
    self.concerns = concerns
  }
}

/// What is found of a child in a search or in home education: of whom and when. Whoever may know more asks cme in a
/// person's name.
public struct ChildFact<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The case."),
      .init("pupil", .pupil, "The child."),
      .init("school", .urn, required: false, "The child's last school, where one is known."),
      .init("on", .day, "The day on which it was found."), Concern.field,
    ])
  }

  public let `case`: String
  public let pupil: PupilID
  public let school: URN?
  public let on: Day
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(case id: String, pupil: PupilID, school: URN? = nil, on: Day, concerns: [Concern]? = nil) {
    self.case = id
    self.pupil = pupil
    self.school = school
    self.on = on
    self.concerns = concerns
  }
}

/// A manager found that nobody knows where a child is.
public typealias WhereaboutsUnknown = ChildFact<UnknownWhereabouts>
/// The safeguarding questions about a missing child found a risk.
public typealias RiskFound = ChildFact<FoundRisk>
/// A child's education at home has begun, or is known of.
public typealias HomeEducationStarted = ChildFact<StartedHomeEducation>
/// A child's education at home was found not to be suitable.
public typealias HomeEducationUnsuitable = ChildFact<UnsuitableHomeEducation>

public enum UnknownWhereabouts: EventFact {
  public static let type = EventType(.cme, "whereabouts-unknown")
  public static let summary =
    "A manager found that the whereabouts of a child are unknown. Published each time that it is found."
}

public enum FoundRisk: EventFact {
  public static let type = EventType(.cme, "risk-found")
  public static let summary =
    "The safeguarding questions about a missing child found a risk; not which. Published each time that they do."
}

public enum StartedHomeEducation: EventFact {
  public static let type = EventType(.cme, "home-education-started")
  public static let summary = "The authority knows that a child is educated at home. Published once for each time."
}

public enum UnsuitableHomeEducation: EventFact {
  public static let type = EventType(.cme, "home-education-unsuitable")
  public static let summary =
    "The authority found that a child's education at home is not suitable. Published each time that it is found."
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
    .init("school", .urn, required: false, "The child's last school, where one is known."), Concern.field,
  ])

  public let `case`: String
  public let pupil: PupilID
  public let outcome: String?
  public let located: Bool?
  public let closedOn: Day
  public let school: URN?
  /// Whose concern the child is on the day; `nil` where the program did not know.
  public let concerns: [Concern]?

  public init(
    case id: String, pupil: PupilID, outcome: String?, located: Bool?, closedOn: Day, school: URN? = nil,
    concerns: [Concern]? = nil
  ) {
    self.case = id
    self.pupil = pupil
    self.outcome = outcome
    self.located = located
    self.closedOn = closedOn
    self.school = school
    self.concerns = concerns
  }
}
