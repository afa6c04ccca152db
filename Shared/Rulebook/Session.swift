/// One of a school day's two sessions (School Attendance (Pupil Registration) (England) Regulations 2024, reg 6).
public enum Session: String, Codable, Sendable, CaseIterable, Comparable {
  case am = "AM"
  case pm = "PM"

  /// 0 for the morning, 1 for the afternoon.
  public var index: Int { self == .am ? 0 : 1 }

  /// 0 is the morning, all else the afternoon.
  public init(index: Int) { self = index == 0 ? .am : .pm }

  public static func < (a: Session, b: Session) -> Bool { a.index < b.index }
}
