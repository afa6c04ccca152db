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

/// One rule through time: its versions, oldest first, of which at most one applies on any day.
///
/// ```swift
/// static let reasonEstablished: Dated<Int> = [
///   InForce(5, from: on(2024, 8, 19), to: on(2028, 8, 31), source: "SI 2024/208, reg 10(7)-(9)"),
///   InForce(10, from: on(2028, 9, 1), source: "SI 2028/1, reg 4"),
/// ]
/// ```
public struct Dated<Value: Sendable>: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  public let versions: [InForce<Value>]

  /// - Parameter versions: at least one, oldest first, none of which begins before the one before it has ended.
  public init(_ versions: [InForce<Value>]) {
    precondition(!versions.isEmpty, "a rule without a version")
    for (earlier, later) in zip(versions, versions.dropFirst()) {
      guard let end = earlier.to, let start = later.from, end < start else {
        preconditionFailure("the versions of a rule overlap or are out of order")
      }
    }
    self.versions = versions
  }

  public init(arrayLiteral versions: InForce<Value>...) { self.init(versions) }

  public var startIndex: Int { versions.startIndex }
  public var endIndex: Int { versions.endIndex }
  public subscript(place: Int) -> InForce<Value> { versions[place] }

  /// The version in force on a day; `nil` when none is.
  @inlinable public func inForce(on day: Day) -> InForce<Value>? {
    // Asked for every child: a search by index is made for the type of value where it stands.
    var index = versions.endIndex
    while index > versions.startIndex {
      index -= 1
      if versions[index].applies(on: day) { return versions[index] }
    }
    return nil
  }

  /// The same versions with other values.
  public func mapValues<Other>(_ transform: (Value) -> Other) -> Dated<Other> {
    Dated<Other>(
      versions.map { InForce<Other>(transform($0.value), from: $0.from, to: $0.to, source: $0.source) })
  }

  /// The value on a day. A day on which no version applies has the one that ended last before it, or else the first.
  public func value(on day: Day) -> Value {
    (versions.last { $0.from.map { $0 <= day } ?? true } ?? versions[0]).value
  }

  /// The source of the version in force on a day; the first version's where none is.
  public func source(on day: Day) -> String { (inForce(on: day) ?? versions[0]).source }
}

/// A date of the law, written out in a table.
func on(_ year: Int, _ month: Int, _ day: Int) -> Day {
  guard let day = Day(year: year, month: month, day: day) else { preconditionFailure("a date in a table is no date") }
  return day
}
