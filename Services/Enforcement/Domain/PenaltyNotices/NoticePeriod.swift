public import Rulebook

/// The days on which a penalty notice can be paid, and from which proceedings may begin (SI 2007/1867 as amended by
/// SI 2024/210). They are calendar days, the day of receipt is the first, and a last day on a weekend or a bank holiday is
/// not moved (PN-11).
public struct NoticePeriod: Hashable, Sendable {
  /// The day on which the parent received it, as the service rules count it or as the parent showed (PN-12).
  public let received: Day
  /// What this notice costs.
  public let sums: PenaltyNoticeTerms.Sums
  /// The last day for the reduced sum; `nil` when there is none.
  public let lastDayReduced: Day?
  public let lastDayFull: Day
  /// Proceedings for the offence may not begin before this day.
  public var firstDayOfProceedings: Day { lastDayFull.adding(days: 1) }

  /// - Parameters:
  ///   - level: 1 for a first notice, 2 for a second.
  ///   - terms: those in force when it is issued.
  /// - Returns: `nil` when there is no notice of the level.
  public init?(received: Day, level: Int, terms: PenaltyNoticeTerms) {
    guard terms.sums.indices.contains(level - 1) else { return nil }
    self.received = received
    sums = terms.sums[level - 1]
    lastDayReduced = sums.reduced.map { _ in received.adding(days: terms.reducedDays - 1) }
    lastDayFull = received.adding(days: terms.fullDays - 1)
  }

  /// What discharges the notice on a day; `nil` when nothing does any more.
  public func due(on day: Day) -> Money? {
    guard day <= lastDayFull else { return nil }
    if let reduced = sums.reduced, let last = lastDayReduced, day <= last { return reduced }
    return sums.full
  }
}
