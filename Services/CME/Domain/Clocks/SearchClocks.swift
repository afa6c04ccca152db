public import CaseFlow
public import Rulebook

/// How long each step of the search for a child may take. The day on which a count begins is not counted.
public enum SearchClocks {
  /// To decide what a report is about.
  public static let triage: Dated<Span> = [InForce(.workingDays(1), source: "CME-6")]
  /// To speak to the family, the school or whoever reported the child.
  public static let firstContact: Dated<Span> = [InForce(.workingDays(2), source: "CME-6")]
  /// To visit the last known address.
  public static let visit: Dated<Span> = [InForce(.workingDays(5), source: "CME-6")]
  /// After so long without news a manager reviews the search.
  public static let unlocatedReview: Dated<Span> = [InForce(.schoolDays(20), source: "CME-6")]
  /// How often the search for a child whose whereabouts are unknown is reviewed and its searches are repeated.
  public static let laterReview: Dated<Span> = [InForce(.days(28), source: "CME-6")]
  /// How long the search goes on before it may be closed without the child, counted from its opening.
  public static let search: Dated<Span> = [InForce(.days(182), source: "CME-6: 26 weeks")]
  /// To offer a place to a child who was found without one.
  public static let placeOffer: Dated<Span> = [InForce(.schoolDays(10), source: "CME-6; School Admissions Code 2021")]
  /// After so long without a place the child goes to the fair access panel.
  public static let fairAccess: Dated<Span> = [InForce(.schoolDays(15), source: "CME-6: local protocol")]
  /// How long the attendance of a child who has started is watched: twelve school weeks.
  public static let monitoring: Dated<Span> = [InForce(.schoolDays(60), source: "CME-6: 12 school weeks")]
}

/// The days that a search which was opened on a day has to keep to.
public struct SearchDays: Hashable, Sendable {
  /// The last day to triage it.
  public let triageBy: Day
  /// The last day for the first contact.
  public let firstContactBy: Day
  /// The last day to visit the last known address.
  public let visitBy: Day
  /// The day on which a manager reviews a search without news; `nil` when the school's calendar ends before.
  public let unlocatedReviewOn: Day?
  /// The first day on which it may be closed although the child was not found.
  public let earliestUnlocatedClosing: Day

  /// - Parameter calendar: the school's, all years joined.
  public init(opened day: Day, calendar: SchoolCalendar) {
    func end(_ span: Dated<Span>) -> (day: Day, isProvisional: Bool) {
      span.value(on: day).end(from: day, in: calendar)
    }
    let review = end(SearchClocks.unlocatedReview)
    triageBy = end(SearchClocks.triage).day
    firstContactBy = end(SearchClocks.firstContact).day
    visitBy = end(SearchClocks.visit).day
    unlocatedReviewOn = review.isProvisional ? nil : review.day
    earliestUnlocatedClosing = end(SearchClocks.search).day
  }
}
