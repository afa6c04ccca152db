import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// What entering a span changes among those known.
@Suite struct AssignmentSpanTests {
  private static func span(_ first: String, _ last: String? = nil, _ value: String = "x") -> AssignmentSpan {
    AssignmentSpan(value: value, first: MadeUp.day(first), last: last.map(MadeUp.day))
  }

  struct Example: Sendable {
    let name: String
    let known: [AssignmentSpan]
    let new: AssignmentSpan
    /// `nil` when it is refused.
    let change: AssignmentChange?
  }

  static let examples = [
    Example(name: "the first", known: [], new: span("2026-09-01"), change: .added(ended: nil)),
    Example(name: "known", known: [span("2026-09-01")], new: span("2026-09-01"), change: AssignmentChange.none),
    Example(
      name: "the next", known: [span("2026-09-01")], new: span("2027-04-01", nil, "y"),
      change: .added(ended: span("2026-09-01", "2027-03-31"))),
    Example(
      name: "the next cuts one with an end", known: [span("2026-09-01", "2027-08-31")],
      new: span("2027-04-01", nil, "y"), change: .added(ended: span("2026-09-01", "2027-03-31"))),
    Example(
      name: "after one with an end", known: [span("2026-09-01", "2026-12-31")], new: span("2027-01-01"),
      change: .added(ended: nil)),
    Example(
      name: "before one, with an end", known: [span("2026-09-01")], new: span("2026-01-01", "2026-08-31"),
      change: .added(ended: nil)),
    Example(name: "another value", known: [span("2026-09-01")], new: span("2026-09-01", nil, "y"), change: .restated),
    Example(name: "an end", known: [span("2026-09-01")], new: span("2026-09-01", "2026-12-31"), change: .restated),
    Example(
      name: "open again over a later one", known: [span("2026-09-01", "2026-12-31"), span("2027-01-01", nil, "y")],
      new: span("2026-09-01"), change: nil),
    Example(
      name: "within an open one", known: [span("2026-09-01")], new: span("2026-10-01", "2026-10-31"), change: nil),
    Example(name: "before an open one", known: [span("2026-09-01")], new: span("2026-01-01"), change: nil),
    Example(
      name: "open over two", known: [span("2026-09-01", "2026-12-31"), span("2027-01-01")], new: span("2026-10-01"),
      change: nil),
    Example(
      name: "sharing the last day", known: [span("2026-09-01", "2026-12-31")], new: span("2026-12-31", "2027-01-31"),
      change: nil),
  ]

  @Test(arguments: examples) func decides(_ example: Example) {
    #expect((try? example.new.change(among: example.known)) == example.change, "\(example.name)")
  }

  /// Whatever is entered, no two of one kind ever share a day, and a refusal changes nothing.
  @Test(arguments: [20_261_121, 880, 383] as [UInt64]) func noTwoEverShareADay(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let start = MadeUp.day("2026-01-01")
    var accepted = 0
    for _ in 0..<200 {
      var known: [AssignmentSpan] = []
      for value in 0..<12 {
        let first = start.adding(days: random.below(60))
        let last = random.below(2) == 0 ? nil : first.adding(days: random.below(20))
        let new = AssignmentSpan(value: "v\(value)", first: first, last: last)
        guard let change = try? new.change(among: known) else { continue }
        accepted += 1
        if case .added(let ended?) = change { known = known.map { $0.first == ended.first ? ended : $0 } }
        known = known.filter { $0.first != first } + [new]
        for offset in 0..<100 {
          let day = start.adding(days: offset)
          let count = known.count { $0.contains(day) }
          try #require(count <= 1, "seed \(seed): \(count) on \(day)")
        }
        try #require(known.first { $0.contains(first) } == new, "seed \(seed): what was entered last is in force")
      }
    }
    #expect(accepted > 400, "seed \(seed)")
  }
}
