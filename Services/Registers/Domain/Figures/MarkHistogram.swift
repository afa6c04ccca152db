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

  /// Calls the body for every code of a table that occurs, by register byte.
  func forEach(_ scheme: CodeScheme, _ body: (_ byte: Int, CodeTraits, _ am: Int, _ pm: Int) -> Void) {
    for byte in scheme.bytes.lazy.map(Int.init) {
      let am = counts[byte]
      let pm = counts[Self.bytes + byte]
      if am | pm != 0 { body(byte, scheme.traits[byte], Int(am), Int(pm)) }
    }
  }
}
