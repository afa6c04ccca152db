public import Rulebook

/// A home visit as it is planned. A visit that somebody makes alone needs a risk assessment; nobody goes where contact is
/// not safe.
public struct PlannedVisit: CaseRecord {
  /// How much risk there is in going.
  public enum Risk: String, Codable, Hashable, Sendable, CaseIterable { case low, medium, high }

  public static let kind = RecordKind.visit
  public let on: Day
  public let purpose: String
  public let risk: Risk
  /// What the risk assessment says; blank only for a visit of two or more.
  public let assessment: String
  public let isAlone: Bool
  /// Whether it was checked that the family can be contacted safely.
  public let isSafeToContact: Bool

  public init(on day: Day, purpose: String, risk: Risk, assessment: String, isAlone: Bool, isSafeToContact: Bool) {
    on = day
    self.purpose = purpose
    self.risk = risk
    self.assessment = assessment
    self.isAlone = isAlone
    self.isSafeToContact = isSafeToContact
  }

  public var faults: Faults {
    var faults = Faults()
    faults.words(purpose, "/purpose")
    faults.words(assessment, "/assessment", mayBeBlank: !isAlone)
    faults.require(!(isAlone && risk == .high), "/isAlone", "must be false where the risk is high")
    faults.require(isSafeToContact, "/isSafeToContact", "must be true: do not visit where contact is not safe")
    return faults
  }
}

/// What came of a visit.
public struct VisitOutcome: CaseRecord {
  public static let kind = RecordKind.visitOutcome
  /// The visit's number.
  public let visit: Int64
  public let on: Day
  public let outcome: AttendanceCase.Visit
  public let childSeen: Bool
  public let next: String

  public init(visit: Int64, on day: Day, outcome: AttendanceCase.Visit, childSeen: Bool, next: String) {
    self.visit = visit
    on = day
    self.outcome = outcome
    self.childSeen = childSeen
    self.next = next
  }

  public var about: Int64? { visit }
  public var faults: Faults {
    var faults = Faults()
    faults.words(next, "/next")
    faults.require(!childSeen || outcome == .seen, "/childSeen", "must be false where nobody was seen")
    return faults
  }
}

/// A meeting as it is called.
public struct Meeting: CaseRecord {
  /// What kind of meeting it is.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case team = "team-around-the-family"
    case guidance = "guidance-and-support"
    case school, contract, other
  }

  public static let kind = RecordKind.meeting
  public let type: Kind
  public let on: Day
  public let place: String
  public let purpose: String
  /// Who is invited, by role.
  public let invited: [String]

  public init(type: Kind, on day: Day, place: String, purpose: String, invited: [String]) {
    self.type = type
    on = day
    self.place = place
    self.purpose = purpose
    self.invited = invited
  }

  public var faults: Faults {
    var faults = Faults()
    faults.words(place, "/place")
    faults.words(purpose, "/purpose")
    faults.list(invited, "/invited", atLeast: 1)
    return faults
  }
}

/// What a meeting decided: decisions, and nothing else that was said.
public struct Minutes: CaseRecord {
  public static let kind = RecordKind.minutes
  /// The meeting's number.
  public let meeting: Int64
  public let on: Day
  /// Who came, by role; empty where it was not held.
  public let present: [String]
  public let decisions: [ActionPoint]

  public init(meeting: Int64, on day: Day, present: [String], decisions: [ActionPoint]) {
    self.meeting = meeting
    on = day
    self.present = present
    self.decisions = decisions
  }

  /// Whether anybody came.
  public var wasHeld: Bool { !present.isEmpty }
  public var about: Int64? { meeting }
  public var faults: Faults {
    var faults = Faults()
    faults.list(present, "/present")
    faults.require(decisions.count <= Faults.mostRows, "/decisions", "must have at most 50 rows")
    faults.require(wasHeld || decisions.isEmpty, "/decisions", "must be empty where the meeting was not held")
    for (place, task) in decisions.enumerated() { task.check(&faults, at: "/decisions/\(place)") }
    return faults
  }
}
