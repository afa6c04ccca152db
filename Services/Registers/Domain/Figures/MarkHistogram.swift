import Rulebook

/// How often each code stands in stretches of rows, mornings and afternoons apart. One is used for all rows.
struct MarkHistogram: Sendable {
  /// By register byte; the afternoons 128 further on.
  private var counts = [UInt32](repeating: 0, count: 2 * Self.bytes)

  /// Register bytes are ASCII.
  static let bytes = 128

  /// Counts the days of a range anew. The range must be in the year of the row.
  ///
  /// - Parameter mask: which sessions take place, as long as the row; see ``YearSessions``.
  mutating func count(
    _ codes: UnsafeRawBufferPointer, _ mask: UnsafeRawBufferPointer, _ days: DayRange, in year: SchoolYear
  ) {
    let positions = year.position(of: days.first, .am)...year.position(of: days.last, .pm)
    counts.withUnsafeMutableBufferPointer { counts in
      counts.update(repeating: 0)
      var position = positions.lowerBound
      while position < positions.upperBound {
        counts[Int(codes[position] & mask[position])] &+= 1
        counts[Self.bytes + Int(codes[position + 1] & mask[position + 1])] &+= 1
        position += 2
      }
    }
  }

  /// Calls the body for every code of a scheme that occurs.
  func forEach(_ table: SchemeTable, _ body: (AttendanceCode, _ am: Int, _ pm: Int) -> Void) {
    for code in table.codes {
      let am = counts[Int(code.registerByte)]
      let pm = counts[Self.bytes + Int(code.registerByte)]
      if am | pm != 0 { body(code, Int(am), Int(pm)) }
    }
  }
}

/// A code scheme with its codes in a row, and the days on which it is in force.
struct SchemeTable: Sendable {
  let scheme: CodeScheme
  let codes: [AttendanceCode]

  private init(on day: Day) {
    scheme = CodeScheme.inForce(on: day)
    codes = scheme.rules.map(\.code)
  }

  private static let former = SchemeTable(on: changed.adding(days: -1))
  private static let present = SchemeTable(on: changed)
  /// The first day of the present scheme, found by halving.
  private static let changed: Day = {
    var before = SchoolYear(startYear: 2000).first
    var after = SchoolYear(startYear: 2040).first
    let name = CodeScheme.inForce(on: after).name
    while after - before > 1 {
      let middle = before.adding(days: (after - before) / 2)
      if CodeScheme.inForce(on: middle).name == name { after = middle } else { before = middle }
    }
    return after
  }()

  /// Calls the body for the days of a range under each scheme: a session is judged by the codes in force on its day.
  static func forEach(_ days: DayRange, _ body: (DayRange, SchemeTable) -> Void) {
    if days.first < changed {
      body(DayRange(first: days.first, last: min(days.last, changed.adding(days: -1))), former)
    }
    if days.last >= changed { body(DayRange(first: max(days.first, changed), last: days.last), present) }
  }
}
