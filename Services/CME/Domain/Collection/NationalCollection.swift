public import Rulebook

/// Why a child is missing education, in the words of the national collection.
public enum MissingReason: String, Hashable, Sendable, Codable, CaseIterable {
  case applicationAwaitingOutcome = "school application awaiting outcome"
  case movedFromAuthority = "moved in from another authority"
  case believedAbroad = "believed moved to another country"
  case unsuitableHomeEducation = "unsuitable elective home education"
  case movedFromAbroad = "moved in from another country"
  case believedInAuthority = "believed moved to another authority"
  case waitingToStart = "waiting school start"
  case offerNotAccepted = "offered place not yet accepted"
  case preferenceRefused = "did not get preference"
  case noSuitablePlace = "difficulty accessing suitable place"
  case challengingOrder = "challenging attendance order"
  case dissatisfiedSEND = "dissatisfaction (SEND)"
  case dissatisfied = "dissatisfaction (general)"
  case parentalDecision = "parental decision not to register"
  case neverApplied = "did not apply at compulsory school age"
  case mentalHealth = "mental health"
  case physicalHealth = "physical health"
  case unknown
  case notRecorded = "not recorded"
  case other
}

/// What the Department for Education collects each term of children missing education: dated data.
public struct NationalCollection: Hashable, Sendable {
  /// The reasons that it knows.
  public let reasons: Set<MissingReason>
  /// The bands of duration, shortest first.
  public let bands: [MissingDuration.Band]
  /// The band of a child of whom nobody knows since when.
  public let unknownBand: String
  /// The counts that are published as low.
  public let low: ClosedRange<Int>

  public init(
    reasons: Set<MissingReason>, bands: [MissingDuration.Band], unknownBand: String, low: ClosedRange<Int>
  ) {
    self.reasons = reasons
    self.bands = bands
    self.unknownBand = unknownBand
    self.low = low
  }

  /// Since the collection became mandatory; before, it was asked in the same form.
  public static let inForce: Dated<NationalCollection> = [
    InForce(
      NationalCollection(
        reasons: Set(MissingReason.allCases),
        bands: [
          .init(below: 14, "under 2 weeks"), .init(below: 28, "2 to 4 weeks"), .init(below: 56, "4 to 8 weeks"),
          .init(below: 84, "8 to 12 weeks"), .init(below: 182, "12 to 26 weeks"), .init(below: 365, "26 to 52 weeks"),
          .init(below: nil, "over 52 weeks"),
        ], unknownBand: "unknown", low: 1...4),
      from: Day(year: 2024, month: 9, day: 1),
      source: "Department for Education, children missing education: termly collection; CME-4, CME-5")
  ]
}
