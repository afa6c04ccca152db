public import Contracts
public import Rulebook

/// What the register told of one child at one school, and which of it counts there: the same sessions as in the
/// register's own figures, by the same rule.
public struct CountedRegister: Sendable {
  /// A session as it was told, under the time on roll that it belongs to.
  public struct Told: Hashable, Sendable {
    /// 0 for what was told before times on roll were.
    public let registration: Int64
    public let session: ProposalGrounds.CountedSession

    public init(registration: Int64, session: ProposalGrounds.CountedSession) {
      self.registration = registration
      self.session = session
    }
  }

  private let sessions: [Told]
  private let times: [Int64: TimeOnRoll]
  private let isRollTold: Bool

  /// - Parameters:
  ///   - times: the child's times on the school's roll by number, without those that were withdrawn.
  ///   - isRollTold: whether any was ever told; until then every day is one on the roll.
  public init(_ sessions: [Told], times: [Int64: TimeOnRoll], isRollTold: Bool) {
    self.sessions = sessions
    self.times = times
    self.isRollTold = isRollTold
  }

  /// The sessions that count (``TimeOnRoll/counts(_:_:in:)``).
  ///
  /// - Parameter calendar: the school's, all years joined.
  public func counting(in calendar: SchoolCalendar) -> [ProposalGrounds.CountedSession] {
    sessions.filter { told in
      let (day, session) = (told.session.date, told.session.session)
      if let time = times[told.registration] { return time.counts(day, session, in: calendar) }
      guard told.registration == 0 else { return false }
      guard isRollTold else { return calendar.hasSession(day, session) }
      return times.values.contains { $0.counts(day, session, in: calendar) }
    }.map(\.session)
  }
}
