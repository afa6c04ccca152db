public import CaseFlow
public import Rulebook

/// What makes the authority look for a child (CME guidance; section 436A of the Education Act 1996).
public enum Trigger: String, Hashable, Sendable, Codable, CaseIterable {
  /// A deletion return whose destination is unknown or is no school.
  case deletion = "T1"
  /// Ten school days of continuous unauthorised absence.
  case continuousAbsence = "T2"
  /// Not returned within ten school days of the end of leave: ground (h).
  case leaveNotReturned = "T3"
  /// Twenty school days of continuous absence without leave: ground (i).
  case extendedAbsence = "T4"
  /// Did not start on the agreed day, or never appeared in the admissions round.
  case neverStarted = "T5"
  /// A place not accepted, or an application during the year not decided.
  case placeNotTaken = "T6"
  /// The parent means to educate at home.
  case homeEducationIntended = "T7"
  case homeEducationUnsuitable = "T8"
  /// A report of an agency or the public, or a sighting in school hours.
  case report = "T9"
  case otherAuthority = "T10"
  /// A refuge, homelessness, asylum dispersal, or an unaccompanied child's arrival.
  case arrival = "T11"
  /// Permanently excluded, and no provision by the sixth school day.
  case excluded = "T12"
  /// A child who lives here and is on no roll.
  case noRollMatch = "T13"

  /// Who must act on it.
  public enum Duty: String, Hashable, Sendable, Codable, CaseIterable {
    case school, authority, admissions, parent
    case homeEducationOfficer = "home-education-officer"
    case agency
    case otherAuthority = "other-authority"
  }

  /// Until when.
  public enum Limit: Hashable, Sendable {
    case within(Span)
    /// The longest interval between two returns, in calendar months.
    case months(Int)
    /// Joint enquiries come before the school may delete the name.
    case beforeDeletion

    /// The last day; `nil` where the law names an event and no day.
    ///
    /// - Parameter day: the day of the trigger, which is not counted.
    public func last(from day: Day, in calendar: SchoolCalendar?) -> Day? {
      switch self {
      case .within(let span): span.end(from: day, in: calendar).day
      case .months(let count): day.adding(months: count)
      case .beforeDeletion: nil
      }
    }
  }

  /// Who must do what by when.
  public struct Rule: Hashable, Sendable {
    public let duty: Set<Duty>
    public let limit: Limit
    /// The ground of deletion that it leads to, for which both must first have looked for the child.
    public let ground: DeletionGround?

    public init(_ duty: Set<Duty>, _ limit: Limit, ground: DeletionGround? = nil) {
      self.duty = duty
      self.limit = limit
      self.ground = ground
    }
  }

  private static let sameDay = Limit.within(.days(0))
  private static let regulations = Day(year: 2024, month: 8, day: 19)
  private static let guidance = "Children missing education: statutory guidance; Education Act 1996 s436A"

  /// The rule of the trigger.
  public var rule: Dated<Rule> {
    switch self {
    case .deletion:
      [InForce(Rule([.school], Self.sameDay), from: Self.regulations, source: "SI 2024/208 reg 13(4)-(6)")]
    case .continuousAbsence:
      [InForce(Rule([.school], .months(1)), from: Self.regulations, source: "SI 2024/208 reg 13")]
    case .leaveNotReturned: Self.joint(.h)
    case .extendedAbsence: Self.joint(.i)
    case .neverStarted: [InForce(Rule([.school, .admissions], .within(.workingDays(3))), source: "CME-2")]
    case .placeNotTaken: [InForce(Rule([.admissions], .within(.schoolDays(10))), source: Self.guidance)]
    case .homeEducationIntended: [InForce(Rule([.school, .parent], Self.sameDay), source: Self.guidance)]
    case .homeEducationUnsuitable: [InForce(Rule([.homeEducationOfficer], Self.sameDay), source: Self.guidance)]
    case .report, .arrival: [InForce(Rule([.agency], Self.sameDay), source: Self.guidance)]
    case .otherAuthority: [InForce(Rule([.otherAuthority], .within(.workingDays(2))), source: "CME-2")]
    case .excluded:
      // The first day of the exclusion is the first of the six, and is not counted.
      [
        InForce(
          Rule([.authority], .within(.schoolDays(5))), from: Day(year: 2007, month: 9, day: 1),
          source: "Education and Inspections Act 2006 s100; SI 2007/1870")
      ]
    case .noRollMatch: [InForce(Rule([.authority], .months(1)), source: Self.guidance)]
    }
  }

  /// What a deletion from a roll makes the authority look for.
  ///
  /// A return that names ground (h) or (i) without joint enquiries being certified is taken in and looked at the same day
  /// (CME-12).
  ///
  /// - Parameters:
  ///   - isDestinationKnown: whether the school knows where the child goes; `nil` when it did not say.
  ///   - isCertified: whether joint enquiries for the child have been certified.
  /// - Returns: `nil` when there is nothing to look for.
  public static func deletion(
    _ ground: DeletionGround?, isDestinationKnown: Bool?, isCertified: Bool
  ) -> Trigger? {
    switch ground {
    case .k: nil
    case .f: .homeEducationIntended
    case .h where !isCertified: .leaveNotReturned
    case .i where !isCertified: .extendedAbsence
    default: isDestinationKnown == true ? nil : .deletion
    }
  }

  /// Whether what gave rise to a report is over once the child is on a roll again.
  public var endsWithRegistration: Bool { self == .deletion || self == .homeEducationIntended || self == .noRollMatch }

  private static func joint(_ ground: DeletionGround) -> Dated<Rule> {
    [InForce(Rule([.school, .authority], .beforeDeletion, ground: ground), from: regulations, source: ground.source)]
  }
}
