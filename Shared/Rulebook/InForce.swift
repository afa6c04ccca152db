/// A value of the law with the days on which it applies and where it says so: the one shape of dated law.
public struct InForce<Value: Sendable>: Sendable {
  public let value: Value
  /// The first day; `nil` when it has no known beginning.
  public let from: Day?
  /// The last day; `nil` while it lasts.
  public let to: Day?
  /// The instrument and paragraph.
  public let source: String

  public init(_ value: Value, from: Day? = nil, to: Day? = nil, source: String) {
    self.value = value
    self.from = from
    self.to = to
    self.source = source
  }

  /// Whether it applies on a day.
  @inlinable public func applies(on day: Day) -> Bool { from.map { $0 <= day } ?? true && to.map { day <= $0 } ?? true }
}

extension Array {
  /// What is in force on a day; `nil` when nothing is.
  @inlinable public func inForce<Value>(on day: Day) -> Element? where Element == InForce<Value> {
    // Asked for every child: a search by index is made for the type of value where it stands.
    var index = endIndex
    while index > startIndex {
      index -= 1
      if self[index].applies(on: day) { return self[index] }
    }
    return nil
  }
}

/// A date of the law, written out in a table.
func on(_ year: Int, _ month: Int, _ day: Int) -> Day {
  guard let day = Day(year: year, month: month, day: day) else { preconditionFailure("a date in a table is no date") }
  return day
}
