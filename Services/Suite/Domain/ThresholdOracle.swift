public import Rulebook

/// When a made-up child met the national threshold, worked out the plain way and apart from the program that does it
/// for real (PN-1, PN-2): for comparison only.
public struct ThresholdOracle: Sendable {
  /// The breach of the threshold.
  public struct Breach: Hashable, Sendable {
    public let metOn: Day
    /// The sessions of the window, as `2026-09-07 AM O`, in order.
    public let sessions: [String]
  }

  /// Sessions (PN-1, PN-2), and the school weeks in which they lie.
  private static let (sessions, weeks) = (10, 10)
  private static let counted = Set(["G", "N", "O", "U"].compactMap { AttendanceCode($0) })

  private let schoolWeeks: [Day]
  private let calendar: SchoolCalendar

  public init(calendar: SchoolCalendar) {
    self.calendar = calendar
    schoolWeeks = Set(calendar.schoolDays.map(\.monday)).sorted()
  }

  /// Whether a mark is a session of unauthorised absence.
  public static func counts(_ code: AttendanceCode) -> Bool { counted.contains(code) }

  /// The first breach; `nil` when there is none.
  ///
  /// - Parameters:
  ///   - marks: in order.
  ///   - enrolledOn: marks of before are on no roll; made-up children do not leave.
  public func breach(
    _ marks: [(day: Day, session: Session, code: AttendanceCode)], dateOfBirth: Day, enrolledOn: Day
  ) -> Breach? {
    let absences = marks.filter {
      Self.counts($0.code) && enrolledOn <= $0.day && calendar.hasSession($0.day, $0.session)
        && CompulsorySchoolAge.isCompulsory(dateOfBirth: dateOfBirth, on: $0.day)
    }
    for day in Set(absences.map(\.day)).sorted() {
      guard let week = schoolWeeks.lastIndex(where: { $0 <= day }) else { continue }
      let first = schoolWeeks[max(0, week - (Self.weeks - 1))]
      let window = absences.filter { first <= $0.day && $0.day <= day }
      if window.count >= Self.sessions {
        return Breach(metOn: day, sessions: window.map { "\($0.day) \($0.session.rawValue) \($0.code)" })
      }
    }
    return nil
  }
}
