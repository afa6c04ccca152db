public import Rulebook

/// The law on children's work as one Act has it: what is in force is chosen by the day of the work.
public struct EmploymentRegime: Hashable, Sendable {
  /// The youngest age at which a child may work.
  public let lowestAge: Int
  /// The limits of the Act itself.
  public let limits: [WorkLimit]
  /// Whether an authority's byelaws add to them.
  public let hasByelaws: Bool
  /// The most that may be allowed before school, in minutes.
  public let longestBeforeSchool: Int
  /// The longest work without a break, in minutes.
  public let longestStretch: Int
  /// The shortest break that ends it, in minutes.
  public let shortestBreak: Int
  /// How many days running in the school holidays of a year must be free of work.
  public let daysOfRest: Int
  /// The youngest age at which byelaws may allow street trading.
  public let lowestStreetTradingAge: Int
  /// Whether the law asks for a permit before the work begins.
  public let isPermitRequiredFirst: Bool

  /// Children and Young Persons Act 1933 s18 as in force, with byelaws.
  static let act1933 = EmploymentRegime(
    lowestAge: 13,
    limits: hours(earliest: ClockTime(7, 0), latest: ClockTime(19, 0)) + [
      WorkLimit(.dayLimit, period: .sunday, minutes: 120)
    ],
    hasByelaws: true, longestBeforeSchool: 60, longestStretch: 240, shortestBreak: 60, daysOfRest: 14,
    lowestStreetTradingAge: 14, isPermitRequiredFirst: false)

  /// The new s18 of the Children's Wellbeing and Schools Act 2026 s28: enacted, not commenced. Its lists are for
  /// regulations that are not made; until then those of the model byelaws stand in for them (LIC-19).
  static let act2026 = EmploymentRegime(
    lowestAge: 13, limits: hours(earliest: ClockTime(7, 0), latest: ClockTime(20, 0)) + Byelaws.model1998,
    hasByelaws: false, longestBeforeSchool: 60, longestStretch: 240, shortestBreak: 60, daysOfRest: 14,
    lowestStreetTradingAge: 14, isPermitRequiredFirst: true)

  /// What is in force in England since when.
  public static let england: Dated<EmploymentRegime> = [
    InForce(
      act1933, from: Day(year: 1998, month: 8, day: 4),
      source: "Children and Young Persons Act 1933 s18 as amended by SI 1998/276; interpretations LIC-1 to LIC-4")
  ]

  /// Enacted and not commenced: to bring it into force, end the last line of ``england`` and add this with its day.
  public static let enacted = (
    regime: act2026, source: "Children and Young Persons Act 1933 s18 as substituted by the 2026 Act s28"
  )

  /// What both Acts say alike.
  private static func hours(earliest: ClockTime, latest: ClockTime) -> [WorkLimit] {
    [
      WorkLimit(.earliest, time: earliest), WorkLimit(.latest, time: latest),
      WorkLimit(.dayLimit, period: .schoolDay, minutes: 120),
      WorkLimit(.dayLimit, ageTo: 14, period: .freeDay, minutes: 300),
      WorkLimit(.dayLimit, ageFrom: 15, period: .freeDay, minutes: 480),
      WorkLimit(.weekLimit, period: .schoolWeek, minutes: 720),
      WorkLimit(.weekLimit, ageTo: 14, period: .freeWeek, minutes: 1500),
      WorkLimit(.weekLimit, ageFrom: 15, period: .freeWeek, minutes: 2100),
    ]
  }

  /// Whether a complete row of byelaws allows what the Act does not, at any age that it is for.
  func isLooser(_ row: WorkLimit) -> Bool {
    let ages = (row.ageFrom ?? lowestAge)...(row.ageTo ?? max(row.ageFrom ?? lowestAge, 16))
    switch row.kind {
    case .allowedAt13, .exemptFamily, .prohibited, .notifyWithin: return false
    case .beforeSchool: return (row.minutes ?? 0) > longestBeforeSchool
    case .streetTrading: return (row.ageFrom ?? 0) < lowestStreetTradingAge
    case .earliest, .latest, .dayLimit, .weekLimit:
      return ages.contains { age in
        limits.contains {
          $0.kind == row.kind && $0.period == row.period && $0.isFor(age: age) && row.allowsMore(than: $0)
        }
      }
    }
  }
}

extension WorkLimit {
  /// Whether it allows more than another of its kind.
  func allowsMore(than other: WorkLimit) -> Bool {
    switch kind {
    case .earliest: (time ?? ClockTime(0, 0)) < (other.time ?? ClockTime(0, 0))
    case .latest: (time ?? ClockTime(24, 0)) > (other.time ?? ClockTime(24, 0))
    case .notifyWithin: (days ?? 0) > (other.days ?? 0)
    case .streetTrading: (ageFrom ?? 0) < (other.ageFrom ?? 0)
    default: (minutes ?? 0) > (other.minutes ?? 0)
    }
  }
}
