import MessagingMachines
import Testing

/// Inputs and what parking answers, one line after the other.
@Suite struct ParkingTests {
  typealias Line = (Parking.Input, [Parking.Action])

  struct Story: Sendable, CustomTestStringConvertible {
    let name: String
    let lines: [Line]
    let parked: [String: [Int64]]
    var testDescription: String { name }
  }

  /// Every story begins with 3 and 5 of subject `x` parked.
  static let stories = [
    Story(
      name: "other subjects go on",
      lines: [
        (.arrived(subject: "y", sequence: 6), [.apply(sequence: 6)])
      ], parked: ["x": [3, 5]]),
    Story(
      name: "a later event of the subject waits behind",
      lines: [
        (.arrived(subject: "x", sequence: 6), [.park(sequence: 6)])
      ], parked: ["x": [3, 5, 6]]),
    Story(
      name: "the first failure of a subject raises an alarm, what comes behind does not",
      lines: [
        (.arrived(subject: "y", sequence: 6), [.apply(sequence: 6)]),
        (.failed(subject: "y", sequence: 6), [.park(sequence: 6), .alarm(subject: "y")]),
        (.arrived(subject: "y", sequence: 7), [.park(sequence: 7)]),
      ], parked: ["x": [3, 5], "y": [6, 7]]),
    Story(
      name: "a retry applies all in order",
      lines: [
        (.retry(subject: "x"), [.apply(sequence: 3)]),
        (.applied(subject: "x", sequence: 3), [.remove(sequence: 3), .apply(sequence: 5)]),
        (.applied(subject: "x", sequence: 5), [.remove(sequence: 5)]),
        (.arrived(subject: "x", sequence: 6), [.apply(sequence: 6)]),
      ], parked: [:]),
    Story(
      name: "a retry that fails leaves everything where it is",
      lines: [
        (.retry(subject: "x"), [.apply(sequence: 3)]), (.failed(subject: "x", sequence: 3), []),
      ], parked: ["x": [3, 5]]),
    Story(
      name: "a discard gives up the first and tries the next",
      lines: [
        (.discard(subject: "x"), [.remove(sequence: 3), .apply(sequence: 5)]),
        (.failed(subject: "x", sequence: 5), []), (.discard(subject: "x"), [.remove(sequence: 5)]),
      ], parked: [:]),
    Story(
      name: "nothing happens to a subject of which nothing is parked",
      lines: [
        (.retry(subject: "y"), []), (.discard(subject: "y"), []), (.applied(subject: "y", sequence: 1), []),
      ], parked: ["x": [3, 5]]),
    Story(
      name: "only the first can have been applied",
      lines: [
        (.applied(subject: "x", sequence: 5), [])
      ], parked: ["x": [3, 5]]),
  ]

  @Test(arguments: stories) func answers(_ story: Story) {
    var parking = Parking(parked: ["x": [3, 5]])
    for (index, (input, actions)) in story.lines.enumerated() {
      #expect(parking.step(input) == actions, "line \(index): \(input)")
    }
    #expect(parking.parked == story.parked)
  }
}
