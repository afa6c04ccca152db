public import Rulebook

/// A register's marks against the days for which a child has a licence or an exemption.
public struct LeaveMatch: Hashable, Sendable {
  /// One mark.
  public struct Mark: Hashable, Sendable {
    public let date: Day
    public let session: Session
    public let code: AttendanceCode

    public init(_ date: Day, _ session: Session, _ code: AttendanceCode) {
      self.date = date
      self.session = session
      self.code = code
    }
  }

  /// Leave for a performance without a licence or exemption for the day, in order.
  public let leaveWithoutLicence: [Mark]
  /// Absences on a day with one that the register gives another code, in order.
  public let otherAbsence: [Mark]
  /// Sessions of leave for a performance with one.
  public let sessionsOfLeave: Int
  /// Whether the register and the licences agree.
  public var matches: Bool { leaveWithoutLicence.isEmpty && otherAbsence.isEmpty }

  /// - Parameter licensed: the days of licences and exemptions.
  public init(_ marks: [Mark], licensed: Set<Day>, codes: CodeBook = .england) {
    var (without, other, leave) = ([Mark](), [Mark](), 0)
    for mark in marks.sorted(by: { ($0.date, $0.session) < ($1.date, $1.session) }) {
      let traits = codes.scheme(on: mark.date).traits(mark.code)
      if traits.contains(.performanceLeave) {
        if licensed.contains(mark.date) { leave += 1 } else { without.append(mark) }
      } else if licensed.contains(mark.date), !traits.isDisjoint(with: .absent) {
        other.append(mark)
      }
    }
    leaveWithoutLicence = without
    otherAbsence = other
    sessionsOfLeave = leave
  }
}
