import MessagingMachines
import Testing

/// Inputs and what the intake answers, one line after the other.
@Suite struct IntakeTests {
  typealias Line = (Intake.Input, [Intake.Action])

  struct Story: Sendable, CustomTestStringConvertible {
    let name: String
    let lines: [Line]
    let position: Intake.Position
    var isRepairing = false
    var testDescription: String { name }
  }

  static func at(_ nextOffset: Int64, _ lastSequence: Int64) -> Intake.Position {
    Intake.Position(nextOffset: nextOffset, lastSequence: lastSequence)
  }

  static func event(_ sequence: Int64, at offset: Int64) -> Intake.Input {
    .record(offset: offset, .event(sequence: sequence))
  }

  /// Every story begins at offset 10 with sequence 5 as the last.
  static let stories = [
    Story(
      name: "the next event is applied",
      lines: [
        (event(6, at: 10), [.apply(at(11, 6))]), (event(7, at: 11), [.apply(at(12, 7))]),
      ], position: at(12, 7)),
    Story(
      name: "offsets may be missing where sequences are not",
      lines: [
        (event(6, at: 14), [.apply(at(15, 6))])
      ], position: at(15, 6)),
    Story(
      name: "a duplicate is skipped",
      lines: [
        (event(5, at: 10), [.skip(at(11, 5))]), (event(1, at: 11), [.skip(at(12, 5))]),
        (.record(offset: 12, .withoutData(sequence: 4)), [.skip(at(13, 5))]),
      ], position: at(13, 5)),
    Story(
      name: "an offset that was read is not read again",
      lines: [
        (event(6, at: 9), [])
      ], position: at(10, 5)),
    Story(
      name: "a gap is repaired from the feed and the record given again",
      lines: [
        (event(8, at: 10), [.fetchFeed(after: 5)]), (event(8, at: 10), []),
        (.feedEvent(sequence: 6), [.apply(at(10, 6))]), (.feedEvent(sequence: 7), [.apply(at(10, 7))]),
        (.feedPageEnded(isLast: false), [.resume]), (event(8, at: 10), [.apply(at(11, 8))]),
      ], position: at(11, 8)),
    Story(
      name: "a gap over several pages",
      lines: [
        (event(9, at: 10), [.fetchFeed(after: 5)]), (.feedEvent(sequence: 6), [.apply(at(10, 6))]),
        (.feedPageEnded(isLast: false), [.fetchFeed(after: 6)]), (.feedUnavailable, [.fetchFeed(after: 6)]),
        (.feedEvent(sequence: 7), [.apply(at(10, 7))]), (.feedEvent(sequence: 8), [.apply(at(10, 8))]),
        (.feedEvent(sequence: 9), [.apply(at(10, 9))]), (.feedPageEnded(isLast: true), [.resume]),
        (event(9, at: 10), [.skip(at(11, 9))]),
      ], position: at(11, 9)),
    Story(
      name: "what the feed repeats or leaves out is not applied",
      lines: [
        (event(8, at: 10), [.fetchFeed(after: 5)]), (.feedEvent(sequence: 5), []), (.feedEvent(sequence: 7), []),
        (.feedEvent(sequence: 6), [.apply(at(10, 6))]), (.feedEvent(sequence: 6), []),
      ], position: at(10, 6), isRepairing: true),
    Story(
      name: "a feed that lacks what the log lost raises an alarm and is asked again",
      lines: [
        (event(8, at: 10), [.fetchFeed(after: 5)]), (.feedEvent(sequence: 6), [.apply(at(10, 6))]),
        (.feedPageEnded(isLast: true), [.alarm(.feedIncomplete(after: 6)), .fetchFeed(after: 6)]),
      ], position: at(10, 6), isRepairing: true),
    Story(
      name: "an event without its data comes from the feed",
      lines: [
        (.record(offset: 10, .withoutData(sequence: 6)), [.fetchFeed(after: 5)]),
        (.feedEvent(sequence: 6), [.apply(at(10, 6))]), (.feedPageEnded(isLast: false), [.resume]),
        (.record(offset: 10, .withoutData(sequence: 6)), [.skip(at(11, 6))]),
      ], position: at(11, 6)),
    Story(
      name: "an unreadable record raises an alarm; it may have been an event, so the feed is asked, once",
      lines: [
        (.record(offset: 10, .unreadable), [.alarm(.unreadable(offset: 10)), .fetchFeed(after: 5)]),
        (.feedEvent(sequence: 6), [.apply(at(10, 6))]), (.feedPageEnded(isLast: false), [.fetchFeed(after: 6)]),
        (.feedPageEnded(isLast: true), [.resume]), (.record(offset: 10, .unreadable), [.skip(at(11, 6))]),
      ], position: at(11, 6)),
    Story(
      name: "another log is read from its beginning, and the sequence decides",
      lines: [
        (.logReplaced, [.consume(from: 0)]), (event(5, at: 0), [.skip(at(1, 5))]),
        (event(6, at: 1), [.apply(at(2, 6))]),
      ], position: at(2, 6)),
    Story(
      name: "a replaced log ends a repair",
      lines: [
        (event(8, at: 10), [.fetchFeed(after: 5)]), (.logReplaced, [.consume(from: 0)]), (.feedEvent(sequence: 6), []),
        (.feedPageEnded(isLast: true), []), (.feedUnavailable, []), (event(6, at: 0), [.apply(at(1, 6))]),
      ], position: at(1, 6)),
    Story(
      name: "a quiet topic may have lost its end: the feed knows",
      lines: [
        (.quiet, [.fetchFeed(after: 5)]), (.quiet, []), (.feedEvent(sequence: 6), [.apply(at(10, 6))]),
        (.feedPageEnded(isLast: true), [.resume]), (event(6, at: 10), [.skip(at(11, 6))]),
      ], position: at(11, 6)),
    Story(
      name: "without an answer a quiet topic is followed all the same",
      lines: [
        (.quiet, [.fetchFeed(after: 5)]), (.feedUnavailable, [.resume]), (event(6, at: 10), [.apply(at(11, 6))]),
        (event(8, at: 11), [.fetchFeed(after: 6)]), (.feedUnavailable, [.fetchFeed(after: 6)]),
      ], position: at(11, 6), isRepairing: true),
    Story(
      name: "a feed that was not asked changes nothing",
      lines: [
        (.feedEvent(sequence: 6), []), (.feedPageEnded(isLast: true), []), (.feedUnavailable, []),
      ], position: at(10, 5)),
  ]

  @Test(arguments: stories) func answers(_ story: Story) {
    var intake = Intake(Self.at(10, 5))
    for (index, (input, actions)) in story.lines.enumerated() {
      #expect(intake.step(input) == actions, "line \(index): \(input)")
    }
    #expect(intake.position == story.position)
    #expect(intake.isRepairing == story.isRepairing)
  }
}
