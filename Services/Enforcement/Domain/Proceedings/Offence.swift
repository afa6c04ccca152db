public import Rulebook

/// The offences for which an authority prosecutes a parent.
public enum Offence: String, Hashable, Sendable, CaseIterable {
  /// The child does not attend regularly (Education Act 1996 s444(1)).
  case irregularAttendance = "s444-1"
  /// The parent knows it and fails without reasonable justification to cause attendance (s444(1A)).
  case knowingly = "s444-1a"
  /// A school attendance order is not complied with (s443).
  case attendanceOrder = "s443"
  /// Persistently no compliance with a direction under an education supervision order (Children Act 1989 Sch 3 para 18).
  case supervisionDirection = "supervision-direction"
  /// A parenting order is not complied with (Sentencing Act 2020 Part 11).
  case parentingOrder = "parenting-order"

  /// What the law says of one offence.
  public struct Rule: Hashable, Sendable {
    /// The level of the fine on the standard scale.
    public let level: Int
    /// The highest fine.
    public let highestFine: Money
    /// The longest imprisonment, in months; `nil` where there is none.
    public let longestCustody: Int?
    /// Whether a single justice may deal with it on papers.
    public let allowsSingleJustice: Bool
    /// Whether a conviction is recorded on the national computer.
    public let isRecordable: Bool
  }

  /// What has been in force since when (Criminal Justice Act 1982 s37: levels 3 and 4 of the standard scale).
  public static let rules: Dated<[Offence: Rule]> = [
    InForce(
      [
        .irregularAttendance: level3(allowsSingleJustice: true), .attendanceOrder: level3(),
        .supervisionDirection: level3(), .parentingOrder: level3(),
        .knowingly: Rule(
          level: 4, highestFine: .pounds(2_500), longestCustody: 3, allowsSingleJustice: false, isRecordable: true),
      ], from: Day(year: 2015, month: 4, day: 13),
      source: "Education Act 1996 ss443, 444; Children Act 1989 Sch 3 para 18; Magistrates' Courts Act 1980 s16A")
  ]

  private static func level3(allowsSingleJustice: Bool = false) -> Rule {
    Rule(
      level: 3, highestFine: .pounds(1_000), longestCustody: nil, allowsSingleJustice: allowsSingleJustice,
      isRecordable: false)
  }

  /// The law of the offence on a day.
  public func rule(on day: Day) -> Rule? { Self.rules.value(on: day)[self] }

  /// Whether a court that was asked to convict of this may convict of another: of s444(1) on a charge of s444(1A).
  public func allowsConviction(of other: Offence) -> Bool {
    self == other || (self == .knowingly && other == .irregularAttendance)
  }
}

/// What a court can impose.
public enum Sentence: String, Hashable, Sendable, CaseIterable {
  case absoluteDischarge = "absolute-discharge"
  case conditionalDischarge = "conditional-discharge"
  case fine
  case communityOrder = "community-order"
  case custody

  /// Whether the law allows it for an offence: a community order and custody need one that can be punished by
  /// imprisonment.
  public func isOpen(for offence: Offence, on day: Day) -> Bool {
    switch self {
    case .absoluteDischarge, .conditionalDischarge, .fine: true
    case .communityOrder, .custody: offence.rule(on: day)?.longestCustody != nil
    }
  }
}
