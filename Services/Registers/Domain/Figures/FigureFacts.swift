public import Contracts
public import Rulebook

/// What a school belongs to from a first to a last day.
public struct Membership: Hashable, Sendable {
  public let value: String
  public let first: Day
  public let last: Day?

  public init(value: String, first: Day, last: Day?) {
    self.value = value
    self.first = first
    self.last = last
  }
}

/// What figures need to know of a school.
public struct SchoolFacts: Hashable, Sendable {
  public let urn: URN
  public let phase: SchoolPhase
  public let kind: SchoolKind
  /// Without days in common.
  public let clusters: [Membership]
  public let localities: [Membership]
  /// The sessions of the school's years; a year without a calendar has none.
  public let sessions: [SchoolYear: YearSessions]

  public init(
    urn: URN, phase: SchoolPhase, kind: SchoolKind, clusters: [Membership] = [], localities: [Membership] = [],
    sessions: [SchoolYear: YearSessions]
  ) {
    self.urn = urn
    self.phase = phase
    self.kind = kind
    self.clusters = clusters
    self.localities = localities
    self.sessions = sessions
  }

  /// The sessions of a year that can count for a child.
  func mask(of year: SchoolYear, for facts: RegistrationFacts) -> YearSessions.Mask {
    sessions[year]?.mask(for: facts.yearGroup(in: year)) ?? YearSessions.none
  }

  /// The phase that a child of a year group is taught in: an all-through school is two.
  func phase(for yearGroup: YearGroup?) -> SchoolPhase {
    guard phase == .allThrough, let yearGroup else { return phase }
    return yearGroup.number <= 6 ? .primary : .secondary
  }
}

/// What figures need to know of a child's time on a roll.
public struct RegistrationFacts: Sendable {
  public let registration: Int64
  public let enrolledOn: Day
  public let leftOn: Day?
  public let isSubsidiary: Bool
  public let dateOfBirth: Day
  /// `F`, `M` or `nil` when it is not known.
  public let sex: String?
  public let taught: TaughtGroup
  /// When the child has the flag that the figure is split by; without days in common.
  public let flagged: [DayRange]

  /// - Parameter taught: by the date of birth when absent.
  public init(
    registration: Int64, enrolledOn: Day, leftOn: Day? = nil, isSubsidiary: Bool = false, dateOfBirth: Day,
    sex: String? = nil, taught: TaughtGroup? = nil, flagged: [DayRange] = []
  ) {
    self.registration = registration
    self.enrolledOn = enrolledOn
    self.leftOn = leftOn
    self.isSubsidiary = isSubsidiary
    self.dateOfBirth = dateOfBirth
    self.sex = sex
    self.taught = taught ?? TaughtGroup(stated: nil, dateOfBirth: dateOfBirth)
    self.flagged = flagged
  }

  /// The year group in a school year: as stated and moved on, else by the date of birth.
  func yearGroup(in year: SchoolYear) -> YearGroup? { taught.group(in: year) }
}

extension DayRange {
  /// The days of both; `nil` when there are none.
  public func shared(with other: DayRange) -> DayRange? { meeting(other.first, other.last) }

  /// The days of both; `nil` when there are none.
  func meeting(_ first: Day, _ last: Day?) -> DayRange? {
    let from = max(self.first, first)
    let to = last.map { min(self.last, $0) } ?? self.last
    return from <= to ? DayRange(first: from, last: to) : nil
  }
}
