import CaseFlow
public import Rulebook

/// How many of the children who were looked for were found (indicator I17).
public struct LocatedShare: Hashable, Sendable {
  /// One search.
  public struct Search: Hashable, Sendable {
    public let opened: Day
    /// The day on which it was closed and how; `nil` while it is open.
    public let closed: Day?
    public let outcome: Outcome?

    /// An open search.
    public init(opened: Day) {
      self.opened = opened
      closed = nil
      outcome = nil
    }

    /// A closed search.
    public init(opened: Day, closed: Day, _ outcome: Outcome) {
      self.opened = opened
      self.closed = closed
      self.outcome = outcome
    }
  }

  /// Searches closed in the period whose child was found.
  public let located: Int
  /// Searches closed in the period without the child.
  public let unlocated: Int
  /// Searches open at the end of the period for more than the school days after which a manager reviews them.
  public let openPastReview: Int

  /// - Parameters:
  ///   - period: closings on its first and last day count.
  ///   - calendar: by which the school days of open searches are counted; working days where it ends before.
  public init(_ searches: some Sequence<Search>, in period: DayRange, calendar: SchoolCalendar?) {
    var (located, unlocated, openPastReview) = (0, 0, 0)
    for search in searches where search.opened <= period.last {
      if let closed = search.closed, closed <= period.last {
        guard period.first <= closed, let found = search.outcome?.isLocated else { continue }
        if found { located += 1 } else { unlocated += 1 }
      } else {
        let span = SearchClocks.unlocatedReview.value(on: search.opened)
        if span.end(from: search.opened, in: calendar).day < period.last { openPastReview += 1 }
      }
    }
    (self.located, self.unlocated, self.openPastReview) = (located, unlocated, openPastReview)
  }

  /// To one decimal, half up; `nil` when no search was closed (ATT-4, ATT-5).
  public var percent: String? { Statistics.percent(located, of: located + unlocated) }

  /// Whether at least so many hundredths were found; exact, never on the rounded figure. Without a closed search nothing
  /// is reached.
  public func reaches(hundredths: Int) -> Bool {
    let closed = located + unlocated
    return closed > 0 && located * 100 >= closed * hundredths
  }
}
