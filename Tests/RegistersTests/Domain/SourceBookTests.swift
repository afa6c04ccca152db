import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

@Suite("What sources said last") struct SourceBookTests {
  /// Stories of one mark: who says what, and what becomes of it.
  static let stories: [(name: String, steps: [(MarkSource, String, String)])] = [
    (
      "the same file again",
      [(.files, "O", "recorded"), (.person, "I", "amended"), (.files, "O", "unchanged"), (.files, "O", "unchanged")]
    ),
    (
      "another file",
      [
        (.files, "O", "recorded"), (.person, "I", "amended"), (.files, "N", "noted"), (.files, "N", "unchanged"),
        (.files, "G", "noted"),
      ]
    ),
    (
      "the file agrees, and changes its mind",
      [
        (.files, "O", "recorded"), (.person, "I", "amended"), (.files, "I", "unchanged"), (.files, "O", "amended"),
        (.files, "O", "unchanged"),
      ]
    ),
    (
      "the person takes the amendment back",
      [(.files, "O", "recorded"), (.person, "I", "amended"), (.person, "O", "amended"), (.files, "N", "amended")]
    ),
    ("a person was first", [(.person, "I", "recorded"), (.files, "O", "noted"), (.files, "I", "unchanged")]),
    (
      "two sources",
      [
        (.files, "/", "recorded"), (.entries, "L", "amended"), (.files, "/", "unchanged"), (.entries, "L", "unchanged"),
        (.files, "U", "amended"), (.entries, "L", "unchanged"),
      ]
    ),
    (
      "two sources and a person",
      [
        (.files, "O", "recorded"), (.entries, "N", "amended"), (.person, "I", "amended"), (.files, "O", "unchanged"),
        (.entries, "N", "unchanged"), (.entries, "I", "unchanged"), (.files, "G", "noted"), (.entries, "O", "amended"),
      ]
    ),
    ("a source alone amends", [(.files, "O", "recorded"), (.files, "I", "amended"), (.files, "O", "amended")]),
  ]

  @Test(arguments: stories.indices) func aStoryEndsAsItShould(_ index: Int) throws {
    let story = Self.stories[index]
    var world = OneSchool()
    var model = SaidModel()
    for (step, (source, code, outcome)) in story.steps.enumerated() {
      #expect(try world.say([(0, code)], by: source) == [outcome], "\(story.name), step \(step)")
      #expect(model.say(code, by: source) == outcome, "\(story.name), step \(step) of the model")
    }
  }

  /// Whatever files, registers, amendments and resends come in whatever order, the entry is what the stories say.
  @Test func anyOrderOfSayingEndsAsTheModelDoes() throws {
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      var world = OneSchool()
      var models = [SaidModel](repeating: SaidModel(), count: OneSchool.children)
      for step in 0..<60 {
        let source = random.pick(MarkSource.allCases)
        let all = source == .person ? [random.below(OneSchool.children)] : Array(0..<OneSchool.children)
        let said = all.filter { _ in source == .person || random.below(3) > 0 }
          .map { ($0, random.pick(["O", "I", "N"])) }
        let expected = Self.expected(said, by: source, &models)
        #expect(try world.say(said, by: source) == expected, "seed \(seed), step \(step), \(source)")
        #expect(world.standing == models.map(\.standing), "seed \(seed), step \(step)")
      }
    }
  }

  private static func expected(
    _ said: [(Int, String)], by source: MarkSource, _ models: inout [SaidModel]
  ) -> [String] {
    // A source is used by all its marks at once.
    if source != .person, !said.isEmpty {
      for index in models.indices { models[index].use(source) }
    }
    return said.map { child, code in models[child].say(code, by: source) }
  }
}

/// One session of some children, with the book of their school.
private struct OneSchool {
  static let children = 4
  private static let day = MadeUp.day("2026-09-07")

  private let roll = Roll((0..<children).map { MadeUp.entry($0) })
  private let shelf = MemoryShelf()
  private var said: [SourceBook.Key: SaidCodes] = [:]
  private var used: Set<MarkSource> = []

  var standing: [String?] {
    roll.entries.map { entry in
      shelf.read(entry.registration, SchoolYear(containing: Self.day))[Self.day, .am]?.text
    }
  }

  mutating func say(_ marks: [(child: Int, code: String)], by source: MarkSource) throws -> [String] {
    guard !marks.isEmpty else { return [] }
    let rows = marks.map { "\(MadeUp.upn($0.child)),\(Self.day),AM,\($0.code)" }
    let judge = MarkJudge(roll: roll, calendars: MadeUp.calendars, today: MadeUp.today)
    let judged = judge.judge(try MarksCSV.read(MadeUp.csv(rows)))
    let other: MarkSource = source == .files ? .entries : .files
    let settled = try Settlement(
      judged, roll: roll, shelf: shelf, book: SourceBook(source, said: said, isOtherUsed: used.contains(other)))
    if source != .person { used.insert(source) }
    for (key, codes) in settled.book.changes { said[key] = codes }
    #expect(settled.recorded + settled.amended + settled.unchanged == marks.count)
    let recorded = Set(settled.batches.flatMap(\.marks).map { Int($0.entry) })
    return marks.map { child, _ in
      let registration = Int64(child)
      if recorded.contains(child) { return "recorded" }
      if settled.amendments.contains(where: { $0.entry.registration == registration }) { return "amended" }
      return settled.noted.contains { $0.entry.registration == registration } ? "noted" : "unchanged"
    }
  }
}
