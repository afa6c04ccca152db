import Contracts
import EnforcementDomain
import Rulebook

/// What the routes of prosecutions take.
enum ProsecutionForms {
  struct Place: Codable, Sendable {
    let date: Day
    let session: Session
  }

  /// A referral of one parent about one child.
  struct Referral: Codable, Sendable {
    let person: PersonID
    let pupil: PupilID
    let school: URN
    /// One of `unpaid-notice`, `third-offence`, `direct` and `order`.
    let route: String
    /// `recorded` or `not-appropriate`.
    let support: String
    /// Whether identity and address of the parent are verified.
    let parentVerified: Bool
    /// What is known that stands in the way.
    let circumstances: [String]
    /// The absences that are charged.
    let sessions: [Place]?
    /// The day on which an order was not complied with, in place of sessions.
    let breach: Day?
    let reason: String
    let evidence: [String]?
  }
}

/// What they answer.
enum ProsecutionAnswers {
  /// A prosecution after a change.
  struct Done: Codable, Sendable {
    let id, state: String
    /// How many sessions are charged.
    let charged: Int
  }

  /// A charge as it is now.
  struct Charge: Codable, Sendable {
    struct Line: Codable, Sendable {
      let date: Day
      let session: Session
      let code: AttendanceCode
      /// Why it was taken out of the charge; absent where it is charged.
      let bar: String?
    }

    struct Conflict: Codable, Sendable { let answer, reason: String }

    let id: String
    let person: PersonID
    let breach: Day?
    let sessions: [Line]
    /// Whether there are as many as a charge needs.
    let enough: Bool
    /// The last day for the first session that is charged.
    let lastDayToLay: Day?
    let laid: Day?
    let conflict: String
    let conflicts: [Conflict]
    let circumstances: [String]
  }
}
