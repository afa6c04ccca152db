public import Rulebook

/// How many of a child's possible sessions were attended: counts, never a percentage.
public struct Attended: Hashable, Sendable, Codable {
  public let present: Int
  public let possible: Int

  /// `nil` unless 0 ≤ present ≤ possible.
  public init?(present: Int, possible: Int) {
    guard possible >= 0, 0...possible ~= present else { return nil }
    self.present = present
    self.possible = possible
  }

  /// Counts marks, each by the codes of its own date (ATT-4).
  public init(_ marks: some Sequence<KeptMark>, codes: CodeBook) {
    var statistics = Statistics()
    for mark in marks { statistics.add(mark.code, scheme: codes.scheme(on: mark.date)) }
    present = statistics.present
    possible = statistics.possible
  }

  /// The exact percentage; `nil` without a possible session.
  public var percentage: Fraction? { possible > 0 ? Fraction(100 * present, over: possible) : nil }

  /// The percentage as it is shown, to one decimal; `nil` without a possible session.
  public var shown: String? { Statistics.percent(present, of: possible) }
}

/// A mark of a child as the register has it.
public struct KeptMark: Hashable, Sendable {
  public let date: Day
  public let session: Session
  public let code: AttendanceCode

  public init(date: Day, session: Session, code: AttendanceCode) {
    self.date = date
    self.session = session
    self.code = code
  }
}
