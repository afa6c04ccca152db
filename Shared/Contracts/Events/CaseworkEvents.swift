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

  public init(case id: String, pupil: PupilID, school: URN, closedOn: Day, reason: Reason) {
    self.case = id
    self.pupil = pupil
    self.school = school
    self.closedOn = closedOn
    self.reason = reason
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
    .init("offeredOn", .day, "The day on which it was offered."),
  ])

  public let contract: String
  public let pupil: PupilID
  public let school: URN
  public let offeredOn: Day

  public init(contract: String, pupil: PupilID, school: URN, offeredOn: Day) {
    self.contract = contract
    self.pupil = pupil
    self.school = school
    self.offeredOn = offeredOn
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
      "What became of the target; absent while the contract goes on."),
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

  public init(contract: String, pupil: PupilID, school: URN, reviewedOn: Day, result: Result?) {
    self.contract = contract
    self.pupil = pupil
    self.school = school
    self.reviewedOn = reviewedOn
    self.result = result
  }
}
