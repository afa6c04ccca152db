public import CaseFlow
public import Rulebook

/// How long each step of a case may take. The day on which a count begins is not counted.
public enum CaseClocks {
  /// From the day on which a referral is received to its triage.
  public static let triage: Dated<Span> = [InForce(.workingDays(5), source: "CW-2")]
  /// From triage to an officer.
  public static let allocation: Dated<Span> = [InForce(.workingDays(2), source: "CW-11")]
  /// From allocation to the first contact.
  public static let firstContact: Dated<Span> = [InForce(.workingDays(5), source: "CW-11")]
  /// From allocation to the home visit.
  public static let homeVisit: Dated<Span> = [InForce(.workingDays(10), source: "CW-11")]
  /// From allocation to a plan with the family.
  public static let plan: Dated<Span> = [InForce(.workingDays(20), source: "CW-11")]
  /// From a plan, or a review, to the next review: the first school day from the 42nd day on.
  public static let review: Dated<Span> = [InForce(.schoolDayFrom(days: 42), source: "CW-9")]
  /// From a pause to another look at it.
  public static let pause: Dated<Span> = [InForce(.workingDays(20), source: "CW-11")]
  /// From the day on which a child leaves the roll to word to whoever takes over.
  public static let transfer: Dated<Span> = [InForce(.workingDays(1), source: "CW-11")]
  /// From something that another program published about the child to a look at it.
  public static let news: Dated<Span> = [InForce(.workingDays(2), source: "CW-18")]
  /// The fixed window of the fast track: six school weeks.
  public static let fastTrack: Dated<Span> = [InForce(.schoolDays(30), source: "CW-3")]
  /// From a proposal to close to the manager's signature; also for a decision whose facts have changed.
  public static let signOff: Dated<Span> = [InForce(.workingDays(5), source: "CW-11")]

  /// In how many calendar months after a closing a referral is one that came back.
  public static let reReferralMonths: Dated<Int> = [InForce(12, source: "CW-8")]

  /// The last day of a step that began on a day.
  public static func lastDay(_ clock: Dated<Span>, from day: Day) -> Day {
    clock.value(on: day).end(from: day, in: nil).day
  }

  /// Whether a referral comes back: it is received on or before the anniversary of the closing (CW-8). That of
  /// 29 February is 28 February in a common year.
  public static func isReReferral(receivedOn day: Day, closedOn closed: Day) -> Bool {
    closed <= day && day <= closed.adding(months: reReferralMonths.value(on: closed))
  }
}
