public import Contracts
public import Rulebook

/// The officer of a school and the cluster that it belongs to, from a day until the next entry.
public struct SchoolAllocation: BookEntry {
  public static let book = Book.schoolAllocation
  public let urn: URN
  /// The officer's opaque identifier.
  public let officer: String
  /// The cluster's own code.
  public let cluster: String
  public let from: Day

  public init(urn: URN, officer: String, cluster: String, from day: Day) {
    (self.urn, self.officer, self.cluster) = (urn, officer, cluster)
    from = day
  }

  public var on: Day { from }
  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults()
    faults.require(1...100 ~= officer.utf8.count, "/officer", "must have 1 to 100 bytes")
    faults.require(
      cluster.wholeMatch(of: /[a-z0-9-]{1,40}/) != nil, "/cluster", "must be 1 to 40 of a-z, 0-9 and -")
    return faults
  }
}

/// The meeting with a school about its attendance, once a term at least (Working together: targeting support meetings).
public struct TargetingMeeting: BookEntry {
  public static let book = Book.targetingMeeting
  public let urn: URN
  public let on: Day
  /// Who came, by role.
  public let present: [String]
  /// What was agreed, beside the actions.
  public let agreed: String

  public var school: URN? { urn }
  public var faults: Faults { .of(words: [(agreed, "/agreed")], lists: [(present, "/present")]) }
}

/// Something that a school and the authority agreed to do.
public struct SchoolAction: BookEntry {
  public static let book = Book.schoolAction
  public let urn: URN
  /// The meeting at which it was agreed, by number.
  public let meeting: Int64?
  public let objective: String
  public let action: String
  /// By role.
  public let owner: String
  public let due: Day
  /// How it is seen that it worked.
  public let measure: String
  public let review: Day

  public var on: Day { due }
  public var school: URN? { urn }
  public var about: Int64? { meeting }
  public var faults: Faults {
    .of(words: [(objective, "/objective"), (action, "/action"), (owner, "/owner"), (measure, "/measure")])
  }
}

/// What came of an action of a school.
public struct ActionOutcome: BookEntry {
  /// What came of it.
  public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable { case done, replaced, dropped }

  public static let book = Book.actionOutcome
  /// The action's number.
  public let action: Int64
  public let on: Day
  public let outcome: Outcome
  public let evidence: String

  public var about: Int64? { action }
  public var faults: Faults { .of(words: [(evidence, "/evidence")]) }
}

/// A child who goes to another school at the end of a phase, and needs help with it.
public struct Transition: BookEntry {
  public static let book = Book.transition
  public let child: PupilID
  /// The school that the child leaves.
  public let from: URN
  public let to: URN
  public let on: Day
  public let needs: String
  /// What both schools and the family do.
  public let support: [String]

  public var pupil: PupilID? { child }
  public var school: URN? { from }
  public var faults: Faults {
    var faults = Faults.of(words: [(needs, "/needs")], lists: [(support, "/support")])
    faults.require(from != to, "/to", "must be another school")
    return faults
  }
}

/// How a child arrived at the new school.
public struct TransitionOutcome: BookEntry {
  /// How it went.
  public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
    case settled, referred
    case notArrived = "not-arrived"
  }

  public static let book = Book.transitionOutcome
  /// The transition's number.
  public let transition: Int64
  public let on: Day
  public let outcome: Outcome

  public var about: Int64? { transition }
  public var faults: Faults { Faults() }
}

/// A day on which officers visit the homes of a school's absent pupils.
public struct Blitz: BookEntry {
  public static let book = Book.blitz
  public let urn: URN
  public let on: Day
  /// The officers, by opaque identifiers.
  public let officers: [String]
  /// Who is visited, and why they.
  public let criteria: String

  public var school: URN? { urn }
  public var faults: Faults { .of(words: [(criteria, "/criteria")], lists: [(officers, "/officers")]) }
}

/// What came of a day of visits, in numbers.
public struct BlitzOutcome: BookEntry {
  public static let book = Book.blitzOutcome
  /// The number of the day of visits.
  public let blitz: Int64
  public let on: Day
  public let visited: Int
  public let seen: Int
  /// How many came back to school within the week.
  public let back: Int

  public var about: Int64? { blitz }
  public var faults: Faults {
    var faults = Faults()
    faults.count(visited, "/visited", 0...1_000)
    faults.require(0...max(0, visited) ~= seen, "/seen", "must be at most how many were visited")
    faults.require(0...max(0, visited) ~= back, "/back", "must be at most how many were visited")
    return faults
  }
}

/// How many sessions of a school were missed for health appointments, by half day and service: numbers, and no child.
public struct HealthSurvey: BookEntry {
  /// The service that the appointment was with.
  public enum Service: String, Codable, Hashable, Sendable, CaseIterable {
    case doctor, dentist, optician, hospital, other
    case mentalHealth = "mental-health"
  }

  /// A count.
  public struct Count: Codable, Hashable, Sendable {
    public let session: Session
    public let service: Service
    public let missed: Int
  }

  public static let book = Book.healthSurvey
  public let urn: URN
  public let from: Day
  public let to: Day
  public let counts: [Count]

  public var on: Day { to }
  public var school: URN? { urn }
  public var faults: Faults {
    var faults = Faults.of(days: (from, to))
    faults.require(1...12 ~= counts.count, "/counts", "must have 1 to 12 rows")
    for (place, count) in counts.prefix(12).enumerated() {
      faults.count(count.missed, "/counts/\(place)/missed", 0...100_000)
    }
    return faults
  }
}
