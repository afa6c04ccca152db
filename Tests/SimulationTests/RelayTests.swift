import MessagingMachines
import Testing

/// Inputs and what the relay answers, one line after the other.
@Suite struct RelayTests {
  typealias Line = (Relay.Input, [Relay.Action])

  struct Story: Sendable, CustomTestStringConvertible {
    let name: String
    var window = 4
    let lines: [Line]
    var isDrained = false
    var testDescription: String { name }
  }

  static func publish(_ range: ClosedRange<Int64>, pointers: Set<Int64> = []) -> Relay.Action {
    .publish(first: range.lowerBound, last: range.upperBound, pointers: pointers)
  }

  static func ours(_ sequence: Int64, at offset: Int64) -> Relay.Input {
    .tail(.last(sequence: sequence, offset: offset, isOurs: true))
  }

  static let opening: [Line] = [
    (.clientReady, [.readTail]), (.outboxGrew(through: 6), []), (ours(2, at: 1), [publish(3...6)]),
  ]

  static let stories = [
    Story(
      name: "nothing is sent before the end of the log is known",
      lines: [
        (.outboxGrew(through: 3), []), (.clientReady, [.readTail]), (.outboxGrew(through: 4), []),
        (ours(2, at: 1), [publish(3...4)]),
      ]),
    Story(
      name: "an empty log of an empty outbox is drained",
      lines: [
        (.clientReady, [.readTail]), (.tail(.empty), []),
      ], isDrained: true),
    Story(
      name: "an empty log is filled from where the setting says",
      lines: [
        (.clientReady, [.readTail]), (.outboxGrew(through: 9), []), (.tail(.empty), [.findRefillStart]),
        (.refillStart(7), [publish(7...9)]),
        (.acknowledged(sequence: 7, offset: 40), []), (.acknowledged(sequence: 8, offset: 41), []),
        (.acknowledged(sequence: 9, offset: 42), []),
      ], isDrained: true),
    Story(
      name: "a log whose last record is no event is filled like an empty one",
      lines: [
        (.clientReady, [.readTail]), (.outboxGrew(through: 2), []), (.tail(.unreadable), [.findRefillStart]),
        (.refillStart(-5), [publish(1...2)]),
      ]),
    Story(
      name: "acknowledgements out of order count when the row is whole",
      lines: opening + [
        (.acknowledged(sequence: 5, offset: 4), []), (.acknowledged(sequence: 6, offset: 5), []),
        (.acknowledged(sequence: 4, offset: 3), []), (.acknowledged(sequence: 3, offset: 2), []),
      ], isDrained: true),
    Story(
      name: "no more than a window is in flight, and it is filled by halves",
      lines: [
        (.clientReady, [.readTail]), (.outboxGrew(through: 20), []), (ours(2, at: 1), [publish(3...6)]),
        (.acknowledged(sequence: 3, offset: 2), []), (.acknowledged(sequence: 4, offset: 3), [publish(7...8)]),
      ]),
    Story(
      name: "a window of one sends one by one", window: 0,
      lines: [
        (.clientReady, [.readTail]), (.outboxGrew(through: 2), []), (.tail(.empty), [.findRefillStart]),
        (.refillStart(1), [publish(1...1)]), (.acknowledged(sequence: 1, offset: 0), [publish(2...2)]),
        (.acknowledged(sequence: 2, offset: 1), []),
      ], isDrained: true),
    Story(
      name: "after a failure the log is asked, and nothing old is heard",
      lines: opening + [
        (.failed, [.replaceClient(attempt: 1)]), (.failed, []), (.acknowledged(sequence: 3, offset: 2), []),
        (.outboxGrew(through: 7), []), (.tick, []), (.tooLarge(sequence: 9), []),
        (.clientReady, [.readTail]), (ours(4, at: 3), [publish(5...7)]),
      ]),
    Story(
      name: "attempts are counted until something is acknowledged",
      lines: opening + [
        (.failed, [.replaceClient(attempt: 1)]), (.clientReady, [.readTail]),
        (.tailUnavailable, [.replaceClient(attempt: 2)]), (.tailUnavailable, []), (.clientReady, [.readTail]),
        (.failed, [.replaceClient(attempt: 3)]), (.clientReady, [.readTail]), (ours(2, at: 1), [publish(3...6)]),
        (.acknowledged(sequence: 3, offset: 2), []), (.failed, [.replaceClient(attempt: 1)]),
      ]),
    Story(
      name: "an offset that somebody else has moved makes the relay look again",
      lines: opening + [
        (.acknowledged(sequence: 3, offset: 2), []),
        (.acknowledged(sequence: 4, offset: 4), [.replaceClient(attempt: 1)]),
      ]),
    Story(
      name: "acknowledgements of what is not in flight are not heard",
      lines: opening + [
        (.acknowledged(sequence: 2, offset: 77), []), (.acknowledged(sequence: 7, offset: 77), []),
      ]),
    Story(
      name: "too large is sent as a pointer",
      lines: opening + [
        (.tooLarge(sequence: 4), [.replaceClient(attempt: 1)]), (.clientReady, [.readTail]),
        (ours(3, at: 2), [publish(4...6, pointers: [4])]),
      ]),
    Story(
      name: "an idle relay sees that the log has lost its end",
      lines: [
        (.clientReady, [.readTail]), (ours(5, at: 4), []), (.tick, [.readTail]), (.tick, []),
        (ours(3, at: 2), [publish(4...5)]), (.tick, []),
      ]),
    Story(
      name: "an idle relay sees that the log is empty",
      lines: [
        (.clientReady, [.readTail]), (ours(5, at: 4), []), (.tick, [.readTail]), (.tail(.empty), [.findRefillStart]),
        (.tailUnavailable, [.replaceClient(attempt: 1)]),
      ]),
    Story(
      name: "an answer that nobody asked for changes nothing",
      lines: opening + [
        (ours(6, at: 5), []), (.refillStart(1), []), (.tailUnavailable, []),
      ]),
    Story(
      name: "the outbox may be heard of through the log first",
      lines: [
        (.clientReady, [.readTail]), (ours(5, at: 4), []),
      ], isDrained: true),
    Story(
      name: "a log that this store never filled stops the relay for good",
      lines: [
        (.clientReady, [.readTail]),
        (.tail(.last(sequence: 8, offset: 7, isOurs: false)), [.stop(.forked(sequence: 8))]),
        (.clientReady, []), (.outboxGrew(through: 9), []), (.tick, []), (.failed, []),
      ]),
    Story(
      name: "a relay that has lost the store stops for good",
      lines: opening + [
        (.superseded, [.stop(.superseded)]), (.outboxGrew(through: 7), []), (.clientReady, []), (.superseded, []),
      ]),
  ]

  @Test(arguments: stories) func answers(_ story: Story) {
    var relay = Relay(window: story.window)
    for (index, (input, actions)) in story.lines.enumerated() {
      #expect(relay.step(input) == actions, "line \(index): \(input)")
    }
    #expect(relay.isDrained == story.isDrained)
  }

  @Test func itTellsWhereItIs() {
    var relay = Relay(window: 4)
    #expect(!relay.isSending)
    for (input, _) in Self.opening { _ = relay.step(input) }
    #expect(relay.isSending && relay.outboxLast == 6 && relay.acknowledged == 2 && relay.attempt == 0)
    _ = relay.step(.failed)
    #expect(!relay.isSending && relay.attempt == 1)
  }
}
