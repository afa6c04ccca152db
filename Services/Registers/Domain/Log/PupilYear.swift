public import Rulebook

/// The derived form of a register: one child's registration in one school year as a string of session codes, two for
/// each day from 1 August.
public struct PupilYear: Hashable, Sendable {
  public let year: SchoolYear
  /// ``SchoolYear/rowLength`` bytes, each a code's register byte or `.`.
  public private(set) var codes: [UInt8]

  /// A year without marks.
  public init(year: SchoolYear) {
    self.year = year
    codes = [UInt8](repeating: AttendanceCode.noMark, count: SchoolYear.rowLength)
  }

  /// A stored year; `nil` when the bytes are no such row.
  public init?(year: SchoolYear, codes: [UInt8]) {
    guard codes.count == SchoolYear.rowLength else { return nil }
    self.year = year
    self.codes = codes
  }

  /// The code of a session; `nil` when there is no mark or the day is in another year.
  public subscript(day: Day, session: Session) -> AttendanceCode? {
    get { position(day, session).flatMap { AttendanceCode(registerByte: codes[$0]) } }
    set {
      guard let position = position(day, session) else { preconditionFailure("a session outside the school year") }
      codes[position] = newValue?.registerByte ?? AttendanceCode.noMark
    }
  }

  /// Sets the byte at a position and returns the one that was there.
  mutating func exchange(_ position: Int, _ byte: UInt8) -> UInt8 {
    let old = codes[position]
    if old != byte { codes[position] = byte }
    return old
  }

  /// Calls the body for every mark in a range, in order.
  public func forEachMark(in range: DayRange, _ body: (Day, Session, AttendanceCode) -> Void) {
    let first = max(range.first, year.first)
    let last = min(range.last, year.last)
    guard first <= last else { return }
    for ordinal in first.ordinal...last.ordinal {
      let day = Day(ordinal: ordinal)
      for session in Session.allCases {
        if let code = AttendanceCode(registerByte: codes[year.position(of: day, session)]) { body(day, session, code) }
      }
    }
  }

  /// The statistics of a range: each session is judged by the codes in force on its day.
  public func statistics(in range: DayRange, codes book: CodeBook = .england) -> Statistics {
    var statistics = Statistics()
    forEachMark(in: range) { day, _, code in statistics.add(code, scheme: book.scheme(on: day)) }
    return statistics
  }

  /// How many sessions have a mark.
  public var countMarks: Int { codes.count { $0 != AttendanceCode.noMark } }

  /// How many sessions of a range have each code.
  public func tallies(in range: DayRange) -> [AttendanceCode: Int] {
    var tallies: [AttendanceCode: Int] = [:]
    forEachMark(in: range) { _, _, code in tallies[code, default: 0] += 1 }
    return tallies
  }

  /// The row without the marks of days outside a span; itself, at no cost, where there are none.
  func within(_ days: DayRange) -> PupilYear {
    guard days.first > year.first || days.last < year.last else { return self }
    let kept = days.meeting(year.first, year.last).map { span in
      year.position(of: span.first, .am)...year.position(of: span.last, .pm)
    }
    let outside = kept.map { [0..<$0.lowerBound, ($0.upperBound + 1)..<codes.count] } ?? [0..<codes.count]
    var row = self
    for range in outside {
      for position in range where row.codes[position] != AttendanceCode.noMark {
        row.codes[position] = AttendanceCode.noMark
      }
    }
    return row
  }

  /// The row without the marks of sessions that do not take place; itself, at no cost, where there are none.
  ///
  /// - Parameter mask: see ``YearSessions``.
  public func within(_ mask: YearSessions.Mask) -> PupilYear {
    let hasOthers = codes.withUnsafeBufferPointer { codes in
      mask.withUnsafeBufferPointer { mask in
        var others: UInt8 = 0
        for position in 0..<min(codes.count, mask.count) {
          others |= (codes[position] ^ AttendanceCode.noMark) & ~mask[position] & YearSessions.kept
        }
        return others != 0
      }
    }
    guard hasOthers else { return self }
    var row = self
    for position in row.codes.indices where mask[position] == 0 { row.codes[position] = AttendanceCode.noMark }
    return row
  }

  private func position(_ day: Day, _ session: Session) -> Int? {
    year.first <= day && day <= year.last ? year.position(of: day, session) : nil
  }
}
