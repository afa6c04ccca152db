public import Rulebook

/// Whose word about a child stands: one school's at a time. What another one says that differs is a proposal.
public enum HoldingSchool {
  /// A time on a school's roll, as far as it decides.
  public struct Time: Hashable, Sendable {
    /// Goes up in the order in which times on roll were entered.
    let number: Int64
    let school: URN
    /// The last day; `nil` while it lasts.
    let last: Day?
    let status: RegistrationStatus

    public init(number: Int64, school: URN, last: Day?, status: RegistrationStatus) {
      self.number = number
      self.school = school
      self.last = last
      self.status = status
    }
  }

  /// The school that holds a child on a day: of the rolls that the child has not left the one entered first, before any
  /// subsidiary one; when the child has left all, the one it left last. `nil` without a time on roll (interpretation
  /// *holding school*).
  public static func find(_ times: [Time], on day: Day) -> URN? {
    let lasting = times.filter { $0.last.map { day <= $0 } ?? true }.sorted { $0.number < $1.number }
    if let first = lasting.first(where: { $0.status != .subsidiary }) ?? lasting.first { return first.school }
    return times.max { ($0.last ?? day, $0.number) < ($1.last ?? day, $1.number) }?.school
  }
}
