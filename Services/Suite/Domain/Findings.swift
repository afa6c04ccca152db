/// What a comparison of what was sent with what is there found.
public struct Findings: Hashable, Sendable {
  /// What should have had an effect and had none.
  public var lost = 0
  /// What had its effect more than once, or was never sent.
  public var doubled = 0
  /// What came before something that was there first.
  public var reordered = 0
  /// The first differences, in words.
  public private(set) var differences: [String] = []

  public init() {}

  /// How many differences are kept.
  private static let kept = 20

  /// Whether all is as it should be.
  public var isClean: Bool { lost == 0 && doubled == 0 && reordered == 0 }

  /// Notes a difference.
  public mutating func note(_ text: String) {
    if differences.count < Self.kept { differences.append(text) }
  }

  /// Compares the sequences that a reader dealt with, in its order, with those that its source wrote: 1 to the last.
  public mutating func compare(sequences: [Int64], upTo last: Int64, _ what: String) {
    var seen: Set<Int64> = []
    var highest: Int64 = 0
    for sequence in sequences {
      if !seen.insert(sequence).inserted || sequence < 1 || sequence > last {
        doubled += 1
        note("\(what): \(sequence) is there twice or was never written")
      } else if sequence < highest {
        reordered += 1
        note("\(what): \(sequence) came after \(highest)")
      }
      highest = max(highest, sequence)
    }
    for sequence in 1...max(1, last) where last > 0 && !seen.contains(sequence) {
      lost += 1
      note("\(what): \(sequence) is missing")
    }
  }

  /// Compares what should be there, by key, with what is.
  public mutating func compare<Key: Hashable & Comparable, Value: Equatable>(
    expected: [Key: Value], actual: [Key: Value], _ what: String
  ) {
    for (key, value) in expected.sorted(by: { $0.key < $1.key }) {
      guard let found = actual[key] else {
        lost += 1
        note("\(what): \(key) is missing")
        continue
      }
      if found != value {
        lost += 1
        note("\(what): \(key) should be \(value), is \(found)")
      }
    }
    for key in actual.keys.sorted() where expected[key] == nil {
      doubled += 1
      note("\(what): \(key) is there and should not be")
    }
  }

  /// Compares two counts: fewer is loss, more is doubling.
  public mutating func compare(expected: Int, actual: Int, _ what: String) {
    guard expected != actual else { return }
    lost += max(0, expected - actual)
    doubled += max(0, actual - expected)
    note("\(what): should be \(expected), are \(actual)")
  }

  /// Compares an order of arrival, each thing counted at its first arrival, with the order it should have.
  public mutating func compare<Element: Hashable>(order: [Element], arrivals: [Element], _ what: String) {
    let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<Element> = []
    var highest = -1
    for element in arrivals where seen.insert(element).inserted {
      guard let place = places[element] else {
        doubled += 1
        note("\(what): something came that was never sent")
        continue
      }
      if place < highest {
        reordered += 1
        note("\(what): number \(place) came after number \(highest)")
      }
      highest = max(highest, place)
    }
    let missing = places.keys.filter { !seen.contains($0) }.count
    lost += missing
    if missing > 0 { note("\(what): \(missing) of \(places.count) did not come") }
  }
}
