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

  public init(
    urn: URN, phase: SchoolPhase, kind: SchoolKind, clusters: [Membership] = [], localities: [Membership] = []
  ) {
    self.urn = urn
    self.phase = phase
    self.kind = kind
    self.clusters = clusters
    self.localities = localities
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
  /// The year group as the school stated it, and the school year in which it did.
  public let stated: (group: YearGroup, in: SchoolYear)?
  /// When the child has the flag that the figure is split by; without days in common.
  public let flagged: [DayRange]

  public init(
    registration: Int64, enrolledOn: Day, leftOn: Day? = nil, isSubsidiary: Bool = false, dateOfBirth: Day,
    sex: String? = nil, stated: (group: YearGroup, in: SchoolYear)? = nil, flagged: [DayRange] = []
  ) {
    self.registration = registration
    self.enrolledOn = enrolledOn
    self.leftOn = leftOn
    self.isSubsidiary = isSubsidiary
    self.dateOfBirth = dateOfBirth
    self.sex = sex
    self.stated = stated
    self.flagged = flagged
  }

  /// The year group in a school year: as stated and moved on, else by the date of birth.
  func yearGroup(in year: SchoolYear) -> YearGroup? {
    if let stated { return stated.group.advanced(years: year.startYear - stated.in.startYear) }
    return YearGroup(dateOfBirth: dateOfBirth, in: year)
  }
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
