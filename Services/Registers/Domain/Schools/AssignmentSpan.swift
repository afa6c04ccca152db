public import Rulebook

/// What a school belongs to for a time (a school has one officer and one cluster at any date).
public enum AssignmentKind: String, Sendable, Codable, CaseIterable {
  case cluster, locality
  /// The statutory offer, or services traded under an agreement.
  case offer
  /// The allocated attendance officer, by an opaque identifier.
  case officer
}

/// What the authority gives a school: every school the statutory offer; further services are traded.
public enum SchoolOffer: String, Sendable, Codable, CaseIterable { case statutory, traded }

/// What a school belongs to from a first to a last day, both inclusive; without a last day for as long as nothing
/// follows.
public struct AssignmentSpan: Hashable, Codable, Sendable {
  public let value: String
  public let first: Day
  public let last: Day?

  public func contains(_ day: Day) -> Bool { first <= day && last.map { day <= $0 } ?? true }

  /// What entering the span changes among a school's others of the same kind. No two may share a day, because the
  /// membership on the day of a session decides in which figures it counts.
  ///
  /// - Parameter others: spans of which no two share a day.
  /// - Throws: ``AssignmentOverlap``.
  public func change(among others: [AssignmentSpan]) throws(AssignmentOverlap) -> AssignmentChange {
    let same = others.first { $0.first == first }
    if same == self { return .none }
    let overlapping = others.filter { $0 != same && overlaps($0) }
    if same != nil {
      guard overlapping.isEmpty else { throw AssignmentOverlap() }
      return .restated
    }
    guard let before = overlapping.first else { return .added(ended: nil) }
    guard last == nil, overlapping.count == 1, before.first < first else { throw AssignmentOverlap() }
    return .added(ended: AssignmentSpan(value: before.value, first: before.first, last: first.adding(days: -1)))
  }

  private func overlaps(_ other: AssignmentSpan) -> Bool {
    (last.map { other.first <= $0 } ?? true) && (other.last.map { first <= $0 } ?? true)
  }
}

/// What entering a span changes.
public enum AssignmentChange: Hashable, Sendable {
  /// It is known already.
  case none
  /// The span that begins on the same day has another value or last day now.
  case restated
  /// It is new. The one before, if any, ends on the day before it.
  case added(ended: AssignmentSpan?)
}

/// The span shares a day with another of its kind.
public struct AssignmentOverlap: Error, Hashable, Sendable {}
