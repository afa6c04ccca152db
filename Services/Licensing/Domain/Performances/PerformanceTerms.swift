public import Rulebook

/// The hours of children in performances, as dated law.
public struct PerformanceTerms: Hashable, Sendable {
  /// What children of some ages may do in a day; times in minutes.
  public struct Band: Hashable, Sendable {
    /// How answers name it.
    public let name: String
    /// The age at which it ends; `nil` for the oldest.
    public let endsAt: Int?
    /// When the child may arrive.
    public let earliest: ClockTime
    /// When the child must have left.
    public let latest: ClockTime
    /// The longest time at the place.
    public let present: Int
    /// The longest performing and rehearsing in all.
    public let performing: Int
    /// The longest without a pause.
    public let continuous: Int
    /// From which time at the place a second rest is due; `nil` when none is.
    public let secondRestFrom: Int?
  }

  /// From the youngest on.
  public let bands: [Band]
  /// A pause shorter than this interrupts nothing and is no break (LIC-10).
  public let shortestPause: Int
  /// In minutes.
  public let shortestMeal: Int
  /// Breaks are due when the child is at the place for longer (LIC-11).
  public let breaksAbove: Int
  /// Between two performances.
  public let gap: Int
  /// From leaving to arriving, in minutes.
  public let overnightRest: Int
  /// The same after night work.
  public let restAfterNight: Int
  /// How many days running a child may perform; as many make a week full.
  public let mostDaysRunning: Int
  /// How many nights running bar further night work, and for how many days.
  public let nightsRunning: Int
  public let daysWithoutNights: Int
  /// How many full weeks running bring the break in performances, how many days it lasts, and for which licences.
  public let fullWeeks: Int
  public let breakDays: Int
  public let breakFromLicenceDays: Int

  /// The band of an age.
  func band(age: Int) -> Band { bands.first { $0.endsAt.map { age < $0 } ?? true } ?? bands[bands.count - 1] }

  /// What is in force in England since when.
  public static let england: Dated<PerformanceTerms> = [
    InForce(
      PerformanceTerms(
        bands: [
          Band(
            name: "0-4", endsAt: 5, earliest: ClockTime(7, 0), latest: ClockTime(22, 0), present: 300, performing: 120,
            continuous: 30, secondRestFrom: nil),
          Band(
            name: "5-8", endsAt: 9, earliest: ClockTime(7, 0), latest: ClockTime(23, 0), present: 480, performing: 180,
            continuous: 150, secondRestFrom: 480),
          Band(
            name: "9+", endsAt: nil, earliest: ClockTime(7, 0), latest: ClockTime(23, 0), present: 570, performing: 300,
            continuous: 150, secondRestFrom: 480),
        ], shortestPause: 15, shortestMeal: 45, breaksAbove: 240, gap: 90, overnightRest: 720, restAfterNight: 960,
        mostDaysRunning: 6, nightsRunning: 2, daysWithoutNights: 7, fullWeeks: 8, breakDays: 14,
        breakFromLicenceDays: 60),
      from: Day(year: 2015, month: 2, day: 6),
      source: """
        Children (Performances and Activities) (England) Regulations 2014, SI 2014/3309, regs 19 to 28; \
        interpretations LIC-9 to LIC-12, LIC-15, LIC-16
        """)
  ]
}
