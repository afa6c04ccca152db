public import Foundation
public import Rulebook

/// Whether a work permit comes up for review: never by itself revoked (`licensing.md` 2.5).
public struct PermitReview: Hashable, Sendable {
  /// The authority's own figures.
  public struct Policy: Hashable, Sendable {
    /// Attendance below this percentage is a reason.
    public let figure: Decimal
    /// It is one only over so many possible sessions.
    public let fewestSessions: Int

    public init(figure: Decimal, fewestSessions: Int) {
      self.figure = figure
      self.fewestSessions = fewestSessions
    }

    /// What serves where an authority has none of its own.
    public static let usual: Dated<Policy> = [
      InForce(Policy(figure: 90, fewestSessions: 40), source: "interpretation LIC-20")
    ]
  }

  /// What becomes of a permit.
  public enum State: String, Hashable, Sendable, Codable, CaseIterable {
    case inForce = "in_force"
    case review
    /// The child is no longer of compulsory school age.
    case lapsed
  }

  /// Why it comes up for review, or has lapsed.
  public enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
    case attendance, enforcement
    case overAge = "over_compulsory_school_age"
  }

  /// What becomes of it.
  public let state: State
  /// In the order of the rule; empty while it is in force.
  public let reasons: [Reason]

  /// - Parameters:
  ///   - present: sessions at which the child was present, of those that were possible.
  ///   - isEnforced: whether enforcement about the child's attendance is open.
  public init(present: Int, possible: Int, isEnforced: Bool, dateOfBirth: Day, on day: Day, policy: Policy) {
    if CompulsorySchoolAge.span(dateOfBirth: dateOfBirth).lastDay < day {
      state = .lapsed
      reasons = [.overAge]
      return
    }
    let isLow = possible >= policy.fewestSessions && Decimal(present) * 100 < policy.figure * Decimal(possible)
    reasons = (isLow ? [.attendance] : []) + (isEnforced ? [.enforcement] : [])
    state = reasons.isEmpty ? .inForce : .review
  }
}
