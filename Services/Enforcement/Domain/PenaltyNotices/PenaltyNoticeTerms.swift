public import Rulebook

/// What a penalty notice for absence costs, how long there is to pay it, and how many there may be: dated law.
public struct PenaltyNoticeTerms: Hashable, Sendable {
  /// What one notice costs.
  public struct Sums: Hashable, Sendable {
    /// What discharges it early; `nil` when there is no reduction.
    public let reduced: Money?
    public let full: Money

    public init(reduced: Money?, full: Money) {
      self.reduced = reduced
      self.full = full
    }
  }

  /// The sums of the first notice, the second and so on: as many as there may be.
  public let sums: [Sums]
  /// How many days there are for the reduced sum, the day of receipt being the first.
  public let reducedDays: Int
  /// How many days there are for the full sum, the day of receipt being the first.
  public let fullDays: Int
  /// For how many years a notice counts towards the next.
  public let lookbackYears: Int
  /// Notices issued before this day do not count (PN-10).
  public let countedFrom: Day?
  /// What must have become of a notice for it to count.
  public let counted: Set<NoticeStanding>

  public init(
    sums: [Sums], reducedDays: Int, fullDays: Int, lookbackYears: Int, countedFrom: Day?, counted: Set<NoticeStanding>
  ) {
    self.sums = sums
    self.reducedDays = reducedDays
    self.fullDays = fullDays
    self.lookbackYears = lookbackYears
    self.countedFrom = countedFrom
    self.counted = counted
  }

  private static let framework = Day(year: 2024, month: 8, day: 19)

  /// What is in force in England since when. Absences before the first version are under an earlier scheme, and notices
  /// for them are history only.
  public static let national: Dated<PenaltyNoticeTerms> = [
    InForce(
      PenaltyNoticeTerms(
        sums: [.init(reduced: .pounds(80), full: .pounds(160)), .init(reduced: nil, full: .pounds(160))],
        reducedDays: 21, fullDays: 28, lookbackYears: 3, countedFrom: framework,
        counted: [.paid, .open, .prosecutionPending, .convicted]),
      from: framework, source: "SI 2007/1867 as amended by SI 2024/210; interpretations PN-10, PN-11")
  ]
}

/// What has become of an issued notice, as far as other notices and proceedings rest on it.
public enum NoticeStanding: String, Hashable, Sendable, Codable, CaseIterable {
  case paid
  /// Neither paid nor prosecuted, in its 28 days or after them.
  case open = "unpaid_open"
  case prosecutionPending = "unpaid_prosecution_pending"
  case convicted = "unpaid_prosecuted_convicted"
  case acquitted = "unpaid_prosecuted_acquitted"
  case withdrawn
}
