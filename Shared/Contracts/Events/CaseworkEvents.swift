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
    .init("openedOn", .day, "The day on which the referral was accepted."), CaseworkFields.concerns,
  ])

  public let `case`: String
  public let pupil: PupilID
  public let school: URN
  public let openedOn: Day
  /// `nil` in events from before it was published.
  public let concerns: [Concern]?

  public init(case id: String, pupil: PupilID, school: URN, openedOn: Day, concerns: [Concern]? = nil) {
    self.case = id
    self.pupil = pupil
    self.school = school
    self.openedOn = openedOn
    self.concerns = concerns
  }
}

/// A case was closed: the authority no longer works with the family about attendance.
public struct CaseClosed: EventData {
  public static let type = EventType(.casework, "case-closed")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "A case that had been opened was closed by two people, or joined with another of the same child. Published once for each case."
  public static let schema = JSONSchema.object([
    .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The case."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The child's school."),
    .init("closedOn", .day, "The day on which it was closed."),
    .init("reason", .oneOf(Reason.allCases.map(\.rawValue)), "Why, as far as others need it."),
    CaseworkFields.concerns,
  ])

  /// Why, as far as others need it: how well the work went stays in casework.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// The work with the family ended.
    case ended
    /// Another service or authority has accepted the child.
    case transferred
    /// The child moved.
    case moved
    /// The child is over compulsory school age.
    case overSchoolAge = "over-school-age"
    /// It was the wrong child, or there was a case already.
    case error
  }

  public let `case`: String
  public let pupil: PupilID
  public let school: URN
  public let closedOn: Day
  public let reason: Reason
  /// `nil` in events from before it was published.
  public let concerns: [Concern]?

  public init(
    case id: String, pupil: PupilID, school: URN, closedOn: Day, reason: Reason, concerns: [Concern]? = nil
  ) {
    self.case = id
    self.pupil = pupil
    self.school = school
    self.closedOn = closedOn
    self.reason = reason
    self.concerns = concerns
  }
}

/// An attendance contract was offered to a parent (Anti-social Behaviour Act 2003 s19).
public struct ContractOffered: EventData {
  public static let type = EventType(.casework, "contract-offered")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "An attendance contract was offered to a parent. Published once for each contract, at once."
  public static let schema = JSONSchema.object([
    .init("contract", .string(pattern: "^c[1-9][0-9]*$"), "The contract."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The child's school."),
    .init("offeredOn", .day, "The day on which it was offered."), CaseworkFields.concerns,
  ])

  public let contract: String
  public let pupil: PupilID
  public let school: URN
  public let offeredOn: Day
  /// `nil` in events from before it was published.
  public let concerns: [Concern]?

  public init(contract: String, pupil: PupilID, school: URN, offeredOn: Day, concerns: [Concern]? = nil) {
    self.contract = contract
    self.pupil = pupil
    self.school = school
    self.offeredOn = offeredOn
    self.concerns = concerns
  }
}

/// An attendance contract was reviewed, or what became of its target was found.
public struct ContractReviewed: EventData {
  public static let type = EventType(.casework, "contract-reviewed")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "An attendance contract was reviewed, or a person found what became of its target. Published at every review, at once."
  public static let schema = JSONSchema.object([
    .init("contract", .string(pattern: "^c[1-9][0-9]*$"), "The contract."),
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The child's school."),
    .init("reviewedOn", .day, "The day of the review."),
    .init(
      "result", .oneOf(Result.allCases.map(\.rawValue)), required: false,
      "What became of the target; absent while the contract goes on."), CaseworkFields.concerns,
  ])

  /// What became of the target.
  public enum Result: String, Codable, Sendable, CaseIterable {
    case met
    case partMet = "part-met"
    case notMet = "not-met"
    /// No session was possible.
    case notMeasurable = "not-measurable"
  }

  public let contract: String
  public let pupil: PupilID
  public let school: URN
  public let reviewedOn: Day
  public let result: Result?
  /// `nil` in events from before it was published.
  public let concerns: [Concern]?

  public init(
    contract: String, pupil: PupilID, school: URN, reviewedOn: Day, result: Result?, concerns: [Concern]? = nil
  ) {
    self.contract = contract
    self.pupil = pupil
    self.school = school
    self.reviewedOn = reviewedOn
    self.result = result
    self.concerns = concerns
  }
}

/// A case went to enforcement: two people found that support was not enough.
public typealias CaseEscalated = CaseStep<EscalatedCase>
/// Enforcement ended in a case and the family is supported again.
public typealias CaseSteppedDown = CaseStep<SteppedDownCase>
/// An officer reviewed a case with the family.
public typealias CaseReviewed = CaseStep<ReviewedCase>

public enum EscalatedCase: EventFact {
  public static let type = EventType(.casework, "case-escalated")
  public static let summary =
    "Two people sent an open case to enforcement. Published each time, at once; the support that was given is asked of casework."
}

public enum SteppedDownCase: EventFact {
  public static let type = EventType(.casework, "case-stepped-down")
  public static let summary = "A case came back from enforcement to support. Published each time, at once."
}

public enum ReviewedCase: EventFact {
  public static let type = EventType(.casework, "case-reviewed")
  public static let summary =
    "An officer reviewed a case with the family. Published at every review, at once; what was found stays in casework."
}

/// Something that happened in an open case.
public struct CaseStep<Fact: EventFact>: EventData {
  public static var type: EventType { Fact.type }
  public static var classification: DataClassification { .pseudonymous }
  public static var summary: String { Fact.summary }
  public static var schema: JSONSchema {
    .object([
      .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The case."),
      .init("pupil", .pupil, "The child."),
      .init("school", .urn, "The child's school."),
      .init("on", .day, "The day on which it happened."),
      .init(
        "concerns", .array(.oneOf(Concern.allCases.map(\.rawValue))),
        "Whose concern the child is on the day, beside the school's."),
    ])
  }

  public let `case`: String
  public let pupil: PupilID
  public let school: URN
  public let on: Day
  public let concerns: [Concern]

  public init(case id: String, pupil: PupilID, school: URN, on day: Day, concerns: [Concern]) {
    self.case = id
    self.pupil = pupil
    self.school = school
    on = day
    self.concerns = concerns
  }
}

/// The support that a family was given, as enforcement considers it before a notice and shows it to a court.
public struct SupportRecorded: EventData {
  public static let type = EventType(.casework, "support-recorded")
  public static let classification = DataClassification.pseudonymous
  public static let summary =
    "The support on record for a child with a case: whole, at every change. What was done and what came of it, never what was said."
  public static let schema = JSONSchema.object([
    .init("pupil", .pupil, "The child."),
    .init("school", .urn, "The child's school."),
    .init("on", .day, "The day of the change."),
    .init(
      "steps",
      .array(
        .object([
          .init("on", .day, "The day."),
          .init("case", .string(pattern: "^c[1-9][0-9]*$"), "The case."),
          .init("what", .string(pattern: Self.word), "What was done, for example visit, review or school-meeting."),
          .init("outcome", .string(pattern: Self.word), required: false, "What came of it, where that is recorded."),
          .init("reference", .string(pattern: "^[a-z][0-9]+$"), "Casework's record, opaque."),
        ])), "The steps in order, at most the last 200."),
    .init("isSupported", .boolean, "Whether support is on record in an open case."),
    .init("hasLegalBasis", .boolean, "Whether a legal basis was noted when the case was sent to enforcement."),
    .init(
      "socialWorkerConsulted", .boolean, required: false,
      "Whether the social worker was consulted before the case was sent to enforcement; absent where nobody was asked."),
  ])

  private static let word = "^[a-z][a-z0-9-]{0,39}$"
  /// The most steps of one event: the last ones.
  public static let mostSteps = 200

  public struct Step: Hashable, Codable, Sendable {
    public let on: Day
    public let `case`: String
    /// For example `visit`, `review`, `contract`, `school-meeting`.
    public let what: String
    /// What came of it, where that is recorded.
    public let outcome: String?
    public let reference: String

    public init(on day: Day, case id: String, what: String, outcome: String?, reference: String) {
      on = day
      self.case = id
      self.what = what
      self.outcome = outcome
      self.reference = reference
    }
  }

  public let pupil: PupilID
  public let school: URN
  public let on: Day
  public let steps: [Step]
  public let isSupported: Bool
  public let hasLegalBasis: Bool
  public let socialWorkerConsulted: Bool?

  public init(
    pupil: PupilID, school: URN, on day: Day, steps: [Step], isSupported: Bool, hasLegalBasis: Bool,
    socialWorkerConsulted: Bool?
  ) {
    self.pupil = pupil
    self.school = school
    on = day
    self.steps = steps
    self.isSupported = isSupported
    self.hasLegalBasis = hasLegalBasis
    self.socialWorkerConsulted = socialWorkerConsulted
  }
}

private enum CaseworkFields {
  static let concerns = JSONSchema.Field(
    "concerns", .array(.oneOf(Concern.allCases.map(\.rawValue))), required: false,
    "Whose concern the child is on the day, beside the school's; absent in events from before it was published.")
}
